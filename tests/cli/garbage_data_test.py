"""Feeds the program photos, arrays and tables that are broken among sound ones: each is named and counted, the others go on.

    garbage_data_test.py WHYZERO
"""
import io
import json
import os
import struct
import sys
import unittest
import zipfile
import zlib

import demo
import numpy as np
from PIL import Image

PROGRAM = sys.argv[1]
ROOT, FRUIT = demo.ROOT, demo.FRUIT
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
import small_models  # noqa: E402

MODEL = os.path.join(FRUIT, "model_float32.tflite")
RESIZE = {"resize": {"width": 64, "height": 64, "method": "bilinear", "library": "pillow"}}
PIPELINE = [RESIZE, {"normalize": {"scale": 1 / 127.5, "offset": -1.0}}]
SOUND = 8


def run(*arguments):
    return demo.run(PROGRAM, *arguments, errors="replace", timeout=120)


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width, height, depth=8, colour=2, data=b"", name=b"IHDR"):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(name, head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def bmp(width, height, bits=24, compression=0, data=b"", offset=54, colours=0):
    return b"BM" + struct.pack("<IHHI", 54 + len(data), 0, 0, offset) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 0, 0, colours, 0) + data


def gif(width, height, frame=b""):
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6) + frame + b";"


def encoded(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def npy(descr="<f4", shape="(1, 64, 64, 3)", data=b"", order="False", magic=b"\x93NUMPY\1\0"):
    text = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    text += b" " * (63 - (len(text) + 10) % 64) + b"\n"
    return magic + struct.pack("<H", len(text)) + text + data


def saved(array):
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


class Broken(demo.InFolder):
    def app(self, **keys):
        document = {"whyzero": 1, "model": MODEL, "output": {"labels": os.path.join(FRUIT, "labels.txt")}, **keys}
        return self.file("app.json", json.dumps(document))

    def refused(self, path, *says, commands=("eval", "diagnose")):
        for command in commands:
            done = run(command, path)
            self.assertEqual(done.returncode, 2, (command, done.stdout, done.stderr))
            for text in says:
                self.assertIn(text, done.stderr, command)

    def counted(self, path, broken, sound):
        """`eval` names and counts the broken, runs the sound; `diagnose` has the same in D003."""
        done = run("eval", path, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertEqual(document["samples"], sound)
        self.assertEqual([one["sample"] for one in document["unreadable"]], broken)
        for one in document["unreadable"]:
            self.assertIn(one["sample"], one["why"])
            self.assertGreater(len(one["why"]), len(one["sample"]) + 10)
        self.assertEqual(run("eval", path).returncode, 0)
        done = run("diagnose", path, "--format", "json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        findings = [f for f in json.loads(done.stdout)["findings"] if f["code"] == "D003"]
        self.assertEqual(len(findings), 1)
        self.assertIn(f"{len(broken)} of {sound + len(broken)} samples", findings[0]["message"])
        self.assertIn(broken[0], findings[0]["message"])
        self.assertEqual(findings[0]["severity"], "note")
        return document["unreadable"]


class Photos(Broken):
    def sound(self):
        names = []
        for label in sorted(os.listdir(os.path.join(FRUIT, "photos")))[:SOUND]:
            names.append(os.path.join(FRUIT, "photos", label, "000.jpg"))
        return names

    def broken(self):
        rng = np.random.default_rng(1)
        noise = Image.fromarray(rng.integers(0, 256, (40, 50, 3), dtype=np.uint8))
        jpeg, whole_png = encoded(noise, "JPEG"), encoded(noise, "PNG")
        whole_gif, whole_bmp = encoded(noise.convert("P"), "GIF"), encoded(noise, "BMP")
        os.mkdir(os.path.join(self.folder, "folder.jpg"))
        os.mkfifo(os.path.join(self.folder, "pipe.jpg"))
        files = {
            "empty.jpg": b"", "text.jpg": b"this is no photo\n" * 20, "page.png": b"<!DOCTYPE html><html></html>",
            "magic.jpg": b"\xff\xd8\xff", "magic.png": b"\x89PNG\r\n\x1a\n", "magic.gif": b"GIF89a", "magic.bmp": b"BM",
            "head.jpg": jpeg[:200], "head.png": whole_png[:40], "head.gif": whole_gif[:20], "head.bmp": whole_bmp[:30],
            "zero.png": png(0, 0), "flat.png": png(10, 0), "zero.bmp": bmp(0, 0), "negative.bmp": bmp(-5, 5, data=bytes(100)), "zero.gif": gif(0, 0),
            "bomb.png": png(60000, 60000), "bomb.bmp": bmp(60000, 60000), "bomb.gif": gif(65535, 65535, b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\0"),
            "bomb.jpg": b"\xff\xd8\xff\xc0\0\x11\x08\xea\x60\xea\x60\x03\1\x22\0\2\x11\1\3\x11\1\xff\xda\0\x0c\3\1\0\2\x11\3\x11\0\x3f\0\xff\xd9",
            "depth.png": png(4, 4, depth=5), "colour.png": png(4, 4, colour=5), "first.png": png(4, 4, name=b"IHDX"),
            "packed.bmp": bmp(4, 4, compression=9, data=bytes(64)), "far.bmp": bmp(4, 4, data=bytes(64), offset=1 << 30), "bits.bmp": bmp(4, 4, bits=7, data=bytes(64)),
            "codes.gif": gif(4, 4, b"," + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\x0d\x04abcd\0"), "frameless.gif": gif(4, 4),
            "array.jpg": saved(np.zeros(3)), "zip.jpg": b"PK\x03\x04" + bytes(50),
        }
        for name, content in files.items():
            self.file(name, content)
        return [*files, "folder.jpg", "pipe.jpg", "missing.jpg"]

    def test_broken_among_sound(self):
        broken = self.broken()
        path = self.app(input={"images": self.sound() + broken, "pipeline": PIPELINE})
        self.counted(path, broken, SOUND)
        done = run("preprocess", path, "-o", os.path.join(self.folder, "o.npz"), "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([one["sample"] for one in json.loads(done.stdout)["unreadable"]], broken)

    def test_odd_but_sound(self):
        """What real decoders take: 16 bits, one pixel, interlaced, palettes, gray with alpha, a comment of garbage behind the end."""
        rng = np.random.default_rng(2)
        noise = Image.fromarray(rng.integers(0, 256, (17, 13, 3), dtype=np.uint8))
        deep = b"".join(b"\0" + rng.integers(0, 256, 6 * 5, dtype=np.uint8).tobytes() for _ in range(5))
        names = {"deep.png": png(5, 5, depth=16, data=deep), "dot.png": encoded(noise.crop((0, 0, 1, 1)), "PNG"), "gray_alpha.png": encoded(noise.convert("LA"), "PNG"),
                 "deep_gray.png": encoded(Image.fromarray(rng.integers(0, 65536, (9, 7), dtype=np.uint16)), "PNG"), "bits.png": encoded(noise.convert("1"), "PNG"),
                 "palette.gif": encoded(noise.convert("P"), "GIF"), "top_down.bmp": bmp(4, -4, data=bytes(64)), "behind.jpg": encoded(noise, "JPEG") + b"garbage" * 100,
                 "cmyk.jpg": encoded(noise.convert("CMYK"), "JPEG"), "line.jpg": encoded(noise.resize((300, 1)), "JPEG"), "named_wrongly.jpg": encoded(noise, "PNG")}
        for name, content in names.items():
            self.file(name, content)
        done = run("eval", self.app(input={"images": list(names), "pipeline": PIPELINE}), "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["unreadable"], [])

    def test_cut_off(self):
        """Photos cut anywhere: read in part, or named; never a crash."""
        rng = np.random.default_rng(3)
        noise = Image.fromarray(rng.integers(0, 256, (60, 60, 3), dtype=np.uint8))
        names = []
        for kind, content in (("jpg", encoded(noise, "JPEG")), ("png", encoded(noise, "PNG")), ("gif", encoded(noise.convert("P"), "GIF")), ("bmp", encoded(noise, "BMP")),
                              ("jpg", encoded(noise, "JPEG", progressive=True))):
            for percent in range(3, 100, 7):
                names.append(f"{len(names)}.{kind}")
                self.file(names[-1], content[:len(content) * percent // 100])
        for like in ("pillow", "opencv", "tensorflow"):
            path = self.app(input={"images": self.sound() + names, "pipeline": [{"decode": {"like": like}}] + PIPELINE})
            done = run("eval", path, "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            document = json.loads(done.stdout)
            self.assertEqual(document["samples"] + len(document["unreadable"]), SOUND + len(names))

    def test_none_sound(self):
        broken = self.broken()
        path = self.app(input={"images": broken, "pipeline": PIPELINE})
        done = run("eval", path)
        self.assertEqual(done.returncode, 2)
        self.assertIn("empty.jpg", done.stderr)
        done = run("diagnose", path, "--format", "json")
        document = json.loads(done.stdout)
        self.assertEqual(document["verdict"], "undetermined", document["findings"])
        self.assertIn("empty.jpg", done.stdout)


class Tensors(Broken):
    def broken(self):
        sound = np.zeros((1, 64, 64, 3), np.float32)
        files = {
            "empty.npy": b"", "text.npy": b"no array", "magic.npy": b"\x93NUMPY", "version.npy": npy(magic=b"\x93NUMPY\x09\0"),
            "short.npy": saved(sound)[:-100], "long.npy": saved(sound) + b"more", "object.npy": saved(np.array([{"a": 1}, None], object)),
            "negative.npy": npy(shape="(-1, 64, 64, 3)", data=sound.tobytes()), "huge.npy": npy(shape="(4611686018427387904, 4611686018427387904)"),
            "claims.npy": npy(shape="(1000000, 1000000)"), "type.npy": npy(descr="<q9", data=sound.tobytes()), "dict.npy": npy(shape="(1,", data=sound.tobytes()),
            "record.npy": saved(np.zeros(2, [("a", "f4"), ("b", "i4")])), "unicode.npy": saved(np.array(["abc"])), "complex.npy": saved(np.zeros((1, 64, 64, 3), np.complex64)),
            "small.npy": saved(np.zeros((1, 32, 32, 3), np.float32)), "flat.npy": saved(sound.ravel()), "scalar.npy": saved(np.float32(3)), "none.npy": saved(np.zeros((0, 64, 64, 3), np.float32)),
            "photo.npy": encoded(Image.new("RGB", (64, 64)), "PNG"),
        }
        for name, content in files.items():
            self.file(name, content)
        os.mkdir(os.path.join(self.folder, "folder.npy"))
        return [*files, "folder.npy", "missing.npy"]

    def sound(self):
        rng = np.random.default_rng(4)
        names = []
        for k in range(SOUND):
            tensor = rng.uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
            names.append(f"{k}.npy")
            self.file(names[-1], saved([tensor, np.asfortranarray(tensor), tensor.astype(">f4")][k % 3]))
        return names

    def test_broken_among_sound(self):
        broken = self.broken()
        path = self.app(input={"tensors": self.sound() + broken})
        self.counted(path, broken, SOUND)
        done = run("recover", path, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        unreadable = json.loads(done.stdout)["inputs"][0]["unreadable"]
        self.assertEqual([one["sample"] for one in unreadable], broken)
        for one in unreadable:
            self.assertIn(one["sample"], one["why"])

    def test_recover_with_broken_photos(self):
        """The pipeline is found from the samples whose tensor and photo are both sound."""
        photos, tensors = [], []
        labels = sorted(os.listdir(os.path.join(FRUIT, "photos")))
        for k, label in enumerate(labels):
            photos.append(os.path.join(FRUIT, "photos", label, "001.jpg"))
            with Image.open(photos[-1]) as photo:
                pixels = np.asarray(photo.convert("RGB").resize((64, 64), Image.BILINEAR))
            tensors.append(f"{k}.npy")
            self.file(tensors[-1], saved((pixels.astype(np.float32) * np.float32(1 / 127.5) + np.float32(-1))[None]))
        photos[2], photos[4] = self.file("no.jpg", b"no photo"), os.path.join(self.folder, "missing.jpg")
        tensors[3] = os.path.basename(self.file("no.npy", b"no array"))
        path = self.app(input={"tensors": tensors, "original_images": photos})
        done = run("recover", path, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)["inputs"][0]
        self.assertTrue(found["exact"], found)
        self.assertEqual(found["counts"], {"exact": len(labels) - 3, "unreadable": 3})
        self.assertEqual([one["sample"] for one in found["unreadable"]], ["2.npy", "no.npy", "4.npy"])
        for one, name in zip(found["unreadable"], ("no.jpg", "no.npy", "missing.jpg")):
            self.assertIn(name, one["why"])
        done = run("diagnose", path, "--format", "json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        messages = [f["message"] for f in json.loads(done.stdout)["findings"] if f["code"] == "D003"]
        self.assertEqual(len(messages), 1)
        self.assertIn(f"3 of {len(labels)} samples", messages[0])

    def test_none_sound(self):
        path = self.app(input={"tensors": self.broken()})
        self.refused(path, "empty.npy", commands=("eval", "recover"))

    def test_all_of_another_shape(self):
        """No broken file but a mistake of the app: a finding, not a sample that cannot be read."""
        names = [f"{k}.npy" for k in range(SOUND)]
        for name in names:
            self.file(name, saved(np.zeros((1, 32, 32, 3), np.float32)))
        done = run("diagnose", self.app(input={"tensors": names}), "--format", "json")
        self.assertEqual(done.returncode, 1, done.stderr)
        codes = [f["code"] for f in json.loads(done.stdout)["findings"]]
        self.assertIn("P015", codes)
        self.assertNotIn("D003", codes)

    def test_arrays(self):
        rows = np.random.default_rng(5).uniform(-1, 1, (SOUND, 64, 64, 3)).astype(np.float32)
        whole = io.BytesIO()
        np.savez(whole, x=rows)
        whole = whole.getvalue()
        for name, content in (("x.npz", whole[:len(whole) // 2]), ("x.npz", b"PK\x03\x04" + bytes(100)), ("x.npz", b"text"), ("x.npz", b""), ("x.npy", b""), ("x.npy", saved(rows)[:-1]),
                              ("x.npy", saved(np.float32(1))), ("x.npy", saved(np.array([None], object))), ("x.npy", npy(shape="(-8, 64, 64, 3)", data=rows.tobytes()))):
            self.file(name, content)
            self.refused(self.app(input={"arrays": {"file": name, **({"key": "x"} if name == "x.npz" else {})}}), name)
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z, z.open("x.npy", "w", force_zip64=True) as f:
            f.write(npy(shape="(100000000, 64)"))
            for _ in range(64):
                f.write(bytes(1 << 20))
        self.file("x.npz", bomb.getvalue())
        self.refused(self.app(input={"arrays": {"file": "x.npz", "key": "x"}}), "x.npz")
        self.file("x.npz", whole)
        self.refused(self.app(input={"arrays": {"file": "x.npz", "key": "y"}}), "x.npz", "\"y\"", "x")


class Tables(Broken):
    def setUp(self):
        super().setUp()
        small_models.table_model(os.path.join(self.folder, "table.tflite"), features=3, classes=2, seed=6)

    def table(self, text, **keys):
        self.file("t.csv", text)
        return self.app(model="table.tflite", input={"table": {"csv": "t.csv", "features": ["a", "b", "c"], "label": "y"}}, output={"labels": ["no", "yes"]}, **keys)

    def rows(self, count=SOUND):
        rng = np.random.default_rng(7)
        return [",".join(f"{x:.3f}" for x in rng.normal(size=3)) + "," + ["no", "yes"][k % 2] for k in range(count)]

    def test_sound_dialects(self):
        """A BOM, CRLF, quoted cells, blank lines and spaces change nothing."""
        rows = self.rows()
        plain = run("eval", self.table("\n".join(["a,b,c,y"] + rows) + "\n"), "--format", "json")
        self.assertEqual(plain.returncode, 0, plain.stderr)
        wanted = json.loads(plain.stdout)["predictions"]
        quoted = [",".join(f'"{cell}"' for cell in row.split(",")) for row in rows]
        for text in ("\ufeffa,b,c,y\n" + "\n".join(rows), "a,b,c,y\r\n" + "\r\n".join(rows) + "\r\n", '"a","b","c","y"\n' + "\n".join(quoted), "a,b,c,y\n\n" + "\n\n".join(rows)):
            done = run("eval", self.table(text), "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["predictions"], wanted)
            self.assertEqual(json.loads(done.stdout)["unreadable"], [])

    def test_broken_rows(self):
        rows = self.rows()
        broken = {1: "1.0,2.0", 3: "1.0,2.0,3.0,yes,too,many", 4: "1.0,abc,3.0,yes", 6: "1.0,,3.0,no", 9: "1.0,2.0,3.0.4,no"}
        for place, row in broken.items():
            rows.insert(place, row)
        unreadable = self.counted(self.table("\n".join(["a,b,c,y"] + rows)), [str(place) for place in broken], SOUND)
        for one in unreadable:
            self.assertIn("t.csv", one["why"])
        self.assertIn('"b"', unreadable[2]["why"])
        self.assertIn("abc", unreadable[2]["why"])

    def test_numbers_that_are_none(self):
        """NaN and infinity are numbers to those who read tables: they run, and are seen."""
        rows = self.rows() + ["nan,1.0,2.0,no", "inf,1.0,2.0,yes", "-inf,1.0,2.0,yes", "NaN,1.0,2.0,yes"]
        done = run("eval", self.table("\n".join(["a,b,c,y"] + rows)), "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(json.loads(done.stdout)["nan"])
        done = run("diagnose", self.table("\n".join(["a,b,c,y"] + rows)), "--format", "json")
        self.assertIn("N001", done.stdout)

    def test_no_table(self):
        rows = "\n".join(self.rows())
        for text, says in (("", "empty"), ("\n\n", "empty"), ("a,b,c,y\n", "no row"), ('a,b,c,y\n1,2,"3,no\n' + rows, "quote"), ("x,y\n1,no\n", '"a"'), (bytes(200), ""), (b"\xff\xfe" + "a,b,c,y\n1,2,3,no".encode("utf-16-le"), "")):
            self.refused(self.table(text), "t.csv", says)

    def test_texts_in_every_row(self):
        """A column of categories is a missing step of the app, not broken rows."""
        rows = [row.replace(row.split(",")[1], ["red", "blue"][k % 2]) for k, row in enumerate(self.rows())]
        done = run("eval", self.table("\n".join(["a,b,c,y"] + rows)))
        self.assertEqual(done.returncode, 2)
        self.assertIn("onehot", done.stderr)
        self.assertIn('"b"', done.stderr)

    def test_truth(self):
        features = "\n".join(self.rows())
        self.file("labels.txt", "no\nyes\n")
        good = "sample,label\n" + "\n".join(f"{k},{['no', 'yes'][k % 2]}" for k in range(SOUND))
        for text, unmatched in ((good, False), (good.replace("3,yes", "3,perhaps"), True), (good + "\n77,yes\n", True), (good.replace("3,yes", "3"), True), (good.replace("\n", "\r\n"), False),
                                ("\ufeff" + good, False)):
            self.file("truth.csv", text)
            path = self.table("a,b,c,y\n" + features, truth="truth.csv")
            done = run("eval", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = json.loads(run("diagnose", path, "--format", "json").stdout)
            self.assertEqual("D002" in [f["code"] for f in found["findings"]], unmatched, text)
        for text, says in (("", "empty"), ("3,yes\n4,no\n", "sample"), ('sample,label\n1,"yes\n', "quote"), (bytes(300), "")):
            self.file("truth.csv", text)
            self.refused(self.table("a,b,c,y\n" + features, truth="truth.csv"), "truth.csv", says)

    def test_label_files(self):
        features = "\n".join(self.rows())
        self.file("t.csv", "a,b,c,y\n" + features)
        os.mkdir(os.path.join(self.folder, "folder.txt"))
        for name, content, says in (("folder.txt", None, "folder.txt"), ("missing.txt", None, "missing.txt")):
            self.refused(self.app(model="table.tflite", input={"table": {"csv": "t.csv", "label": "y"}}, output={"labels": name}), says)
        for content in (b"", b"\xff\xfe\x00\x01" * 20, b"no\r\nyes\r\n", b"\xef\xbb\xbfno\nyes\n", b"no\nyes\n\n\n", b"x" * 100000, bytes(1000)):
            self.file("l.txt", content)
            path = self.app(model="table.tflite", input={"table": {"csv": "t.csv", "label": "y"}}, output={"labels": "l.txt"})
            for command in ("eval", "diagnose"):
                done = run(command, path, "--format", "json")
                self.assertIn(done.returncode, (0, 1, 2), (content[:20], done.stderr))
                json.loads(done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
