#!/usr/bin/env python3
"""Records what Pillow, OpenCV and TensorFlow make of procedural pictures, as the truth of src/image/resize_test.cc.

    record_resize.py tests/data/resize/cases.json --libraries pillow opencv
    record_resize.py tests/data/resize/cases.json --libraries tensorflow      (in an environment that has TensorFlow)

Cases of the named libraries are replaced, the others kept. Bytes are recorded as a CRC-32, real numbers as a few samples.
"""
import argparse
import json
import zlib

import numpy as np

METHODS = ["nearest", "bilinear", "bicubic", "area", "lanczos"]
TENSORFLOW = ["tensorflow", "tensorflow-antialias", "tensorflow-v1", "tensorflow-align-corners"]
SAMPLES = 12


def picture(seed, width, height, channels):
    """The same bytes as the test's procedural_picture()."""
    i = np.arange(width * height * channels, dtype=np.uint64)
    x = (i * 2654435761 + seed * 2246822519) & 0xFFFFFFFF
    x ^= x >> 15
    x = (x * 2246822519) & 0xFFFFFFFF
    x ^= x >> 13
    return (x & 255).astype(np.uint8).reshape(height, width, channels)


def with_pillow(a, width, height, method, box):
    from PIL import Image
    filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "area": Image.BOX,
               "lanczos": Image.LANCZOS}
    if a.dtype == np.uint8 and a.shape[2] == 3:
        return np.asarray(Image.fromarray(a).resize((width, height), filters[method], box=box))
    planes = [Image.fromarray(np.ascontiguousarray(a[..., c])).resize((width, height), filters[method], box=box)
              for c in range(a.shape[2])]
    return np.stack([np.asarray(p) for p in planes], -1)


def with_opencv(a, width, height, method):
    import cv2
    flags = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC,
             "area": cv2.INTER_AREA, "lanczos": cv2.INTER_LANCZOS4}
    return cv2.resize(a, (width, height), interpolation=flags[method]).reshape(height, width, a.shape[2])


def with_tensorflow(a, width, height, method, library):
    import tensorflow as tf
    if library in ("tensorflow", "tensorflow-antialias"):
        name = "lanczos3" if method == "lanczos" else method
        return tf.image.resize(a, (height, width), method=name, antialias=library.endswith("antialias")).numpy()
    number = {"nearest": 1, "bilinear": 0, "bicubic": 2, "area": 3}[method]
    return tf.compat.v1.image.resize(a, (height, width), method=number, align_corners=library.endswith("corners")).numpy()


def sizes(rng, k):
    """Up, down, mixed, whole factors, one side kept, very small."""
    high = [(48, 48, 48, 48), (70, 70, 20, 20), (20, 20, 70, 70), (6, 6, 12, 12)][k % 4]
    w, h, to_w, to_h = (int(rng.integers(1, n)) for n in high)
    if k % 6 == 0:
        f, g = (int(n) for n in rng.integers(1, 5, 2))
        w, h = to_w * f, to_h * g
    if k % 6 == 1:
        w, h = to_w * 2, to_h * 2
    if k % 6 == 2:
        to_w = w
    if k % 6 == 3:
        to_h = h
    return w, h, to_w, to_h


def record(library, count):
    cases = []
    for method in METHODS:
        if method == "lanczos" and library in TENSORFLOW[2:]:
            continue
        rng = np.random.default_rng(zlib.crc32(f"{library} {method}".encode()))
        for k in range(count):
            w, h, to_w, to_h = sizes(rng, k)
            channels, seed, real = int(rng.choice([1, 3, 3, 4])), int(rng.integers(1, 10000)), bool(rng.random() < 0.3)
            a = picture(seed, w, h, channels)
            if library in TENSORFLOW and library not in TENSORFLOW[:2] and (w, h) == (to_w, to_h):
                continue                  # version 1 gives the picture back as it is
            case = {"library": library, "method": method, "seed": seed, "from": [w, h, channels], "to": [to_w, to_h]}
            if library in TENSORFLOW:
                real = method != "nearest"
                out = with_tensorflow(a, to_w, to_h, method, library)
            else:
                a = a.astype(np.float32) if real else a
                box = None
                if library == "pillow" and rng.random() < 0.4:
                    x, y = np.sort(rng.random(2)) * w, np.sort(rng.random(2)) * h
                    if x[1] - x[0] > 0.01 and y[1] - y[0] > 0.01:
                        box = [float(v) for v in (x[0], y[0], x[1], y[1])]
                        case["box"] = box
                out = with_pillow(a, to_w, to_h, method, box) if library == "pillow" else with_opencv(a, to_w, to_h, method)
            out = np.ascontiguousarray(out)
            if real:
                at = rng.integers(0, out.size, min(SAMPLES, out.size))
                case["at"] = [int(i) for i in at]
                case["values"] = [float(v) for v in out.reshape(-1)[at]]
            else:
                case["crc32"] = zlib.crc32(out.tobytes())
            cases.append(case)
    return cases


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--libraries", nargs="+", choices=["pillow", "opencv", "tensorflow"], required=True)
    p.add_argument("--count", type=int, default=24)
    args = p.parse_args()
    names = [n for lib in args.libraries for n in (TENSORFLOW if lib == "tensorflow" else [lib])]
    try:
        with open(args.out, encoding="utf-8") as f:
            cases = [c for c in json.load(f) if c["library"] not in names]
    except OSError:
        cases = []
    for name in names:
        cases += record(name, args.count)
    cases.sort(key=lambda c: (c["library"], c["method"]))
    with open(args.out, "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
