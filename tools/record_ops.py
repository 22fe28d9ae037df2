#!/usr/bin/env python3
"""Builds one-node models, runs the official runtime on them and records what it computes, in the format of
../shared/conformance/ops: `record_ops.py GRID.py OUT [--only GLOB]`, then `check_conformance.py OUT --tool …`.

GRID.py defines `cases()`, a generator of `case(…)` (imported from here). Each model runs in a process of its own, for the
official runtime crashes on some; what it refuses is in OUT/rejected.json with its message. Nothing recorded is committed."""
import argparse, fnmatch, importlib.util, json, multiprocessing, os, sys
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

TYPES = {"f32": ("FLOAT32", np.float32), "f16": ("FLOAT16", np.float16), "f64": ("FLOAT64", np.float64), "i8": ("INT8", np.int8),
         "u8": ("UINT8", np.uint8), "i16": ("INT16", np.int16), "u16": ("UINT16", np.uint16), "i32": ("INT32", np.int32),
         "u32": ("UINT32", np.uint32), "i64": ("INT64", np.int64), "u64": ("UINT64", np.uint64), "bool": ("BOOL", np.bool_),
         "c64": ("COMPLEX64", np.complex64), "c128": ("COMPLEX128", np.complex128), "str": ("STRING", np.bytes_), "i4": ("INT4", np.int8)}
OF_NUMPY = {np.dtype(n): k for k, (_, n) in TYPES.items() if k not in ("str", "i4")}


class T:
    """A tensor: runtime input or constant (`value`), or output (only `dtype`). `resize`: the model has another shape."""
    def __init__(self, value=None, dtype=None, const=False, scale=None, zero=0, model_shape=None, axis=0, variable=False):
        self.value = None if value is None else np.asarray(value)
        self.dtype = dtype or ("str" if self.value.dtype.kind in "SU" else OF_NUMPY[self.value.dtype])
        self.const, self.scale, self.zero, self.axis, self.model_shape, self.variable = const, scale, zero, axis, model_shape, variable


def const(value, **k):
    return T(value, const=True, **k)


def out(dtype, **k):
    return T(dtype=dtype, **k)


def case(op, name, inputs, outputs, options=None, version=1, subgraphs=(), custom=None, **fields):
    """`options`: the name of its table and its fields, e.g. ("TileOptions", {}). `subgraphs`: more one-node graphs, each
    (op, inputs, outputs, options, version). An input that is left out is None."""
    return {"op": op, "name": f"{op.lower()}_{name}", "graphs": [(op, inputs, outputs, options, version), *subgraphs], "custom": custom}


def string_buffer(values):
    data = [bytes(v) for v in np.asarray(values).astype("S").reshape(-1)]
    head = np.zeros(len(data) + 2, np.int32)
    head[0], head[1:] = len(data), 4 * (len(data) + 2) + np.cumsum([0] + [len(d) for d in data])
    return head.tobytes() + b"".join(data)


def to_bytes(t):
    if t.dtype == "str":
        return string_buffer(t.value)
    if t.dtype == "i4":
        v = np.append(t.value.reshape(-1), np.zeros(t.value.size % 2, np.int8)).astype(np.uint8) & 15
        return (v[0::2] | v[1::2] << 4).tobytes()
    return np.ascontiguousarray(t.value).tobytes()


def options_table(options):
    name, fields = options
    table = getattr(schema, name + "T")()
    for key, value in fields.items():
        assert hasattr(table, key), (name, key)
        setattr(table, key, value)
    return table


def build(c):
    model = schema.ModelT()
    model.version, model.description, model.buffers, model.subgraphs, model.operatorCodes = 3, "", [schema.BufferT()], [], []
    for op, inputs, outputs, options, version in c["graphs"]:
        graph = schema.SubGraphT()
        graph.tensors, graph.inputs, graph.outputs = [], [], []
        node = schema.OperatorT()
        node.inputs, node.outputs = [], []
        for kind, t in [("in", t) for t in inputs] + [("out", t) for t in outputs]:
            if t is None:
                node.inputs.append(-1)
                continue
            tensor, index = schema.TensorT(), len(graph.tensors)
            tensor.name, tensor.type = f"{kind}{index}", getattr(schema.TensorType, TYPES[t.dtype][0])
            shape = t.model_shape if t.model_shape is not None else [] if t.value is None else list(t.value.shape)
            tensor.shape, tensor.hasRank, tensor.isVariable = list(shape), kind == "in", t.variable
            tensor.buffer = 0
            if t.const:
                buffer = schema.BufferT()
                buffer.data = np.frombuffer(to_bytes(t), np.uint8)
                tensor.buffer = len(model.buffers)
                model.buffers.append(buffer)
            if t.scale is not None:
                q = schema.QuantizationParametersT()
                q.scale = np.atleast_1d(np.asarray(t.scale, np.float32))
                q.zeroPoint = np.broadcast_to(np.asarray(t.zero, np.int64), q.scale.shape).copy()
                q.quantizedDimension = t.axis
                tensor.quantization = q
            graph.tensors.append(tensor)
            if kind == "out":
                node.outputs.append(index)
                graph.outputs.append(index)
            else:
                node.inputs.append(index)
                if not t.const and not t.variable:
                    graph.inputs.append(index)
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, op)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
        node.opcodeIndex = len(model.operatorCodes)
        model.operatorCodes.append(code)
        if options:
            for union, kind in ((schema.BuiltinOptions, "builtinOptions"), (schema.BuiltinOptions2, "builtinOptions2")):
                if hasattr(union, options[0]):
                    setattr(node, kind + "Type", getattr(union, options[0]))
                    setattr(node, kind, options_table(options))
        graph.operators = [node]
        model.subgraphs.append(graph)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def run(model, values, reference):
    kind = OpResolverType.BUILTIN_REF if reference else OpResolverType.AUTO
    it = Interpreter(model_content=model, experimental_op_resolver_type=kind, num_threads=1)
    for d, v in zip(it.get_input_details(), values):
        if list(d["shape"]) != list(v.shape):
            it.resize_tensor_input(d["index"], list(v.shape))
    it.allocate_tensors()
    for d, v in zip(it.get_input_details(), values):
        it.set_tensor(d["index"], v)
    it.invoke()
    return [value(it, d) for d in it.get_output_details()]


def value(it, details):
    if 0 in details["shape"]:       # get_tensor refuses dynamic tensors without elements
        return np.zeros(details["shape"], details["dtype"])
    return np.array(it.get_tensor(details["index"]))


def isolated(*args):
    def work(pipe):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            pipe.send(("ok", run(*args)))
        except Exception as e:
            pipe.send(("error", f"{type(e).__name__}: {e}".strip()))
    receive, send = multiprocessing.Pipe(False)
    p = multiprocessing.Process(target=work, args=(send,))
    p.start()
    send.close()
    try:
        result = receive.recv() if receive.poll(60) else ("error", "HANG")
    except EOFError:
        result = ("error", "CRASH")
    if result[1] == "HANG":
        p.kill()
    p.join()
    return result


def as_stored(v):
    return np.asarray(v, "S") if v.dtype.kind in "OU" else v


def record(c, folder, index, rejected):
    inputs = c["graphs"][0][1]
    values = [t.value if t.dtype != "str" else t.value.astype(np.bytes_) for t in inputs if t is not None and not t.const and not t.variable]
    model, got = build(c), {}
    for key in ("ref", "opt"):
        got[key] = isolated(model, values, key == "ref")
    fine = {k: r for k, (state, r) in got.items() if state == "ok"}
    if not fine:
        rejected.append({"name": c["name"], "ref": got["ref"][1], "opt": got["opt"][1]})
        return
    with open(os.path.join(folder, c["name"] + ".tflite"), "wb") as f:
        f.write(model)
    arrays = {f"in_{k}": v for k, v in enumerate(values)}
    arrays.update({f"{key}_{k}": as_stored(v) for key, r in fine.items() for k, v in enumerate(r)})
    np.savez(os.path.join(folder, c["name"] + ".npz"), **arrays)
    same = len(fine) < 2 or all(a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in zip(fine["ref"], fine["opt"]))
    exact = "single_path" if len(fine) < 2 else "bit_exact" if same else "int_ref_opt_differ"
    index.append({"name": c["name"], "op": c["op"], "ops": [g[0] for g in c["graphs"]], "exact_class": exact,
                  "ref_ok": "ref" in fine, "opt_ok": "opt" in fine})


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("grid")
    ap.add_argument("out")
    ap.add_argument("--only", default="*")
    args = ap.parse_args()
    sys.modules.setdefault("record_ops", sys.modules["__main__"])
    spec = importlib.util.spec_from_file_location("grid", args.grid)
    grid = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(grid)
    os.makedirs(args.out, exist_ok=True)
    index, rejected = [], []
    for c in grid.cases():
        if fnmatch.fnmatch(c["name"], args.only):
            record(c, args.out, index, rejected)
    for name, what in (("index.json", index), ("rejected.json", rejected)):
        with open(os.path.join(args.out, name), "w") as f:
            json.dump(what, f, indent=1)
    print(f"{len(index)} recorded, {len(rejected)} refused")


if __name__ == "__main__":
    main()
