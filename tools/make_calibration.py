#!/usr/bin/env python3
"""Make the cases that confidences are calibrated on: models of our own, weak and strong, and some hundreds of apps around them
with injected faults, stacks of faults and healthy twins.

    tools/make_calibration.py --output /tmp/calibration --tool build/release/whyzero

Needs NumPy, Pillow, flatbuffers and ai-edge-litert (for the schema). Every case is OUT/cases/NAME with app.json and answer.json, in
the form that judges of diagnoses read. The same seed gives the same cases. What a fault costs is measured by `whyzero eval`.
"""
import argparse
import copy
import csv
import json
import os
import pickle
import subprocess
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calibration import damage, faults, models, pictures, tables, tflite  # noqa: E402

PHOTOS, ROWS = 400, 400
COUNTS = (20, 50, 100, 200)
OVERLAP = [{"P002", "P003", "P014"}, {"P009", "P011", "P015"}, {"P004", "P006", "P016"}, {"L001", "L002", "L003"}, {"Q001", "Q002", "Q003"}, {"M004", "M006"}]


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb" if isinstance(content, bytes) else "w") as f:
        f.write(content if isinstance(content, (bytes, str)) else json.dumps(content, indent=1))


# ---------------------------------------------------------------- models and samples
def write_pictures(out, seed):
    for name, (_, world, hard, *_rest) in models.PICTURES.items():
        folder = os.path.join(out, "photos", name)
        if os.path.exists(os.path.join(folder, "truth.json")):
            continue
        drawn = pictures.pictures(world, hard, PHOTOS, seed + 1)
        os.makedirs(folder, exist_ok=True)
        for i, (image, _) in enumerate(drawn):
            image.save(os.path.join(folder, f"{i:04}.jpg"), quality=90)
        labels = [pictures.WORLDS[world][1][k] for _, k in drawn]
        write(os.path.join(folder, "truth.csv"), "sample,label\n" + "".join(f"{i:04}.jpg,{label}\n" for i, label in enumerate(labels)))
        write(os.path.join(folder, "truth.json"), labels)


def picture_parts(name, variant):
    """The healthy app's parts, and its model files by variant."""
    half, world, hard, side, kind, channels, given, head, extra = models.PICTURES[name]
    integer = extra["integer"] if variant == "integer" and not extra.get("float_io") else None
    tail = [{"layout": "nchw"}] if extra.get("nchw") else []
    return {"source": "images", "half": half, "model": f"{name}_{variant}", "geometry": models.geometry(kind, side),
            "channels": [] if channels == "rgb" else [{"channels": channels}], "range": [{"cast": "float32"}] if extra.get("embedded") else [{"normalize": given}],
            "tail": tail + ([{"quantize": "affine"}] if integer else []), "labels": list(pictures.WORLDS[world][1]), "label_offset": 0,
            "tensor": 1 if extra.get("two") else 0, "two": bool(extra.get("two")), "decode": [{"dequantize": "affine"}, {"argmax": {}}] if integer else [{"argmax": {}}],
            "integer": integer, "embedded": bool(extra.get("embedded")), "nchw": bool(extra.get("nchw")), "channel": channels, "width": side, "head": head,
            "data": name}


def table_parts(name, variant, model):
    t = tables.TABLES[name]
    integer = t.get("integer") if variant == "integer" else None
    kind = next(iter(model["scaling"]))
    columns = t["columns"]
    other = {"minmax": {"min": [round(m - 2.5 * s, 6) for _, m, s, _ in columns], "max": [round(m + 2.5 * s, 6) for _, m, s, _ in columns], "to": [0, 1]}} \
        if kind == "standardize" else {"standardize": {"mean": [m for _, m, _, _ in columns], "std": [s for _, _, s, _ in columns]}}
    decode = {"sigmoid": [{"threshold": 0.5}], "softmax": [{"argmax": {}}], "linear": [{"regression": {}}]}[t["head"]]
    return {"source": "table", "half": t["half"], "model": f"{name}_{variant}", "range": [model["scaling"]], "tail": [{"quantize": "affine"}] if integer else [],
            "features": [c[0] for c in columns], "other_scaling": other, "labels": t["labels"] and list(t["labels"]), "label_offset": 0, "tensor": 0, "two": False,
            "decode": ([{"dequantize": "affine"}] if integer else []) + decode, "integer": integer, "embedded": False, "nchw": False, "channel": None,
            "head": t["head"], "data": name, "geometry": [], "channels": [], "width": 0}


def trained(out, name, train):
    """Training takes longest: what the folder holds already is not trained again."""
    path = os.path.join(out, "networks", name + ".pickle")
    if not os.path.exists(path):
        write(path, pickle.dumps(train()))
    with open(path, "rb") as f:
        return pickle.load(f)


def make_models(out, seed, only):
    """Writes all model files; gives the healthy apps' parts with the network they belong to."""
    made = []
    rng = np.random.default_rng([seed, 5])
    for name in models.PICTURES:
        if only and name not in only:
            continue
        half, world, hard, side, kind, channels, given, head, extra = models.PICTURES[name]
        model = trained(out, name, lambda: models.picture_model(name, seed))
        model["float_io"] = bool(extra.get("float_io"))
        before = ["nchw"] if extra.get("nchw") else [("embedded", given["scale"], given["offset"])] if extra.get("embedded") else []
        aux = None
        if extra.get("two"):
            classes = len(model["classes"])
            neighbours = 0.5 * np.eye(classes) + 0.5 * np.roll(np.eye(classes), 1, 0)       # a coarser answer, as auxiliary heads give
            aux = {"kind": "dense", "w": neighbours.astype(np.float32), "b": rng.normal(0, 0.1, classes).astype(np.float32)}
        model["bytes"] = lambda net, before=before, aux=aux: tflite.float_model(net, before, aux)
        made.append(write_variants(out, name, model, extra.get("integer"), lambda v, name=name: picture_parts(name, v)))
        print(name, flush=True)
    for name, t in tables.TABLES.items():
        if only and name not in only:
            continue
        model = trained(out, name, lambda: models.table_model(name, seed))
        model["float_io"], model["bytes"] = False, tflite.float_model
        made.append(write_variants(out, name, model, t.get("integer"), lambda v, name=name, model=model: table_parts(name, v, model)))
        print(name, flush=True)
    return made


def write_variants(out, name, model, integer, parts):
    write(os.path.join(out, "models", f"{name}_float.tflite"), model["bytes"](model["net"]))
    variants = [parts("float")]
    if integer:
        write(os.path.join(out, "models", f"{name}_integer.tflite"), tflite.quantized_model(model["net"], model["recorded"], integer, float_io=model["float_io"]))
        variants.append(parts("integer"))
    return name, model, integer, variants


# ---------------------------------------------------------------- cases
class Maker:
    def __init__(self, out, tool, seed):
        self.out, self.tool, self.seed, self.count, self.rows = out, tool, seed, 0, {}

    def samples(self, p, folder, chosen):
        """Writes what belongs to the case's samples; gives its part of the app file and the truth by sample."""
        if p["source"] == "images":
            with open(os.path.join(self.out, "photos", p["data"], "truth.json")) as f:
                truth = json.load(f)
            names = [f"../../photos/{p['data']}/{i:04}.jpg" for i in chosen]
            return {"images": names}, {os.path.basename(n): truth[i] for n, i in zip(names, chosen)}
        if p["data"] not in self.rows:
            self.rows[p["data"]] = tables.rows(p["data"], ROWS, self.seed + 1)
        t = tables.TABLES[p["data"]]
        values, target = self.rows[p["data"]]
        with open(os.path.join(folder, "data.csv"), "w", newline="") as f:
            rows = csv.writer(f, lineterminator="\n")
            rows.writerow([c[0] for c in t["columns"]] + ["target"])
            for i in chosen:
                rows.writerow([f"{v:.{c[3]}f}" for v, c in zip(values[i], t["columns"])] + [t["labels"][target[i]] if t["labels"] else target[i]])
        return {"table": {"csv": "data.csv", "features": p["features"], "label": "target"}}, None

    def app(self, p, source, labelled):
        steps = copy.deepcopy(p["geometry"] + p["channels"] + p["range"] + p["tail"])
        output = {"decode": p["decode"], "tensor": p["tensor"]}
        if p["labels"] is not None:
            output["labels"] = p["labels"]
        if p["label_offset"]:
            output["label_offset"] = p["label_offset"]
        app = {"whyzero": 1, "model": f"../../models/{p['model']}.tflite", "input": {**copy.deepcopy(source), "pipeline": steps}, "output": output}
        if labelled and "images" in source:
            app["truth"] = "truth.csv"
        if not labelled and "table" in source:
            del app["input"]["table"]["label"]
        return app

    def value(self, app, folder):
        path = os.path.join(folder, "measured.json")
        write(path, app)
        run = subprocess.run([self.tool, "eval", path, "--format", "json", "--threads", "1"], capture_output=True, text=True)
        os.remove(path)
        try:
            document = json.loads(run.stdout)
            return document.get("value"), document.get("metric")
        except ValueError:
            return None, None

    def case(self, name, healthy, broken, names, codes, count, labelled, rng, fix="patch", chosen=None):
        """`codes`: lists of codes by fault; none for a healthy app."""
        self.count += 1
        folder = os.path.join(self.out, "cases", name)
        os.makedirs(folder, exist_ok=True)
        chosen = rng.permutation(PHOTOS)[:count] if chosen is None else chosen
        source, truth = self.samples(broken, folder, chosen)
        if truth:
            write(os.path.join(folder, "truth.csv"), "sample,label\n" + "".join(f"{k},{v}\n" for k, v in truth.items()))
        write(os.path.join(folder, "app.json"), self.app(broken, source, labelled))
        value_broken, _ = self.value(self.app(broken, source, True), folder)
        whole, _ = self.samples(healthy, folder, chosen) if healthy["source"] == "images" else ({"table": {**source["table"], "features": healthy["features"]}}, None)
        value_healthy, metric = self.value(self.app(healthy, whole, True), folder)
        write(os.path.join(folder, "answer.json"), self.answer(name, healthy, names, codes, len(chosen), labelled, value_healthy, value_broken, metric, fix))

    @staticmethod
    def answer(name, healthy, names, codes, count, labelled, value_healthy, value_broken, metric, fix):
        verdict, soft = "healthy", None
        if codes:
            verdict, soft = "fault", False
            if value_broken is not None:
                if metric == "r2":
                    lost = 1 - (1 - value_healthy) / max(1e-9, 1 - value_broken)
                    harmless, shown = lost < 0.2, lost > 0.5 and count >= 50
                else:
                    harmless, shown = value_healthy - value_broken < 0.05, (value_healthy - value_broken) * count >= 10
                verdict = "harmless" if harmless else "fault" if shown or not labelled else "undetermined"
                soft = verdict != "fault"
        first = sorted({c for group in codes for c in group})
        return {"case": name, "half": healthy["half"], "verdict": verdict, "faults": names, "acceptable_first_codes": first, "all_codes": [g[0] for g in codes],
                "also_allowed": sorted({c for o in OVERLAP if o & set(first) for c in o}), "labelled": labelled, "samples": count, "metric": metric,
                "value_as_deployed": value_broken, "value_healthy": value_healthy, "soft": soft, "undetermined_ok": not labelled or bool(soft), "fix": fix if codes else "none"}


def count_of(rng):
    return int(rng.choice(COUNTS, p=[0.15, 0.25, 0.35, 0.25]))


def apply(parts, names, rng):
    """The parts with these faults, or None where one does not apply or two touch the same."""
    p = copy.deepcopy(parts)
    sides = [faults.FAULTS[n]["side"] for n in names]
    if len(set(sides)) < len(sides):
        return None
    for n in names:
        if not faults.FAULTS[n]["apply"](p, rng):
            return None
    return p


def app_cases(maker, parts, rng):
    label = parts["model"]
    for k, count in enumerate(COUNTS):
        maker.case(f"{label}-{count}-healthy", parts, parts, [], [], count, True, rng)
    maker.case(f"{label}-100u-healthy", parts, parts, [], [], 100, False, rng)
    single = [n for n in faults.FAULTS if apply(parts, [n], np.random.default_rng(0))]
    for n in single:
        count, f = count_of(rng), faults.FAULTS[n]
        labelled = f["labels_only"] or parts["head"] == "linear" or rng.random() > 0.15
        maker.case(f"{label}-{count}{'' if labelled else 'u'}-{n}", parts, apply(parts, [n], rng), [n], [f["codes"]], count, labelled, rng)
    done = set()
    for depth in (2, 2, 2, 2, 3, 3):
        for _ in range(30):
            names = sorted(rng.choice(single, min(depth, len(single)), replace=False))
            broken = apply(parts, names, rng) if tuple(names) not in done else None
            if broken and not {"blank", "as_bytes"} & set(names):
                done.add(tuple(names))
                count = int(rng.choice([50, 100, 200]))
                maker.case(f"{label}-{count}-{'+'.join(names)}", parts, broken, [str(n) for n in names], [faults.FAULTS[n]["codes"] for n in names], count, True, rng)
                break


def model_cases(maker, name, model, integer, variants, rng):
    def put(kind, content, codes, healthy):
        write(os.path.join(maker.out, "models", f"{name}_{kind}.tflite"), content)
        count = int(rng.choice([50, 100, 200]))
        maker.case(f"{name}-{count}-{kind}", healthy, {**healthy, "model": f"{name}_{kind}"}, [kind], [codes], count, True, rng, fix="none")
    for kind, (function, codes) in damage.FLOAT.items():
        put(kind, model["bytes"](function(model, rng)), codes, variants[0])
    if integer:
        for kind, (function, codes) in damage.INTEGER.items():
            put(kind, function(model, rng, integer), codes, variants[1])


# Apps over all photos, for bench/statistics: what a test can see in draws of them.
POWER = {"signs_a_float": ["bgr", "range_unit", "dim", "turned_90", "zoomed", "two_labels"], "signs_w_float": ["bgr", "range_symmetric", "zoomed"],
         "flags_a_float": ["bgr", "range_unit", "stretched", "nearest"], "tiles_b_float": ["bgr", "range_symmetric", "dim", "two_labels"]}


def power_apps(maker, parts, rng):
    if parts["model"] not in POWER:
        return
    whole = {"images": [f"../photos/{parts['data']}/{i:04}.jpg" for i in range(PHOTOS)]}
    for name in ["healthy"] + POWER[parts["model"]]:
        broken = parts if name == "healthy" else apply(parts, [name], rng)
        if broken is None:
            continue
        app = {**maker.app(broken, whole, True), "model": f"../models/{parts['model']}.tflite", "truth": f"../photos/{parts['data']}/truth.csv"}
        write(os.path.join(maker.out, "power", f"{parts['model']}-{name}.json"), app)


def file_cases(maker, name, healthy, rng):
    with open(os.path.join(maker.out, "models", f"{healthy['model']}.tflite"), "rb") as f:
        content = f.read()
    for kind, (function, codes) in damage.FILE.items():
        if rng.random() < 0.5:
            write(os.path.join(maker.out, "models", f"{name}_{kind}.tflite"), function(content, rng))
            maker.case(f"{name}-20-{kind}", healthy, {**healthy, "model": f"{name}_{kind}"}, [kind], [codes], 20, True, rng, fix="none")


# What was written into the tensor, recorded on the way: by fault the channels and range that the app used instead of the model's.
CAPTURED = {"healthy": [], "bgr": ["P001"], "raw": ["P002", "P003"], "unit": ["P002", "P003"], "torch": ["P002", "P003"], "blank": ["P013"], "once": ["A004", "P013"]}


def captured_cases(maker, name, healthy, rng):
    _, world, hard, side, kind, channels, given, _, extra = models.PICTURES[name]
    if channels == "gray" or extra.get("nchw") or extra.get("embedded"):
        return
    for fault, codes in CAPTURED.items():
        case, count = f"{name}-captured-{fault}", 40
        chosen = rng.permutation(PHOTOS)[:count]
        photos = [Image.open(os.path.join(maker.out, "photos", name, f"{i:04}.jpg")) for i in chosen]
        used = {"raw": {"scale": 1.0, "offset": 0.0}, "unit": models.UNIT, "torch": models.TORCH}.get(fault, given)
        if codes and used == given and fault in ("raw", "unit", "torch"):
            continue
        x = models.picture_tensor(photos, kind, side, {"rgb": "bgr", "bgr": "rgb"}[channels] if fault == "bgr" else channels, used)
        x = x * 0 if fault == "blank" else np.repeat(x[:1], count, 0) if fault == "once" else x
        folder = os.path.join(maker.out, "cases", case)
        for i, row in zip(chosen, x):
            os.makedirs(folder, exist_ok=True)
            np.save(os.path.join(folder, f"{i:04}.npy"), np.ascontiguousarray(row[None]))
        maker.case(case, healthy, healthy, [fault] if codes else [], [codes] if codes else [], count, True, rng, fix="none", chosen=chosen)
        with open(os.path.join(folder, "app.json")) as f:
            app = json.load(f)
        app["input"] = {"tensors": [f"{i:04}.npy" for i in chosen], "original_images": app["input"]["images"]}
        with open(os.path.join(folder, "truth.csv")) as f:
            write(os.path.join(folder, "truth.csv"), f.read().replace(".jpg,", ".npy,"))
        value, _ = maker.value(app, folder)
        write(os.path.join(folder, "app.json"), app)
        with open(os.path.join(folder, "answer.json")) as f:
            answer = json.load(f)
        if codes:
            harmless = value is not None and answer["value_healthy"] - value < 0.05
            answer.update({"value_as_deployed": value, "verdict": "harmless" if harmless else "fault", "soft": harmless, "undetermined_ok": harmless})
        write(os.path.join(folder, "answer.json"), answer)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--output", required=True, metavar="DIR")
    p.add_argument("--tool", required=True, help="the program, to measure what a fault costs")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", nargs="*", help="these models only")
    args = p.parse_args()
    write_pictures(args.output, args.seed)
    maker = Maker(args.output, args.tool, args.seed)
    for index, (name, model, integer, variants) in enumerate(make_models(args.output, args.seed, args.only)):
        rng = np.random.default_rng([args.seed, 9, sum(map(ord, name))])
        for parts in variants:
            app_cases(maker, parts, rng)
            power_apps(maker, parts, np.random.default_rng(args.seed))
        model_cases(maker, name, model, integer, variants, rng)
        file_cases(maker, name, variants[0], rng)
        if name in models.PICTURES:
            captured_cases(maker, name, variants[0], rng)
    print(f"{maker.count} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
