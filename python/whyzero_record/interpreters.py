"""Interpreter classes of TensorFlow, tflite_runtime and ai_edge_litert, patched in place: every name for them sees the same class."""
import functools
import os

import numpy as np

from .recording import Model


def patch(module, recording):
    for name, patch_class in (("Interpreter", _patch_interpreter), ("SignatureRunner", _patch_runner)):
        found = getattr(module, name, None)
        if isinstance(found, type) and "_whyzero" not in vars(found):
            found._whyzero = True
            patch_class(found, recording)


def _quietly(recording):
    """Whether the recorder or the runtime itself is calling: then nothing is noted."""
    return getattr(recording.busy, "on", False)


class _Busy:
    def __init__(self, recording):
        self.busy = recording.busy

    def __enter__(self):
        self.busy.on = True

    def __exit__(self, *_):
        self.busy.on = False


def _words(error):
    return f"{type(error).__name__}: {error}"[:2000]


def _wrap(cls, name, recording, before=None, after=None, facts=None):
    original = getattr(cls, name, None)
    if original is None:
        return

    @functools.wraps(original)
    def wrapped(self, *args, **kwargs):
        if _quietly(recording):
            return original(self, *args, **kwargs)
        with _Busy(recording):
            noted = facts(self, *args, **kwargs) if facts else {}
            kept = before(self) if before else None
            noted["interpreter"] = _number(self, recording)
            try:
                result = original(self, *args, **kwargs)
            except Exception as error:
                recording.note(name, exception=_words(error), **noted)
                raise
            more = after(self, kept, result, *args, **kwargs) if after else {}
            recording.note(name, **noted, **(more or {}))
            return result

    setattr(cls, name, wrapped)


def _model(interpreter):
    return getattr(interpreter, "_whyzero_model", None)


def _number(interpreter, recording):
    number = getattr(interpreter, "_whyzero_number", None)
    if number is None:
        number = interpreter._whyzero_number = sum(len(m.interpreters) for m in recording.models)
        if _model(interpreter):
            _model(interpreter).interpreters.add(number)
    return number


def _describe(value):
    value = np.asarray(value)
    return {"dtype": value.dtype.name, "shape": [int(n) for n in value.shape]}


def _place(details, index):
    for k, one in enumerate(details):
        if int(one["index"]) == index:
            return k
    return None


def _patch_interpreter(cls, recording):
    original_init = cls.__init__

    @functools.wraps(original_init)
    def init(self, *args, **kwargs):
        if _quietly(recording):
            return original_init(self, *args, **kwargs)
        with _Busy(recording):
            path = kwargs.get("model_path", args[0] if args else None)
            content = kwargs.get("model_content", args[1] if len(args) > 1 else None)
            key = os.path.abspath(os.fspath(path)) if path else None
            content = bytes(content) if content is not None and not path else None
            model = next((m for m in recording.models if m.path == key and m.content == content), None)
            if model is None:
                model = Model(key, content)
                recording.models.append(model)
            self._whyzero_model = model
            try:
                original_init(self, *args, **kwargs)
            except Exception as error:
                recording.note("interpreter", exception=_words(error))
                raise
            _number(self, recording)
            if not model.inputs:
                model.inputs, model.outputs = self.get_input_details(), self.get_output_details()
            recording.note("interpreter", interpreter=_number(self, recording))

    cls.__init__ = init

    def set_facts(self, tensor_index, value, *_args, **_kwargs):
        model, facts = _model(self), {"tensor": int(tensor_index), **_describe(value)}
        if model and len(model.samples) < recording.max_samples:
            facts["file"] = recording.save(value)
            place = _place(model.inputs, int(tensor_index))
            if place is not None and facts["file"]:
                model.refused.append((place, facts["file"]))
                del model.refused[:-recording.max_samples]
        return facts

    def before_invoke(self):
        model = _model(self)
        if model is None or len(model.samples) >= recording.max_samples:
            return None
        values = []
        for details in model.inputs:
            try:
                values.append(np.array(self.get_tensor(details["index"])))
            except Exception:       # strings, and tensors that have no memory yet
                return None
        return values

    def after_invoke(self, values, _result):
        if values is not None:
            recording.sample(_model(self), values)
        elif _model(self) is not None and len(_model(self).samples) >= recording.max_samples:
            recording.dropped["samples"] += 1

    def after_get(self, _kept, result, tensor_index, *_args, **_kwargs):
        model, facts = _model(self), _describe(result)
        place = _place(model.outputs, int(tensor_index)) if model else None
        if place is not None:
            recording.answered(model, np.asarray(result))
            if len(model.samples) < recording.max_samples:
                facts["file"] = recording.save(result)
        return facts

    by_index = lambda self, tensor_index, *_args, **_kwargs: {"tensor": int(tensor_index)}  # noqa: E731
    _wrap(cls, "allocate_tensors", recording)
    _wrap(cls, "reset_all_variables", recording)
    _wrap(cls, "set_tensor", recording, facts=set_facts)
    _wrap(cls, "invoke", recording, before=before_invoke, after=after_invoke)
    _wrap(cls, "get_tensor", recording, facts=by_index, after=after_get)
    _wrap(cls, "tensor", recording, facts=by_index)
    _wrap(cls, "resize_tensor_input", recording,
          facts=lambda self, input_index, tensor_size, *_a, **_k: {"tensor": int(input_index), "shape": [int(n) for n in np.ravel(tensor_size)]})
    original_runner = getattr(cls, "get_signature_runner", None)
    if original_runner:
        @functools.wraps(original_runner)
        def get_signature_runner(self, *args, **kwargs):
            runner = original_runner(self, *args, **kwargs)
            runner._whyzero_interpreter = self
            return runner
        cls.get_signature_runner = get_signature_runner


def _patch_runner(cls, recording):
    """A signature runner sets, runs and reads in one call: noted as the three that it is."""
    original = cls.__call__

    @functools.wraps(original)
    def call(self, **kwargs):
        interpreter = getattr(self, "_whyzero_interpreter", None)
        model = _model(interpreter) if interpreter is not None else None
        if _quietly(recording) or model is None:
            return original(self, **kwargs)
        with _Busy(recording):
            number = _number(interpreter, recording)
            indices = {name: int(details["index"]) for name, details in self.get_input_details().items()}
            outputs = {name: int(details["index"]) for name, details in self.get_output_details().items()}
            sets = [{"tensor": indices[name], **_describe(value), "file": recording.save(value)} for name, value in kwargs.items() if name in indices]
            try:
                results = original(self, **kwargs)
            except Exception as error:
                for facts in sets:
                    recording.note("set_tensor", exception=_words(error), interpreter=number, **facts)
                raise
            for facts in sets:
                recording.note("set_tensor", interpreter=number, **facts)
            recording.note("invoke", interpreter=number)
            by_index = {indices[name]: np.asarray(value) for name, value in kwargs.items() if name in indices}
            if all(int(d["index"]) in by_index for d in model.inputs):
                recording.sample(model, [by_index[int(d["index"])] for d in model.inputs])
            for name, value in results.items():
                recording.answered(model, np.asarray(value))
                recording.note("get_tensor", interpreter=number, tensor=outputs.get(name), **_describe(value), file=recording.save(value))
            return results

    cls.__call__ = call
