#!/usr/bin/env python3
"""Makes small picture files of all kinds and records what Pillow, OpenCV and TensorFlow decode from them, as the truth of
src/image/decode_test.cc.

    record_decode.py tests/data/decode --make --libraries pillow opencv
    record_decode.py tests/data/decode --libraries tensorflow               (in an environment that has TensorFlow)

index.json: file → library → [width, height, CRC-32 of the RGB bytes], null where the library refuses the file.
"""
import argparse
import json
import os
import struct
import zlib

import numpy as np


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color, rows, interlace=0, extra=b""):
    raw = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)) + extra +
            chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def adam7(width, height, size, data):
    rows = []
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for y in range(y0, height, dy):
            row = b"".join(data[y][x * size:(x + 1) * size] for x in range(x0, width, dx))
            if row:
                rows.append(row)
    return rows


def bmp(width, height, bits, rows, compression=0, masks=b"", palette=b"", colors=0, size=40, top_down=False):
    if size == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", size, width, -height if top_down else height, 1, bits, compression, 0, 0, 0, colors, 0)
        info += masks
    body, start = b"".join(rows), 14 + len(info) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + info + palette + body


def run_length(rng, indices, bits):
    """Rows of palette indices as a BMP's RLE8 or RLE4: runs, literal stretches and jumps over pixels that stay unset."""
    out = bytearray()
    for row in indices[::-1]:
        x = 0
        while x < len(row):
            n = int(min(rng.integers(1, 20), len(row) - x))
            part = [int(v) for v in row[x:x + n]]
            kind = rng.integers(0, 8)
            if kind == 0 and x + n < len(row):
                out += bytes([0, 2, n, 0])
            elif kind < 4 and n >= 3:
                body = bytes(part) if bits == 8 else bytes((part + [0])[i] << 4 | (part + [0])[i + 1] for i in range(0, n, 2))
                out += bytes([0, n]) + body + b"\0" * (len(body) % 2)
            else:
                n = max(1, n // 3)
                value = part[0] if bits == 8 else part[0] << 4 | part[-1]
                out += bytes([n, value])
            x += n
        out += b"\0\0"
    return bytes(out + b"\0\1")


def make(folder):
    import cv2
    from PIL import Image
    rng = np.random.default_rng(0)

    def path(name):
        return os.path.join(folder, name)

    def write(name, data):
        with open(path(name), "wb") as f:
            f.write(data)

    y, x = np.mgrid[0:29, 0:37]
    rgb = np.stack([x * 7 % 256, (y * 9 + x) % 256, x * y % 256], -1) * 3 // 4 + rng.integers(0, 64, (29, 37, 3))
    rgb = rgb.astype(np.uint8)
    alpha = rng.integers(0, 256, (29, 37)).astype(np.uint8)
    im = Image.fromarray(rgb)
    for sampling in (0, 1, 2):
        im.save(path(f"sampling{sampling}.jpg"), quality=75, subsampling=sampling)
    im.save(path("progressive.jpg"), progressive=True)
    im.save(path("restart.jpg"), restart_marker_blocks=2)
    im.convert("L").save(path("gray.jpg"))
    im.convert("CMYK").save(path("cmyk.jpg"))
    for orientation in (3, 6):
        exif = Image.Exif()
        exif[274] = orientation
        im.save(path(f"exif{orientation}.jpg"), exif=exif)
        im.save(path(f"exif{orientation}.png"), exif=exif)
    im.save(path("rgb.png"))
    im.convert("L").save(path("gray_transparent.png"), transparency=40)
    im.save(path("rgb_transparent.png"), transparency=(1, 2, 3))
    Image.fromarray(np.dstack([rgb, alpha])).save(path("rgba.png"))
    Image.fromarray(np.dstack([rgb, alpha])).convert("LA").save(path("gray_alpha.png"))
    im.quantize(17).save(path("palette.png"))
    im.quantize(17).save(path("palette_transparent.png"), transparency=bytes([0, 100, 255]))
    im.convert("1").save(path("bit.png"))
    Image.fromarray(rng.integers(0, 65536, (13, 17)).astype(np.uint16)).save(path("gray16.png"))
    Image.fromarray(rng.integers(0, 300, (13, 17)).astype(np.uint16)).save(path("gray16_low.png"))
    cv2.imwrite(path("rgb16.png"), rng.integers(0, 65536, (13, 17, 3)).astype(np.uint16))
    cv2.imwrite(path("rgba16.png"), rng.integers(0, 65536, (13, 17, 4)).astype(np.uint16))
    write("gray_alpha16.png", png(11, 5, 16, 4, [rng.bytes(44) for _ in range(5)]))
    for depth in (1, 2, 4):
        size = (19 * depth + 7) // 8
        write(f"gray{depth}.png", png(19, 7, depth, 0, [rng.bytes(size) for _ in range(7)]))
        write(f"palette{depth}.png", png(19, 7, depth, 3, [rng.bytes(size) for _ in range(7)],
                                         extra=chunk(b"PLTE", rng.bytes(3 * 2 ** depth))))
    write("interlaced.png", png(37, 29, 8, 2, adam7(37, 29, 3, [row.tobytes() for row in rgb]), 1))
    for bits in (1, 4, 8, 16, 24, 32):
        rows = [rng.bytes((13 * bits + 31) // 32 * 4) for _ in range(9)]
        palette = b"" if bits > 8 else b"".join(rng.bytes(3) + b"\0" for _ in range(2 ** bits))
        write(f"bits{bits}.bmp", bmp(13, 9, bits, rows, palette=palette))
        write(f"top_down{bits}.bmp", bmp(13, 9, bits, rows, palette=palette, top_down=True))
        if bits == 8:
            write("core8.bmp", bmp(13, 9, 8, rows, palette=rng.bytes(768), size=12))
            write("few_colors.bmp", bmp(13, 9, 8, [bytes(v % 30 for v in row) for row in rows], palette=palette[:120], colors=30))
        if bits == 16:
            write("masks565.bmp", bmp(13, 9, 16, rows, 3, struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
        if bits == 32:
            write("masks32.bmp", bmp(13, 9, 32, rows, 3, struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00)))
            write("version4.bmp", bmp(13, 9, 32, rows, 3, struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + bytes(52),
                                      size=108))
    im.quantize(32).save(path("plain.gif"), interlace=0)
    im.quantize(200).save(path("interlaced.gif"), interlace=1)
    im.quantize(2).save(path("two_colors.gif"))
    im.quantize(16).save(path("transparent.gif"), transparency=2)
    Image.fromarray(rng.integers(0, 256, (90, 100)).astype(np.uint8)).save(path("full_table.gif"))
    for name in ("plain", "transparent"):     # a screen bigger than its frame
        with open(path(name + ".gif"), "rb") as f:
            data = bytearray(f.read())
        at = data.index(b"\x2c\0\0\0\0")
        data[6:10] = struct.pack("<HH", 45, 33)
        data[at + 1:at + 5] = struct.pack("<HH", 3, 2)
        write(name + "_offset.gif", bytes(data))
    for bits in (4, 8):
        for width in (31, 90):
            data = run_length(rng, rng.integers(0, 2 ** bits, (23, width)), bits)
            palette = b"".join(rng.bytes(3) + b"\0" for _ in range(2 ** bits))
            write(f"run_length{bits}_{width}.bmp", bmp(width, 23, bits, [data], {4: 2, 8: 1}[bits], palette=palette))


def decode(path, library):
    try:
        if library == "pillow":
            from PIL import Image
            return np.asarray(Image.open(path).convert("RGB"))
        if library == "opencv":
            import cv2
            a = cv2.imread(path, cv2.IMREAD_COLOR)
            return None if a is None else np.ascontiguousarray(a[..., ::-1])
        import tensorflow as tf
        return tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False).numpy()
    except Exception:
        return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("--make", action="store_true")
    p.add_argument("--libraries", nargs="+", choices=["pillow", "opencv", "tensorflow"], required=True)
    args = p.parse_args()
    if args.make:
        make(args.folder)
    index_path, index = os.path.join(args.folder, "index.json"), {}
    if os.path.exists(index_path):
        with open(index_path, encoding="utf-8") as f:
            index = json.load(f)
    for name in sorted(os.listdir(args.folder)):
        if name == "index.json":
            continue
        for library in args.libraries:
            a = decode(os.path.join(args.folder, name), library)
            index.setdefault(name, {})[library] = None if a is None else [a.shape[1], a.shape[0], zlib.crc32(a.tobytes())]
    with open(index_path, "w", encoding="utf-8") as f:
        f.write("{\n" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in sorted(index.items())) + "\n}\n")


if __name__ == "__main__":
    main()
