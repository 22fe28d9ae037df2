"""Models of a few kilobytes whose answers are known: written with the schema's own classes."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema


def _tensor(model, name, shape, data=None):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type = name.encode(), np.array(shape, np.int32), schema.TensorType.FLOAT32
    buffer = schema.BufferT()
    if data is not None:
        buffer.data = np.frombuffer(np.ascontiguousarray(data, np.float32).tobytes(), np.uint8)
    model.buffers.append(buffer)
    tensor.buffer = len(model.buffers) - 1
    model.subgraphs[0].tensors.append(tensor)
    return len(model.subgraphs[0].tensors) - 1


def _operator(model, builtin, inputs, outputs, options_type, options):
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 1
    model.operatorCodes.append(code)
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = len(model.operatorCodes) - 1, np.array(inputs, np.int32), np.array(outputs, np.int32)
    operator.builtinOptionsType, operator.builtinOptions = options_type, options
    model.subgraphs[0].operators.append(operator)


def new_model():
    model = schema.ModelT()
    model.version, model.description = 3, b"small"
    model.buffers, model.operatorCodes, model.metadata = [schema.BufferT()], [], []
    graph = schema.SubGraphT()
    graph.name, graph.tensors, graph.operators = b"main", [], []
    model.subgraphs = [graph]
    return model


def packed(model):
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def unit_model(weights):
    """sigmoid(weights x) of one row: one number."""
    weights = np.asarray(weights, np.float32)[np.newaxis]
    model = new_model()
    x, w = _tensor(model, "x", [1, weights.shape[1]]), _tensor(model, "w", weights.shape, weights)
    logit, y = _tensor(model, "logit", [1, 1]), _tensor(model, "y", [1, 1])
    _operator(model, schema.BuiltinOperator.FULLY_CONNECTED, [x, w, -1], [logit], schema.BuiltinOptions.FullyConnectedOptions, schema.FullyConnectedOptionsT())
    _operator(model, schema.BuiltinOperator.LOGISTIC, [logit], [y], schema.BuiltinOptions.NONE, None)
    model.subgraphs[0].inputs, model.subgraphs[0].outputs = np.array([x], np.int32), np.array([y], np.int32)
    return model


def linear_model(weights, bias):
    """softmax(weights x + bias) of one row."""
    weights, bias = np.asarray(weights, np.float32), np.asarray(bias, np.float32)
    classes, features = weights.shape
    model = new_model()
    x = _tensor(model, "x", [1, features])
    w, b = _tensor(model, "w", weights.shape, weights), _tensor(model, "b", bias.shape, bias)
    logits, y = _tensor(model, "logits", [1, classes]), _tensor(model, "y", [1, classes])
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    _operator(model, schema.BuiltinOperator.FULLY_CONNECTED, [x, w, b], [logits], schema.BuiltinOptions.FullyConnectedOptions, schema.FullyConnectedOptionsT())
    _operator(model, schema.BuiltinOperator.SOFTMAX, [logits], [y], schema.BuiltinOptions.SoftmaxOptions, options)
    model.subgraphs[0].inputs, model.subgraphs[0].outputs = np.array([x], np.int32), np.array([y], np.int32)
    return model


def table_model(path, features, classes, seed):
    rng = np.random.default_rng(seed)
    with open(path, "wb") as f:
        f.write(packed(linear_model(rng.normal(size=(classes, features)) * 2, rng.normal(size=classes))))
