#!/usr/bin/env python3
"""Time of our resizers against Pillow's and OpenCV's own, one thread each, in one run: 1280×960 → 224×224 of three bytes.

    resize.py PIXEL_PROBE [--repeat 15]          (pixel_probe is built with the tests)
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

import cv2
import numpy as np
from PIL import Image

PILLOW = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "area": Image.BOX, "lanczos": Image.LANCZOS}
OPENCV = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA,
          "lanczos": cv2.INTER_LANCZOS4}
SIZE = (224, 224)


def shortest(work, repeat):
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("probe")
    p.add_argument("--repeat", type=int, default=15)
    args = p.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:960, 0:1280]
    a = np.stack([127 + 100 * np.sin(x * .02 + y * .03 * c) for c in (1, 2, 3)], -1) + rng.normal(0, 9, (960, 1280, 3))
    a = a.clip(0, 255).astype(np.uint8)
    image = Image.fromarray(a)
    with tempfile.TemporaryDirectory() as folder:
        source, jobs = os.path.join(folder, "a.npy"), os.path.join(folder, "jobs")
        np.save(source, a)
        for library in ("pillow", "opencv"):
            for method in PILLOW:
                job = {"resize": [method, library], "to": SIZE, "in": source, "out": os.path.join(folder, "b.npy"), "repeat": args.repeat}
                with open(jobs, "w", encoding="utf-8") as f:
                    f.write(json.dumps(job) + "\n")
                ours = float(subprocess.run([args.probe, jobs], capture_output=True, text=True, check=True).stdout.split()[1])
                if library == "pillow":
                    theirs = shortest(lambda: image.resize(SIZE, PILLOW[method]), args.repeat)
                else:
                    theirs = shortest(lambda: cv2.resize(a, SIZE, interpolation=OPENCV[method]), args.repeat)
                print(f"{library:7} {method:9} {ours * 1e3:8.3f} ms, the library {theirs * 1e3:8.3f} ms, ratio {theirs / ours:.2f}")


if __name__ == "__main__":
    main()
