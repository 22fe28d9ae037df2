"""The demo's models with another input: fed x / 255, or uint8."""
import copy

import flatbuffers
from ai_edge_litert import schema_py_generated as schema
import numpy as np


def _read(path):
    with open(path, "rb") as file:
        return schema.ModelT.InitFromPackedBuf(file.read(), 0)


def _write(model, path):
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    with open(path, "wb") as file:
        file.write(bytes(builder.Output()))


def _operator(model, builtin, version=1):
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), version
    model.operatorCodes.append(code)
    operator = schema.OperatorT()
    operator.opcodeIndex = len(model.operatorCodes) - 1
    return operator


def _new_input(model):
    """A tensor like the input, which becomes the input; what was the input is now computed."""
    graph = model.subgraphs[0]
    new = copy.deepcopy(graph.tensors[graph.inputs[0]])
    new.name, new.buffer = b"photo", 0
    graph.tensors.append(new)
    old, graph.inputs = graph.inputs[0], np.array([len(graph.tensors) - 1], np.int32)
    model.signatureDefs = []
    return new, graph.inputs[0], old


def _constant(model, value):
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(np.float32(value).tobytes(), np.uint8)
    model.buffers.append(buffer)
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = b"constant", np.array([1], np.int32), schema.TensorType.FLOAT32, len(model.buffers) - 1
    model.subgraphs[0].tensors.append(tensor)
    return len(model.subgraphs[0].tensors) - 1


def unit_range(source, target):
    """A float model fed -1…1 becomes one fed 0…1: 2x - 1 is computed first."""
    model = _read(source)
    graph = model.subgraphs[0]
    _, photo, old = _new_input(model)
    doubled = copy.deepcopy(graph.tensors[photo])
    doubled.name = b"doubled"
    graph.tensors.append(doubled)
    middle = len(graph.tensors) - 1
    steps = ((schema.BuiltinOperator.MUL, schema.BuiltinOptions.MulOptions, schema.MulOptionsT, photo, 2, middle),
             (schema.BuiltinOperator.ADD, schema.BuiltinOptions.AddOptions, schema.AddOptionsT, middle, -1, old))
    for place, (builtin, kind, options, x, number, y) in enumerate(steps):
        operator = _operator(model, builtin)
        operator.inputs, operator.outputs = np.array([x, _constant(model, number)], np.int32), np.array([y], np.int32)
        operator.builtinOptionsType, operator.builtinOptions = kind, options()
        graph.operators.insert(place, operator)
    _write(model, target)


def uint8_input(source, target):
    """An int8 model becomes one fed uint8 of the same scale, 128 higher."""
    model = _read(source)
    graph = model.subgraphs[0]
    new, photo, old = _new_input(model)
    new.type = schema.TensorType.UINT8
    new.quantization.zeroPoint = np.array([int(new.quantization.zeroPoint[0]) + 128], np.int64)
    operator = _operator(model, schema.BuiltinOperator.QUANTIZE, 2)
    operator.inputs, operator.outputs = np.array([photo], np.int32), np.array([old], np.int32)
    operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.QuantizeOptions, schema.QuantizeOptionsT()
    graph.operators.insert(0, operator)
    _write(model, target)


def float16_weights(source, target):
    """Constants of many numbers are stored in half precision and widened when the model runs, as the converter does for float16."""
    model = _read(source)
    graph = model.subgraphs[0]
    widened = []
    for index, tensor in enumerate(list(graph.tensors)):
        data = model.buffers[tensor.buffer].data
        if tensor.type != schema.TensorType.FLOAT32 or data is None or len(data) < 64:
            continue
        stored = copy.deepcopy(tensor)
        stored.name, stored.type = stored.name + b"_half", schema.TensorType.FLOAT16
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.frombuffer(bytes(data), np.float32).astype(np.float16).tobytes(), np.uint8)
        model.buffers.append(buffer)
        stored.buffer, tensor.buffer = len(model.buffers) - 1, 0
        graph.tensors.append(stored)
        operator = _operator(model, schema.BuiltinOperator.DEQUANTIZE, 3)
        operator.inputs, operator.outputs = np.array([len(graph.tensors) - 1], np.int32), np.array([index], np.int32)
        widened.append(operator)
    graph.operators[:0] = widened
    _write(model, target)
