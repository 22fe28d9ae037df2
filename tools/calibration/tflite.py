"""Writes the networks as TensorFlow Lite files: float, int8 and uint8, with what converters put before and after."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(np.float32): schema.TensorType.FLOAT32, np.dtype(np.int8): schema.TensorType.INT8,
         np.dtype(np.uint8): schema.TensorType.UINT8, np.dtype(np.int32): schema.TensorType.INT32}
LOWEST = {"int8": -128, "uint8": 0}


class Writer:
    def __init__(self):
        self.model, self.graph = schema.ModelT(), schema.SubGraphT()
        self.model.version, self.model.buffers, self.model.subgraphs = 3, [schema.BufferT()], [self.graph]
        self.model.operatorCodes, self.codes = [], {}
        self.graph.tensors, self.graph.operators, self.graph.inputs, self.graph.outputs = [], [], [], []

    def tensor(self, name, dtype, shape=None, value=None, scale=None, zero=0, axis=0):
        tensor = schema.TensorT()
        tensor.name, tensor.type, tensor.buffer = name, TYPES[np.dtype(dtype)], 0
        tensor.shape = list(shape if shape is not None else value.shape)
        if value is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(value, dtype).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.atleast_1d(np.asarray(scale, np.float32))
            tensor.quantization.zeroPoint = np.broadcast_to(np.asarray(zero, np.int64), tensor.quantization.scale.shape).copy()
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def node(self, op, inputs, output, options=None, **fields):
        if op not in self.codes:
            code = schema.OperatorCodeT()
            code.builtinCode = getattr(schema.BuiltinOperator, op)
            code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
            self.codes[op] = len(self.model.operatorCodes)
            self.model.operatorCodes.append(code)
        node = schema.OperatorT()
        node.opcodeIndex, node.inputs, node.outputs = self.codes[op], inputs, [output]
        if options:
            node.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            node.builtinOptions = getattr(schema, options + "T")()
            for key, value in fields.items():
                setattr(node.builtinOptions, key, value)
        self.graph.operators.append(node)
        return output

    def finish(self, inputs, outputs):
        self.graph.inputs, self.graph.outputs = inputs, outputs
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def out_shape(layer, shape):
    if layer["kind"] == "conv":
        return [1, shape[1] // 2, shape[2] // 2, layer["w"].shape[-1]]
    return [1, shape[-1]] if layer["kind"] == "mean" else [1, int(np.prod(shape))] if layer["kind"] == "flatten" else [1, layer["w"].shape[-1]]


def add_layer(w, layer, weights, given, shape, output, integer):
    """`weights`: tensors of kernel and bias."""
    act = schema.ActivationFunctionType.RELU if layer.get("relu") else schema.ActivationFunctionType.NONE
    if layer["kind"] == "conv":
        return w.node("CONV_2D", [given, *weights], output, "Conv2DOptions", padding=schema.Padding.SAME, strideW=2, strideH=2,
                      dilationWFactor=1, dilationHFactor=1, fusedActivationFunction=act)
    if layer["kind"] == "mean":
        return w.node("MEAN", [given, w.tensor("axes", np.int32, value=np.array([1, 2], np.int32))], output, "ReducerOptions", keepDims=False)
    if layer["kind"] == "flatten":
        return w.node("RESHAPE", [given, w.tensor("shape", np.int32, value=np.array(shape, np.int32))], output, "ReshapeOptions", newShape=shape)
    return w.node("FULLY_CONNECTED", [given, *weights], output, "FullyConnectedOptions", fusedActivationFunction=act)


def add_head(w, head, given, output):
    if head == "softmax":
        return w.node("SOFTMAX", [given], output, "SoftmaxOptions", beta=1.0)
    return w.node("LOGISTIC", [given], output)


def kernel(layer):
    return np.moveaxis(layer["w"], -1, 0) if layer["kind"] == "conv" else layer["w"].T


def float_model(net, before=(), second_head=None):
    """`before`: "nchw" (the graph transposes its input itself), ("embedded", scale, offset). `second_head`: another dense layer whose
    output comes first."""
    w = Writer()
    shape = [1, *net["shape"]]
    x = w.tensor("input", np.float32, [1, shape[3], *shape[1:3]] if "nchw" in before else shape)
    inputs = [x]
    for step in before:
        y = w.tensor("nhwc" if step == "nchw" else "normalized", np.float32, shape)
        if step == "nchw":
            x = w.node("TRANSPOSE", [x, w.tensor("order", np.int32, value=np.array([0, 2, 3, 1], np.int32))], y, "TransposeOptions")
        else:
            scaled = w.tensor("scaled", np.float32, shape)
            w.node("MUL", [x, w.tensor("scale", np.float32, value=np.array([step[1]], np.float32))], scaled, "MulOptions")
            x = w.node("ADD", [scaled, w.tensor("offset", np.float32, value=np.array([step[2]], np.float32))], y, "AddOptions")
    others = []
    for k, layer in enumerate(net["layers"]):
        given, given_shape = x, shape
        shape = out_shape(layer, shape)
        weights = [w.tensor(f"kernel_{k}", np.float32, value=kernel(layer)), w.tensor(f"bias_{k}", np.float32, value=layer["b"])] if "w" in layer else []
        x = add_layer(w, layer, weights, given, shape, w.tensor(f"layer_{k}", np.float32, shape), False)
        if second_head is not None and k == len(net["layers"]) - 1:
            more = [w.tensor("kernel_aux", np.float32, value=second_head["w"].T), w.tensor("bias_aux", np.float32, value=second_head["b"])]
            aux = add_layer(w, second_head, more, given, shape, w.tensor("aux", np.float32, [1, second_head["w"].shape[-1]]), False)
            others.append(add_head(w, "softmax", aux, w.tensor("auxiliary", np.float32, [1, second_head["w"].shape[-1]])))
    if net["head"] in ("softmax", "sigmoid"):
        x = add_head(w, net["head"], x, w.tensor("probability", np.float32, shape))
    return w.finish(inputs, others + [x])


def parameters(low, high, dtype):
    scale = max((high - low) / 255, 1e-9)
    return float(np.float32(scale)), int(np.clip(round(LOWEST[dtype] - low / scale), LOWEST[dtype], LOWEST[dtype] + 255))


def quantized_weights(layer, dtype, per_channel):
    k = kernel(layer)
    reach = np.abs(k).max(axis=tuple(range(1, k.ndim))) if per_channel else np.abs(k).max()[None]
    scale = np.maximum(reach, 1e-8).astype(np.float32) / 127
    q = np.clip(np.round(k / scale.reshape(-1, *[1] * (k.ndim - 1))), -127, 127)
    return (q.astype(np.int8), scale, 0) if dtype == "int8" else ((q + 128).astype(np.uint8), scale, 128)


def quantized_model(net, recorded, dtype="int8", per_channel=True, float_io=False, wrong_bias=False):
    """`recorded`: as network.ranges gives them. `wrong_bias`: bias written with ten times its scale."""
    w, t = Writer(), np.dtype(dtype)
    per_channel = per_channel and dtype == "int8"
    shape = [1, *net["shape"]]
    scale, zero = parameters(*recorded[0], dtype)
    x = w.tensor("input" if not float_io else "input_int8", t, shape, scale=scale, zero=zero)
    inputs = [x]
    if float_io:
        inputs = [w.tensor("input", np.float32, shape)]
        w.node("QUANTIZE", [inputs[0]], x, "QuantizeOptions")
    for k, layer in enumerate(net["layers"]):
        given_scale, given = scale, x
        shape = out_shape(layer, shape)
        if layer["kind"] != "flatten":
            scale, zero = parameters(*recorded[k + 1], dtype)
        weights = []
        if "w" in layer:
            q, s, z = quantized_weights(layer, dtype, per_channel)
            b = np.clip(np.round(layer["b"] / (given_scale * s)), -2 ** 31, 2 ** 31 - 1).astype(np.int32)
            weights = [w.tensor(f"kernel_{k}", t, value=q, scale=s, zero=z),
                       w.tensor(f"bias_{k}", np.int32, value=b, scale=given_scale * s * (10 if wrong_bias else 1))]
        x = add_layer(w, layer, weights, given, shape, w.tensor(f"layer_{k}", t, shape, scale=scale, zero=zero), True)
    if net["head"] in ("softmax", "sigmoid"):
        x = add_head(w, net["head"], x, w.tensor("probability", t, shape, scale=1 / 256, zero=LOWEST[dtype]))
    if float_io:
        x = w.node("DEQUANTIZE", [x], w.tensor("output", np.float32, shape), "DequantizeOptions")
    return w.finish(inputs, [x])
