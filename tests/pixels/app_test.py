"""Random app files run by us and by the independent evaluator of ../shared/tools/oracle: input tensors and answers must agree.

    app_test.py WHYZERO SHARED_DATA [--count N] [--seed N] [--keep FOLDER]

The model of every app is one RESHAPE, so that the answer is the arg max of what the pipeline made.
"""
import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile

try:
    import cv2  # noqa: F401  (the evaluator's)
    import flatbuffers
    import numpy as np
    from PIL import Image
    from ai_edge_litert import schema_py_generated as schema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

METHODS = ["nearest", "bilinear", "bicubic", "area", "lanczos"]
DTYPES = {"float32": 0, "int32": 2, "uint8": 3, "int64": 4, "int16": 7, "int8": 9, "float64": 10}
SAMPLES = 4


def tensor_of(name, shape, dtype, scale, zero, buffer=0):
    t = schema.TensorT()
    t.name, t.shape, t.type, t.buffer = name, list(shape), DTYPES[dtype], buffer
    if scale:
        t.quantization = schema.QuantizationParametersT()
        t.quantization.scale, t.quantization.zeroPoint = [scale], [zero]
    return t


def reshape_model(inputs):
    """A model that flattens its first input; the others are not read."""
    model, graph, code, node, options = (schema.ModelT(), schema.SubGraphT(), schema.OperatorCodeT(), schema.OperatorT(),
                                         schema.ReshapeOptionsT())
    count = int(np.prod(inputs[0]["shape"]))
    graph.tensors = [tensor_of(f"in{i}", t["shape"], t["dtype"], t["scale"], t["zero"]) for i, t in enumerate(inputs)]
    graph.inputs = list(range(len(inputs)))
    graph.tensors.append(tensor_of("new_shape", [2], "int32", 0, 0, buffer=1))
    graph.tensors.append(tensor_of("out", [1, count], inputs[0]["dtype"], inputs[0]["scale"], inputs[0]["zero"]))
    graph.outputs = [len(inputs) + 1]
    options.newShape = [1, count]
    node.inputs, node.outputs, node.builtinOptions = [0, len(inputs)], [len(inputs) + 1], options
    node.builtinOptionsType = schema.BuiltinOptions.ReshapeOptions
    graph.operators = [node]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.RESHAPE
    empty, shape = schema.BufferT(), schema.BufferT()
    shape.data = np.frombuffer(np.array([1, count], np.int32).tobytes(), np.uint8)
    model.version, model.operatorCodes, model.subgraphs, model.buffers = 3, [code], [graph], [empty, shape]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


# ---------------------------------------------------------------- random pipelines
def pick(rng, *values):
    return values[int(rng.integers(0, len(values)))]


def number(rng, low, high):
    return round(float(rng.uniform(low, high)), 4)


def resampling(rng):
    return {"method": pick(rng, *METHODS), "library": pick(rng, "pillow", "opencv")}


def crop(rng):
    return pick(rng, {"central": number(rng, 0.3, 1)}, {"central": number(rng, 0.3, 1), "library": "tensorflow"},
                {"center": [int(rng.integers(3, 40)), int(rng.integers(3, 40))]}, {"square": True},
                {"box": [int(v) for v in rng.integers(0, 8, 2)] + [int(v) for v in rng.integers(1, 40, 2)]})


def picture_steps(rng):
    steps = []
    if rng.random() < 0.2:
        steps.append({"decode": {"like": pick(rng, "pillow", "opencv")}})
    if rng.random() < 0.3:
        steps.append({"exif": "apply"})
    for _ in range(int(rng.integers(0, 3))):
        kind = int(rng.integers(0, 4))
        if kind == 0:
            steps.append({"crop": crop(rng)})
        elif kind == 1:
            steps.append({"rotate": pick(rng, 90, 180, 270)})
        elif kind == 2:
            steps.append({"flip": pick(rng, "horizontal", "vertical")})
        else:
            steps.append({"channels": pick(rng, "rgb", "bgr", "gray", "gray3", "rgba", "bgra", "argb")})
    if rng.random() < 0.2:
        steps.append(normalize(rng, 1))
    if rng.random() < 0.3:
        steps.append({"crop": crop(rng)})
    size = {"width": int(rng.integers(1, 30)), "height": int(rng.integers(1, 30))}
    steps.append(pick(rng, {"resize": {**size, **resampling(rng)}}, {"resize": {**size, **resampling(rng)}},
                      {"letterbox": {**size, "fill": int(rng.integers(0, 256)), **resampling(rng)}}))
    if rng.random() < 0.2:                        # the other side is what the photos make it: equal sizes only by a crop
        n = int(rng.integers(8, 30))
        steps[-1:] = [{"crop": {"square": True}}, {"resize": {"shorter": n, **resampling(rng)}}]
    if rng.random() < 0.5:
        steps.append({"channels": pick(rng, "bgr", "gray", "gray3", "rgba", "argb", "rgb")})
    return steps


def normalize(rng, channels):
    def numbers(low, high):
        return [number(rng, low, high) for _ in range(channels)] if channels > 1 and rng.random() < 0.5 else number(rng, low, high)
    return {"normalize": pick(rng, {"scale": numbers(0.001, 0.02), "offset": numbers(-1, 1)},
                              {"mean": numbers(0, 130), "std": numbers(0.5, 130)})}


def number_steps(rng, dtype, channels):
    steps = []
    for _ in range(int(rng.integers(0, 3))):
        steps.append(normalize(rng, channels))
    if rng.random() < 0.1:
        steps.append({"cast": pick(rng, *(name for name in DTYPES if name != "int64"))})  # the evaluator fails at int64
    if rng.random() < 0.08:
        steps.append({"constant": pick(rng, 0, 1, 7)})
    if dtype != "float32":
        steps.append(pick(rng, {"quantize": "affine"}, {"quantize": "truncate"}, {"cast": dtype}))
    elif not steps or "normalize" not in steps[-1]:
        steps.append({"cast": "float32"})
    if rng.random() < 0.15:
        steps.append({"layout": "nchw"})
    if rng.random() < 0.1:
        steps.append({"byte_order": "big"})
    if rng.random() < 0.1:
        steps.append({"reinterpret": dtype})
    return steps


# ---------------------------------------------------------------- sources
def write_photo(rng, folder, i):
    width, height = int(rng.integers(20, 90)), int(rng.integers(20, 90))
    y, x = np.mgrid[0:height, 0:width]
    a = np.stack([127 + 120 * np.sin(x * rng.uniform(0, .4) + y * rng.uniform(0, .4)) for _ in range(3)], -1)
    image = Image.fromarray((a + rng.normal(0, 8, a.shape)).clip(0, 255).astype(np.uint8))
    name, exif = f"photo{i}." + pick(rng, "jpg", "jpg", "png", "bmp", "gif"), Image.Exif()
    if rng.random() < 0.5:
        exif[274] = int(rng.integers(1, 9))
    if name.endswith("jpg"):
        image.save(os.path.join(folder, name), exif=exif, quality=int(rng.integers(40, 100)))
    elif name.endswith("png"):
        image.convert(pick(rng, "RGB", "RGBA", "L", "P")).save(os.path.join(folder, name), exif=exif)
    else:
        image.save(os.path.join(folder, name))
    if rng.random() < 0.03:
        with open(os.path.join(folder, name), "r+b") as f:
            f.truncate(60)                        # skipped and counted
    return name


def photo_input(rng, folder, dtype):
    steps = picture_steps(rng)
    order = [s["channels"] for s in steps if "channels" in s]
    channels = {"gray": 1, "rgba": 4, "bgra": 4, "argb": 4}.get(order[-1] if order else "rgb", 3)
    source = [write_photo(rng, folder, i) for i in range(SAMPLES)]
    return {"images": pick(rng, source, "photo*.*", "./photo*")}, steps + number_steps(rng, dtype, channels)


def array_input(rng, folder, dtype):
    shape = [SAMPLES] + [int(v) for v in rng.integers(1, 9, int(rng.integers(0, 4)))]
    kind = pick(rng, "float32", "float64", "uint8", "int8", "int16", "int32", "float16", ">f4")
    a = rng.uniform(-200, 200, shape).astype(kind) if "f" in kind else rng.integers(0, 100, shape).astype(kind)
    if rng.random() < 0.3:
        a = np.asfortranarray(a)
    if rng.random() < 0.5:
        np.save(os.path.join(folder, "a.npy"), a)
        source = {"arrays": {"file": "a.npy"}}
    else:
        pick(rng, np.savez, np.savez_compressed)(os.path.join(folder, "d.npz"), other=np.zeros(3), a=a)
        source = {"arrays": {"file": "d.npz", "key": "a"}}
    return source, number_steps(rng, dtype, shape[-1] if len(shape) > 1 else 1)


def table_input(rng, folder, dtype):
    columns = ["age", "b,mi", 'q"t', "x y"][:int(rng.integers(2, 5))]
    colours = ["red", "blue", "dark green"]
    with open(os.path.join(folder, "t.csv"), "w", newline="", encoding="utf-8-sig" if rng.random() < 0.3 else "utf-8") as f:
        out = csv.writer(f, quoting=pick(rng, csv.QUOTE_MINIMAL, csv.QUOTE_ALL), lineterminator=pick(rng, "\r\n", "\n"))
        out.writerow(columns + ["colour", "sick"])
        for _ in range(SAMPLES):
            out.writerow([pick(rng, number(rng, -9, 9), int(rng.integers(0, 99)), "1e3", " 5 ") for _ in columns] +
                         [pick(rng, *colours), int(rng.integers(0, 2))])
    table, steps = {"csv": "t.csv", "label": "sick"}, []
    if rng.random() < 0.5:
        table["features"] = columns[::-1] + ["colour"]
    if rng.random() < 0.9:
        steps.append({"onehot": {"feature": "colour", "categories": [str(c) for c in rng.permutation(colours)]}})
    count = len(columns) + 3
    if rng.random() < 0.5:
        steps.append({"standardize": {"mean": [number(rng, -3, 3) for _ in range(count)], "std": [number(rng, .1, 5) for _ in range(count)]}})
    elif rng.random() < 0.7:
        steps.append({"minmax": {"min": [number(rng, -3, 0) for _ in range(count)], "max": [number(rng, .1, 9) for _ in range(count)],
                                 **pick(rng, {}, {"to": [-1, 1]})}})
    return {"table": table}, steps + number_steps(rng, dtype, 1)


def tensor_input(rng, folder, dtype):
    shape = [1] + [int(v) for v in rng.integers(1, 6, int(rng.integers(1, 4)))]
    kind = pick(rng, dtype, dtype, "uint8", "float32")
    for i in range(SAMPLES):
        np.save(os.path.join(folder, f"t{i}.npy"), rng.uniform(-100, 100, shape).astype(kind))
    return {"tensors": pick(rng, "t*.npy", [f"t{i}.npy" for i in range(SAMPLES)])}, []


# ---------------------------------------------------------------- comparison
def make_app(rng, folder, oracle):
    """An app file and its model in a folder. The model's shape is what the evaluator makes of the first sample, or a wrong one."""
    app, inputs = {"whyzero": 1, "model": "m.tflite", "inputs": []}, []
    for k in range(1 if rng.random() < 0.9 else 2):
        dtype = pick(rng, "float32", "float32", "uint8", "int8", "int16")
        tensor = {"dtype": np.dtype(dtype), "scale": 0.0, "zero": 0, "shape": (1,), "name": f"in{k}", "index": k}
        if dtype != "float32" and rng.random() < 0.9:
            tensor["scale"] = float(np.float32(number(rng, 0.004, 1.5)))
            tensor["zero"] = 0 if dtype == "int16" else int(rng.integers(*((-128, 128) if dtype == "int8" else (0, 256))))
        kind = pick(rng, photo_input, photo_input, photo_input, array_input, table_input, tensor_input)
        source, steps = kind(rng, folder, dtype)
        spec = {"name": f"in{k}", **source, "pipeline": steps}
        tensor["shape"] = first_shape(oracle, folder, spec, tensor)
        if rng.random() < 0.05:
            tensor["shape"] += (2,)
        app["inputs"].append(spec)
        inputs.append({**tensor, "dtype": dtype})
    with open(os.path.join(folder, "m.tflite"), "wb") as f:
        f.write(reshape_model(inputs))
    if len(inputs) == 1 and rng.random() < 0.5:
        app["input"] = app.pop("inputs")[0]
    first = app["inputs"][0] if "inputs" in app else app["input"]
    names = [str(i) for i in range(SAMPLES)]
    if "images" in first or "tensors" in first:   # the evaluator knows files by their names only
        names = oracle.Source(folder, first, {**inputs[0], "dtype": np.dtype(inputs[0]["dtype"])}).names
    with open(os.path.join(folder, "truth.csv"), "w", encoding="utf-8") as f:
        f.write("sample,label\n" + "".join(f"{name},{int(rng.integers(0, 9))}\n" for name in names))
    app["output"] = {"decode": pick(rng, [{"argmax": {}}], [{"argmax": {}}], [{"dequantize": "affine"}, {"softmax": {}}, {"argmax": {}}],
                                    [{"threshold": 0.5}], [{"regression": {}}])}
    if "table" not in app.get("input", {}):
        app["truth"] = "truth.csv"
    with open(os.path.join(folder, "app.json"), "w", encoding="utf-8") as f:
        json.dump(app, f)
    return app, inputs


def first_shape(oracle, folder, spec, tensor):
    """The value before it becomes the tensor, with a batch axis; (1, 1) where there is none."""
    source = None
    try:
        source = oracle.Source(folder, spec, tensor)
        if source.kind == "tensors":
            return np.load(os.path.join(folder, source.names[0])).shape
        for i in range(len(source.names)):
            try:
                source.value(i)
            except oracle.AppError as e:
                if e.info["kind"] == "shape" and "given" in e.info:
                    return (1, *e.info["given"])
                if e.info["kind"] != "file":
                    break
    except oracle.AppError:
        pass
    return (1, 1)


def tensors_of(oracle, folder, spec, tensor):
    """All samples that can be read, stacked; None where the app cannot run."""
    try:
        source, rows = oracle.Source(folder, spec, tensor), []
        for i in range(len(source.names)):
            try:
                rows.append(source.value(i))
            except oracle.AppError as e:
                if e.info["kind"] != "file" or source.kind != "images":
                    return None
        return np.concatenate(rows) if rows else None
    except (oracle.AppError, KeyError, ValueError):
        return None


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 2):
        raise RuntimeError(f"{arguments}: exit status {done.returncode}: {done.stderr}")
    return done


def compare_tensors(program, oracle, folder, app, inputs):
    for k, (spec, info) in enumerate(zip(app.get("inputs", [app.get("input")]), inputs)):
        tensor = {**info, "dtype": np.dtype(info["dtype"])}
        want = tensors_of(oracle, folder, spec, tensor)
        done = run(program, "preprocess", os.path.join(folder, "app.json"), "--output", os.path.join(folder, "x.npz"), "--input", str(k))
        if want is None or done.returncode:
            if (want is None) != (done.returncode == 2):
                return f"input {k}: we say {done.stderr.strip() or 'it runs'}, the evaluator {'refuses' if want is None else 'runs it'}"
            continue
        got = np.load(os.path.join(folder, "x.npz"))["x"].reshape(want.shape)
        if got.dtype != want.dtype:
            return f"input {k}: dtype {got.dtype}, wanted {want.dtype}"
        if got.tobytes() == want.tobytes():
            continue
        a, b = got.astype(np.float64), want.astype(np.float64)
        close = np.isclose(a, b, rtol=2e-6, atol=2e-4, equal_nan=True) if got.dtype.kind == "f" else a == b
        if not close.all():
            return f"input {k}: {int((~close).sum())} of {close.size} numbers differ, by up to {np.abs(a - b).max():g}"
    return None


def compare_answers(program, oracle, folder, app):
    done = run(program, "eval", os.path.join(folder, "app.json"), "--format", "json")
    try:
        want = oracle.run(app, folder)
    except (oracle.AppError, KeyError, ValueError) as e:
        skips = isinstance(e, oracle.AppError) and e.info["kind"] == "file" and len(app.get("inputs", [])) > 1
        # The evaluator skips broken photos of the first input only.
        return None if done.returncode == 2 or skips else f"eval runs, the evaluator says {e}"
    if done.returncode:
        return f"eval says {done.stderr.strip()}, the evaluator runs it"
    got = json.loads(done.stdout)
    if got["samples"] != want["samples"] or len(got["unreadable"]) != want["unreadable"]:
        return f"samples {got['samples']} + {len(got['unreadable'])}, wanted {want['samples']} + {want['unreadable']}"
    if got["predictions"] != want["predictions"]:
        return f"predictions {got['predictions']}, wanted {want['predictions']}"
    if (got["value"] is None) != (want["value"] is None):
        return f"value {got['value']}, wanted {want['value']}"
    if want["value"] is not None and not np.isclose(got["value"], want["value"], rtol=1e-4, atol=1e-6):
        return f"value {got['value']}, wanted {want['value']}"
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("shared")
    p.add_argument("--count", type=int, default=150)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keep", help="folder for the apps instead of one that goes away")
    args = p.parse_args()
    folder_of_oracle = os.path.join(args.shared, "tools", "oracle")
    if not os.path.isdir(folder_of_oracle):
        print(f"skipped: no evaluator at {folder_of_oracle}")
        sys.exit(77)
    sys.path.insert(0, folder_of_oracle)
    import run_app as oracle
    wrong, sources, running = [], collections.Counter(), 0
    np.seterr(all="ignore")
    with tempfile.TemporaryDirectory() as scratch:
        for n in range(args.seed, args.seed + args.count):
            rng = np.random.default_rng(n)
            folder = os.path.join(args.keep or scratch, str(n))
            os.makedirs(folder, exist_ok=True)
            app, inputs = make_app(rng, folder, oracle)
            trouble = compare_tensors(args.program, oracle, folder, app, inputs) or compare_answers(args.program, oracle, folder, app)
            running += os.path.exists(os.path.join(folder, "x.npz"))
            for spec in app.get("inputs", [app.get("input")]):
                sources[next(k for k in ("images", "arrays", "table", "tensors") if k in spec)] += 1
            if trouble:
                wrong.append(f"app {n}: {trouble}\n  {json.dumps(app)}")
    for text in wrong[:20]:
        print(text, file=sys.stderr)
    print(f"{args.count - len(wrong)} of {args.count} apps agree, {running} of them run ({', '.join(f'{v} {k}' for k, v in sorted(sources.items()))})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
