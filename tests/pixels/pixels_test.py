"""Random pictures resized, random files and camera frames decoded by the real libraries and by us: bytes must be equal, real numbers within 1e-4.

    pixels_test.py PIXEL_PROBE [--resizes N] [--files N] [--frames N] [--seed N] [--keep FOLDER]
"""
import argparse
import collections
import json
import os
import struct
import subprocess
import sys
import tempfile

try:
    import cv2
    import numpy as np
    from PIL import Image
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import record_decode  # noqa: E402
import record_resize  # noqa: E402

METHODS = record_resize.METHODS
TOLERANCE = 1e-4
# Pillow 13 and OpenCV 5 are what is promised; others may differ in what changed between versions.
MADE_FOR = {"pillow": 13, "opencv": 5}


def picture(rng, width, height, channels):
    """Noise, smooth, saturated, flat in parts: different code paths round different numbers."""
    kind = rng.integers(0, 4)
    if kind == 0:
        return rng.integers(0, 256, (height, width, channels)).astype(np.uint8)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [127.5 + 140 * np.sin(x * rng.uniform(0, .5) + y * rng.uniform(0, .5) + rng.uniform(0, 6)) for _ in range(channels)]
    a = np.stack(planes, -1)
    if kind == 1:
        a += rng.normal(0, 12, a.shape)
    if kind == 2:
        a = np.where(a > 127, 255, 0)
    return np.clip(a, 0, 255).astype(np.uint8)


def side(rng):
    return int(np.exp(rng.uniform(0, np.log(400)))) or 1


def resize_cases(rng, count):
    for k in range(count):
        w, h, to_w, to_h = side(rng), side(rng), side(rng), side(rng)
        shape = rng.integers(0, 8)
        if shape == 0:
            w, h = to_w * int(rng.integers(1, 5)), to_h * int(rng.integers(1, 5))
        elif shape == 1:
            w, h = to_w * 2, to_h * 2
        elif shape == 2:
            to_w = w
        elif shape == 3:
            to_h = h
        w, h = min(w, 900), min(h, 900)
        channels, real = int(rng.choice([1, 3, 3, 4])), bool(rng.random() < 0.3)
        a = picture(rng, w, h, channels)
        if real:
            a = (a + rng.uniform(-0.5, 0.5, a.shape)).astype(np.float32)
        library = ["pillow", "opencv"][k % 2]
        method = METHODS[k // 2 % len(METHODS)]
        box = None
        if library == "pillow" and rng.random() < 0.4:
            left, right = sorted(rng.uniform(0, w, 2))
            top, bottom = sorted(rng.uniform(0, h, 2))
            if rng.random() < 0.5:                # a central crop
                f = rng.uniform(0.3, 1)
                left, top, right, bottom = (w - w * f) / 2, (h - h * f) / 2, (w + w * f) / 2, (h + h * f) / 2
            if right - left > 0.5 and bottom - top > 0.5:
                box = [left, top, right, bottom]
        if library == "pillow":
            want = record_resize.with_pillow(a, to_w, to_h, method, box)
        else:
            want = record_resize.with_opencv(a, to_w, to_h, method)
        job = {"resize": [method, library], "to": [to_w, to_h]}
        if box:
            job["box"] = box
        yield job, a, want


def write_bmp(rng, path, width, height):
    bits = int(rng.choice([1, 4, 8, 16, 24, 32]))
    palette = b"" if bits > 8 else b"".join(rng.bytes(3) + b"\0" for _ in range(2 ** bits))
    top_down = bool(rng.random() < 0.3)
    if bits in (4, 8) and rng.random() < 0.6:
        data = [record_decode.run_length(rng, rng.integers(0, 2 ** bits, (height, width)), bits)]
        compression, top_down = {8: 1, 4: 2}[bits], False
    else:
        data, compression = [rng.bytes((width * bits + 31) // 32 * 4) for _ in range(height)], 0
    with open(path, "wb") as f:
        f.write(record_decode.bmp(width, height, bits, data, compression, palette=palette, top_down=top_down))


def write_gif(rng, path, image):
    image.quantize(int(rng.choice([2, 7, 16, 100, 256]))).save(path, interlace=int(rng.integers(0, 2)),
                                                              **({"transparency": 1} if rng.random() < 0.3 else {}))
    if rng.random() < 0.4:                        # a screen that is bigger than its frame
        with open(path, "rb") as f:
            data = bytearray(f.read())
        at = data.index(b"\x2c\0\0\0\0")
        data[6:10] = struct.pack("<HH", image.width + int(rng.integers(3, 9)), image.height + int(rng.integers(2, 9)))
        data[at + 1:at + 5] = struct.pack("<HH", *(int(v) for v in rng.integers(0, 3, 2)))
        with open(path, "wb") as f:
            f.write(data)


def write_file(rng, folder, k):
    """One picture file of a random kind; gives its name."""
    width, height = int(rng.integers(1, 90)), int(rng.integers(1, 90))
    rgb = picture(rng, width, height, 3)
    image = Image.fromarray(rgb)
    kind = ["jpg", "png", "bmp", "gif"][k % 4]
    path = os.path.join(folder, f"{k}.{kind}")
    exif = Image.Exif()
    if rng.random() < 0.4:
        exif[274] = int(rng.integers(1, 9))
    if kind == "jpg":
        mode = rng.choice(["RGB", "RGB", "RGB", "L", "CMYK"])
        options = {"quality": int(rng.integers(5, 101)), "progressive": bool(rng.random() < 0.4), "optimize": bool(rng.random() < 0.3)}
        if mode != "L":
            options["subsampling"] = int(rng.integers(0, 3))
        if rng.random() < 0.2:
            options["restart_marker_blocks"] = int(rng.integers(1, 6))
        image.convert(mode).save(path, exif=exif, **options)
        if rng.random() < 0.1 and not options["progressive"]:       # a download that was cut off
            with open(path, "r+b") as f:
                f.truncate(int(os.path.getsize(path) * rng.uniform(0.5, 1)))
    elif kind == "png":
        mode = rng.choice(["1", "L", "LA", "P", "RGB", "RGBA", "gray16", "rgb16", "rgba16"])
        if mode == "gray16":
            Image.fromarray(rng.integers(0, rng.choice([200, 700, 65536]), (height, width)).astype(np.uint16)).save(path)
        elif mode in ("rgb16", "rgba16"):
            cv2.imwrite(path, rng.integers(0, 65536, (height, width, len(mode) - 2)).astype(np.uint16))
        elif mode == "P":
            more = {"transparency": rng.bytes(3)} if rng.random() < 0.4 else {}
            image.quantize(int(rng.choice([2, 4, 15, 200]))).save(path, exif=exif, **more)
        elif mode in ("LA", "RGBA"):
            image.putalpha(Image.fromarray(picture(rng, width, height, 1)[..., 0]))
            image.convert(mode).save(path, exif=exif)
        else:
            image.convert(mode).save(path, exif=exif)
    elif kind == "bmp":
        write_bmp(rng, path, width, height)
    else:
        write_gif(rng, path, image)
    return path


FRAMES = {"nv21": cv2.COLOR_YUV2RGB_NV21, "nv12": cv2.COLOR_YUV2RGB_NV12, "i420": cv2.COLOR_YUV2RGB_I420,
          "yuyv": cv2.COLOR_YUV2RGB_YUYV, "rgba": cv2.COLOR_RGBA2RGB, "bgra": cv2.COLOR_BGRA2RGB, "rgb565": cv2.COLOR_BGR5652RGB}


def padded(plane, step):
    """Rows `step` bytes apart, other bytes between."""
    rows = plane.reshape(plane.shape[0], -1)
    out = np.full((rows.shape[0], step), 77, np.uint8)
    out[:, :rows.shape[1]] = rows
    return out.tobytes()


def frame_case(rng, folder, k):
    """A frame of random bytes, its rows tight or apart; the job and what OpenCV makes of it."""
    name = list(FRAMES)[k % len(FRAMES)]
    width, height = 2 * int(rng.integers(1, 60)), 2 * int(rng.integers(1, 60))
    job = {"frame": name, "width": width, "height": height, "in": os.path.join(folder, f"frame{k}.raw")}
    if name in ("nv21", "nv12", "i420"):
        a = rng.integers(0, 256, (height * 3 // 2, width)).astype(np.uint8)
        if name == "i420":
            planes = [a[:height], a[height:].reshape(2, -1)[0].reshape(-1, width // 2), a[height:].reshape(2, -1)[1].reshape(-1, width // 2)]
        else:
            planes = [a]
    else:
        a = rng.integers(0, 256, (height, width, 4 if name in ("rgba", "bgra") else 2)).astype(np.uint8)
        planes = [a]
    gap = int(rng.choice([0, 0, 2, 16, 62]))
    step = planes[0].reshape(planes[0].shape[0], -1).shape[1] + gap
    if gap:
        job["row_bytes"] = step
    with open(job["in"], "wb") as f:
        for i, plane in enumerate(planes):
            f.write(padded(plane, step // 2 if i else step))
    return job, cv2.cvtColor(a, FRAMES[name])


# OpenCV hands bicubic to Intel's IPP, which adds its four products in another order on machines with AVX-512 than on those without:
# bytes that lie on a half go either way. We equal the recordings of ../shared/preprocess, so that elsewhere single bytes are one off.
EITHER_WAY = {"resize bicubic opencv": 0.001}


def difference(got, want, kind):
    if got.shape != want.shape:
        return f"shape {got.shape}, wanted {want.shape}"
    worst = float(np.abs(got.astype(np.float64) - want).max())
    limit = TOLERANCE if want.dtype == np.float32 else 0
    differ = int((got != want).sum())
    if want.dtype == np.uint8 and kind in EITHER_WAY and differ <= 1 + EITHER_WAY[kind] * want.size:
        limit = 1
    return f"{differ} of {want.size} differ, by up to {worst:g}" if worst > limit else None


def kind_of(job):
    if "resize" in job:
        return "resize " + " ".join(job["resize"])
    if "frame" in job:
        return "frame " + job["frame"]
    return f"decode {job['decode']} {job['in'].rsplit('.')[-1]}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("probe")
    p.add_argument("--resizes", type=int, default=1000)
    p.add_argument("--files", type=int, default=600)
    p.add_argument("--frames", type=int, default=140)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keep", help="folder for the files instead of one that goes away")
    args = p.parse_args()
    for name, have in (("pillow", Image.__version__), ("opencv", cv2.__version__)):
        if int(have.split(".")[0]) != MADE_FOR[name]:
            print(f"skipped: {name} {have} is installed, {MADE_FOR[name]} is what we claim to equal")
            sys.exit(77)
    rng = np.random.default_rng(args.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or scratch
        os.makedirs(folder, exist_ok=True)
        jobs, wanted = [], []

        def add(job, want):
            job["out"] = os.path.join(folder, f"{len(jobs)}.out.npy")
            jobs.append(job)
            wanted.append(want)
        for job, a, want in resize_cases(rng, args.resizes):
            job["in"] = os.path.join(folder, f"{len(jobs)}.in.npy")
            np.save(job["in"], a)
            add(job, want)
        for k in range(args.files):
            path = write_file(rng, folder, k)
            for library in ("pillow", "opencv"):
                add({"decode": library, "in": path}, record_decode.decode(path, library))
        for k in range(args.frames):
            add(*frame_case(rng, folder, k))
        with open(os.path.join(folder, "jobs"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(job) + "\n" for job in jobs)
        done = subprocess.run([args.probe, os.path.join(folder, "jobs")], capture_output=True, text=True, check=True)
        lines = done.stdout.splitlines()
        if len(lines) != len(jobs):
            sys.exit(f"the probe ended after {len(lines)} of {len(jobs)} jobs: {done.stderr[-500:]}")
        wrong, equal = [], collections.Counter()
        for job, want, line in zip(jobs, wanted, lines):
            kind = kind_of(job)
            if line.startswith("ok"):
                text = difference(np.load(job["out"]), want, kind) if want is not None else "read, but the library refuses it"
            else:
                text = None if want is None else line
            if text:
                wrong.append(f"{kind}: {text}: {json.dumps(job)}")
            else:
                equal[kind] += 1
    for kind, count in sorted(equal.items()):
        print(f"{kind}: {count} equal")
    for text in wrong[:40]:
        print(text, file=sys.stderr)
    print(f"{len(jobs) - len(wrong)} of {len(jobs)} equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
