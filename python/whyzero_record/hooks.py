"""Where the recorder listens: imports of interpreters, opened files, printed text."""
import builtins
import functools
import importlib.abc
import importlib.machinery
import io
import os
import sys

import numpy as np

from . import interpreters

PHOTOS = (".jpg", ".jpeg", ".png", ".bmp", ".gif")
ARRAYS = (".npy", ".npz", ".csv")
NAMES = (".txt", ".names", ".json")
RUNTIMES = ("tensorflow", "tensorflow.lite", "tensorflow.lite.python.interpreter", "tensorflow.lite.python.lite", "tflite_runtime.interpreter",
            "ai_edge_litert.interpreter")


def install(recording):
    sys.meta_path.insert(0, _Finder({**{name: _runtime for name in RUNTIMES}, "cv2": _opencv}, recording))
    _hook_open(recording)
    sys.stdout = _Tee(sys.stdout, recording)
    original = np.fromfile

    def fromfile(file, *args, **kwargs):
        if isinstance(file, (str, os.PathLike)):
            _opened(os.fspath(file), recording)
        return original(file, *args, **kwargs)

    np.fromfile = fromfile
    _listen_to_argmax(np, recording)


def _listen_to_argmax(module, recording):
    """NumPy's runs over all numbers unless told otherwise, TensorFlow's over the first axis."""
    original, usual = module.argmax, None if module is np else 0

    @functools.wraps(original)
    def argmax(*args, **kwargs):
        values = args[0] if args else kwargs.get("a", kwargs.get("input"))
        recording.arg_max(values, args[1] if len(args) > 1 else kwargs.get("axis", usual))
        return original(*args, **kwargs)

    module.argmax = argmax


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the others find a module, and has it patched right after it was run."""

    def __init__(self, patches, recording):
        self.patches, self.recording, self.searching = patches, recording, set()

    def find_spec(self, name, path=None, target=None):
        if name not in self.patches or name in self.searching:
            return None
        self.searching.add(name)
        try:
            for finder in sys.meta_path:
                spec = finder.find_spec(name, path, target) if finder is not self and hasattr(finder, "find_spec") else None
                if spec is not None:
                    break
            else:
                return None
        finally:
            self.searching.discard(name)
        if spec.loader is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Loader(spec.loader, lambda module: self.patches[name](module, self.recording))
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, loader, patch):
        self.loader, self.patch = loader, patch

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        self.patch(module)

    def __getattr__(self, name):
        return getattr(self.loader, name)


def _runtime(module, recording):
    interpreters.patch(module, recording)
    if module.__name__ == "tensorflow" and "argmax" in vars(module):
        _listen_to_argmax(module, recording)
    lite = vars(module).get("lite")             # never through a lazy loader: the import of the real module is seen when it comes
    if lite is not None and "Interpreter" in getattr(lite, "__dict__", {}):
        interpreters.patch(lite, recording)
    files = vars(module).get("io")
    for owner, name in ((files, "read_file"), (getattr(files, "gfile", None), "GFile")):
        if hasattr(owner, name):
            _listen(owner, name, recording)


def _opencv(module, recording):
    _listen(module, "imread", recording)


def _listen(owner, name, recording):
    """The first argument of this function is a path that is opened outside of Python."""
    original = getattr(owner, name)

    def listening(path, *args, **kwargs):
        if isinstance(path, (str, os.PathLike)):
            _opened(os.fspath(path), recording)
        return original(path, *args, **kwargs)

    setattr(owner, name, listening)


def _hook_open(recording):
    original = builtins.open

    def opening(file, mode="r", *args, **kwargs):
        if isinstance(file, (str, os.PathLike)) and "w" not in mode and "a" not in mode:
            _opened(os.fspath(file), recording)
        return original(file, mode, *args, **kwargs)

    builtins.open = opening
    io.open = opening


def _opened(path, recording):
    if getattr(recording.busy, "on", False) or not isinstance(path, str):
        return
    ending = os.path.splitext(path)[1].lower()
    if ending not in PHOTOS + ARRAYS + NAMES or not os.path.isfile(path):
        return
    if recording.user_code.line() is None:
        return
    if ending in PHOTOS:
        recording.photo(path)
    elif ending in NAMES:
        recording.label_files.append(os.path.abspath(path))
    else:
        recording.note("load", file=os.path.relpath(path, recording.folder))


class _Tee(io.TextIOBase):
    """Standard output, and what the script printed after it read an answer."""

    def __init__(self, stream, recording):
        self.stream, self.recording = stream, recording

    def write(self, text):
        self.recording.text(text)
        return self.stream.write(text)

    def flush(self):
        self.stream.flush()

    def __getattr__(self, name):
        return getattr(self.stream, name)
