"""What was seen of a run, kept within bounds: calls in order, values as .npy files, samples, photos."""
import hashlib
import os
import threading

import numpy as np

from .labels import names_of

MOST_CALLS = 100_000


class Recording:
    def __init__(self, folder, user_code, max_samples=200, max_bytes=512 << 20):
        self.folder, self.user_code = folder, user_code
        self.max_samples, self.max_bytes = max_samples, max_bytes
        self.calls, self.models, self.label_files, self.photos = [], [], [], []
        self.printed = {}                       # number of the sample -> text that the script printed after reading it
        self.read_classes = {}                  # number of the sample -> arg max of what it read
        self.viewed_classes = {}                # the same of its bytes read with the other sign
        self.reads_integers = None              # "int8" or "uint8" where the script reads such an output
        self.probabilities = True               # single numbers that were read are all from 0 to 1
        self.seen_names = []                    # lists and dictionaries of texts in sight of the lines that read the output
        self.dropped = {"calls": 0, "samples": 0, "values": 0}
        self._bytes, self._files, self._threads = 0, {}, {}
        self._lock = threading.RLock()
        self._new_photos, self._looks = [], 0
        self._answer, self._argmax_lines = None, set()
        self.busy = threading.local()           # set while the recorder itself is at work

    def note(self, call, line=None, **facts):
        """One call of the script; `line` where the caller knows better than the stack."""
        with self._lock:
            if len(self.calls) >= MOST_CALLS:
                self.dropped["calls"] += 1
                return
            entry = {"call": call, **{key: value for key, value in facts.items() if value is not None}}
            entry["line"] = line or self.user_code.line()
            thread = threading.get_ident()
            entry["thread"] = self._threads.setdefault(thread, len(self._threads))
            if entry["line"] is None:
                del entry["line"]
            self.calls.append(entry)

    def save(self, value):
        """The name of the file that holds the value, relative to the folder; None where the limit of bytes is reached. Equal values share a
        file."""
        value = np.ascontiguousarray(value)
        if value.dtype.hasobject:
            return None
        key = hashlib.blake2b(value.tobytes(), digest_size=16, key=f"{value.dtype.str}{value.shape}".encode()[:64]).digest()
        with self._lock:
            if key in self._files:
                return self._files[key]
            if self._bytes + value.nbytes > self.max_bytes:
                self.dropped["values"] += 1
                return None
            self._bytes += value.nbytes
            name = f"tensors/{len(self._files):06d}.npy"
            self._files[key] = name
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            np.save(path, value)
            return name

    def photo(self, path):
        path = os.path.abspath(path)
        with self._lock:
            if self._new_photos and self._new_photos[-1] == path:
                return
            self._new_photos.append(path)
            if len(self.photos) < MOST_CALLS:
                self.photos.append(path)
            self.note("image", file=os.path.relpath(path, self.folder))

    def sample(self, model, values):
        """The model was run on these values, one an input. Values of a batch are as many samples."""
        with self._lock:
            photos, self._new_photos = self._new_photos, []
            for k, one in enumerate(model.split(values)):
                files = [self.save(v) for v in one] if len(model.samples) < self.max_samples else [None]
                if None in files:
                    self.dropped["samples"] += 1
                    continue
                model.samples.append(files)
                model.photos_of.append(photos[k:k + 1] if model.batch(values) == len(photos) else photos)

    def answered(self, model, value):
        """The script read the model's first output."""
        with self._lock:
            number = len(model.samples) - 1
            self._answer = value
            if value.size == 1 and value.dtype.kind == "f":
                self.probabilities = self.probabilities and 0 <= float(value.ravel()[0]) <= 1
            if value.dtype.name in ("int8", "uint8"):
                self.reads_integers = value.dtype.name
            if number >= 0 and value.size > 1 and value.dtype.kind in "fiu":
                self.read_classes[number] = int(np.argmax(value))
                if self.reads_integers:
                    self.viewed_classes[number] = int(np.argmax(value.view("uint8" if self.reads_integers == "int8" else "int8")))
                self._current = number
            if self._looks < 3:
                self._looks += 1
                self.seen_names += [names for names in map(names_of, self.user_code.values_in_sight()) if names and names not in self.seen_names]

    def arg_max(self, values, axis):
        """An arg max of the answer that was read last, over one number only: 0, whatever the model says."""
        if getattr(self.busy, "on", False) or self._answer is None or self._answer.size < 2:
            return
        values = np.asarray(values)
        over = values.size if axis is None or values.ndim == 0 else values.shape[axis] if -values.ndim <= axis < values.ndim else 0
        line = self.user_code.line() if over == 1 else None
        own = values.size == self._answer.size or (values.size == 1 and values.ravel()[0] in self._answer)
        if line is not None and own and line not in self._argmax_lines:
            self._argmax_lines.add(line)
            self.note("argmax_of_one", line=line, **{"dtype": values.dtype.name, "shape": [int(n) for n in values.shape]})

    def text(self, words):
        with self._lock:
            number = getattr(self, "_current", None)
            if number is not None and len(self.printed.get(number, "")) < 4000:
                self.printed[number] = self.printed.get(number, "") + words


class Model:
    """One model file (or buffer) that the script loaded; several interpreters of one file share it."""

    def __init__(self, path, content):
        self.path, self.content = path, content
        self.inputs, self.outputs = [], []      # get_input_details(), get_output_details() as they were at first
        self.samples, self.photos_of = [], []
        self.refused = []                       # files of values that the runtime refused, by the input's place
        self.interpreters = set()

    def batch(self, values):
        """How many samples the values are: more than one where the script resized a batch of one."""
        batches = set()
        for value, details in zip(values, self.inputs):
            shape = tuple(int(n) for n in details["shape"])
            if value.ndim != len(shape) or value.ndim == 0 or shape[0] != 1 or value.shape[1:] != shape[1:]:
                return 1
            batches.add(value.shape[0])
        return batches.pop() if len(batches) == 1 else 1

    def split(self, values):
        count = self.batch(values)
        if count == 1:
            return [values]
        return [[value[k:k + 1] for value in values] for k in range(count)]
