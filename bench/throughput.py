#!/usr/bin/env python3
"""Photos a second from file to answer: `whyzero eval` against Pillow and the official runtime in Python, in turns on the same machine.

    throughput.py WHYZERO APP.json [--threads 2] [--rounds 3]

The app feeds photos through crop (square, central), resize (Pillow), normalize and quantize steps; Python does it in the plainest way.
"""
import argparse
import glob
import json
import os
import subprocess
import time

import numpy as np
from PIL import Image
from ai_edge_litert.interpreter import Interpreter

FILTERS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "area": Image.BOX, "lanczos": Image.LANCZOS}


def pictures(base, images):
    if isinstance(images, list):
        return [os.path.join(base, name) for name in images]
    path = os.path.join(base, images)
    return sorted(glob.glob(os.path.join(path, "**", "*.*"), recursive=True) if os.path.isdir(path) else glob.glob(path))


def prepare(path, steps, detail):
    image, box, x = Image.open(path).convert("RGB"), None, None
    for step in steps:
        (name, p), = step.items()
        if name == "crop":
            w, h = image.size
            if p.get("square"):
                n = min(w, h)
                image = image.crop(((w - n) // 2, (h - n) // 2, (w - n) // 2 + n, (h - n) // 2 + n))
                continue
            f = p["central"]
            box = ((w - w * f) / 2, (h - h * f) / 2, (w + w * f) / 2, (h + h * f) / 2)
        elif name == "resize":
            image = image.resize((p["width"], p["height"]), FILTERS[p.get("method", "bilinear")], box=box)
        elif name == "normalize":
            x = np.asarray(image, np.float32) if x is None else x
            x = x * np.float32(p["scale"]) + np.float32(p["offset"]) if "scale" in p else (x - np.float32(p["mean"])) / np.float32(p["std"])
        elif name == "quantize":
            scale, zero = detail["quantization"]
            x = np.clip(np.round(x / scale) + zero, np.iinfo(detail["dtype"]).min, np.iinfo(detail["dtype"]).max).astype(detail["dtype"])
        else:
            raise SystemExit(f"step {name} is not part of this benchmark")
    return (np.asarray(image) if x is None else x)[None]


def in_python(app, base, threads):
    interpreter = Interpreter(model_path=os.path.join(base, app["model"]), num_threads=threads)
    interpreter.allocate_tensors()
    detail, out = interpreter.get_input_details()[0], interpreter.get_output_details()[0]["index"]
    files = pictures(base, app["input"]["images"])
    start, answers = time.perf_counter(), []
    for path in files:
        interpreter.set_tensor(detail["index"], prepare(path, app["input"].get("pipeline", []), detail))
        interpreter.invoke()
        answers.append(int(np.argmax(interpreter.get_tensor(out))))
    return len(files) / (time.perf_counter() - start)


def in_whyzero(program, path, threads):
    done = subprocess.run([program, "eval", path, "--format", "json", "--threads", str(threads)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["samples_per_second"]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("app")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=3)
    args = p.parse_args()
    with open(args.app, encoding="utf-8") as f:
        app = json.load(f)
    base, ours, theirs = os.path.dirname(os.path.abspath(args.app)), [], []
    for _ in range(args.rounds):              # in turns: what else the machine does meets both
        ours.append(in_whyzero(args.program, args.app, args.threads))
        theirs.append(in_python(app, base, args.threads))
    print(f"whyzero {max(ours):.1f} photos/s, Python {max(theirs):.1f} photos/s, ratio {max(ours) / max(theirs):.2f} "
          f"(each round: {', '.join(f'{a / b:.2f}' for a, b in zip(ours, theirs))})")


if __name__ == "__main__":
    main()
