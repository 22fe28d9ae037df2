"""Two people who know nothing of whyzero but docs/how-to: one has an Android app whose log holds hex dumps, one a Python script.
What they have is made here as their words say; what they type is what the pages say.

    stories_test.py ROOT WHYZERO
"""
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

ROOT, PROGRAM = os.path.realpath(sys.argv[1]), os.path.abspath(sys.argv[2])
FRUIT, HOW_TO = os.path.join(ROOT, "examples", "fruit"), os.path.join(ROOT, "docs", "how-to")
MISSING = [name for name in ("numpy", "PIL") if importlib.util.find_spec(name) is None]
if MISSING:
    print(f"stories_test: skipped, these modules are missing: {', '.join(MISSING)}")
    sys.exit(77)
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402


def page(name):
    with open(os.path.join(HOW_TO, name), encoding="utf-8") as file:
        return file.read()


def kotlin_dump(name, number, code, shape, data):
    """What the function `dump` of docs/how-to/hex-dump.md prints."""
    yield f"WHYZERO begin {name} {number:04} {code} {','.join(map(str, shape))}"
    for offset in range(0, len(data), 32):
        yield f"WHYZERO {offset:08x} {data[offset:offset + 32].hex()}"
    yield f"WHYZERO end {name} {number:04} {zlib.adler32(data):08x}"


def threadtime(lines):
    """As `adb logcat -s capture` prints them, in colour where the terminal's log was saved."""
    yield "--------- beginning of main"
    for number, line in enumerate(lines):
        yield f"\x1b[32m11-28 10:00:{number // 1000 % 60:02}.{number % 1000:03}  4242  4243 I capture : {line}\x1b[0m"


def logcat(lines):
    """As `adb logcat -v time` prints them, with what other parts of the app say in between."""
    for number, line in enumerate(lines):
        yield f"11-28 10:00:{number % 60:02}.{number % 1000:03} D/Classifier( 4242): {line}"
        if number % 97 == 0:
            yield f"11-28 10:00:{number % 60:02}.{number % 1000:03} I/Choreographer( 4242): Skipped {number} frames!"


class Story(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(os.path.join(FRUIT, "model_float32.tflite"), self.path("model.tflite"))
        shutil.copy(os.path.join(FRUIT, "labels.txt"), self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))

    def type_it(self, *words, status, **how):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL, **how)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout


class AndroidApp(Story):
    """"My app scales the photo to 64 by 64 and divides by 255; on the desk the model is right." The photos are at hand."""

    def photos(self):
        labels = sorted(os.listdir(os.path.join(FRUIT, "photos")))
        return [(label, os.path.join(FRUIT, "photos", label, f"{k:03}.jpg")) for label in labels for k in range(4)]

    def tensors(self):
        """Photo by photo what the app writes into its ByteBuffer: floats 0…1, little-endian."""
        for number, (label, photo) in enumerate(self.photos()):
            os.makedirs(self.path("photos", label), exist_ok=True)
            shutil.copy(photo, self.path("photos", label, f"{number:03}.jpg"))
            picture = Image.open(photo).convert("RGB").resize((64, 64), Image.Resampling.BILINEAR)
            yield number, (np.asarray(picture).astype("<f4") / np.float32(255)).tobytes()

    def write_truth(self):
        self.write("truth.csv", "sample,label\n" + "".join(f"{number},{label}\n" for number, (label, _) in enumerate(self.photos())))

    def named(self, document):
        first = document["findings"][0]
        self.assertEqual((document["verdict"], first["code"]), ("fault", "P002"))
        self.assertGreater(document["measured"]["samples"], 30)
        return first

    def test_the_page_is_found_and_says_how(self):
        self.assertIn("hex-dump.md", page("README.md"))
        self.assertIn("(docs/how-to/README.md)", page(os.path.join("..", "..", "README.md")))
        for words in ("fun dump(", "adb logcat", '"tensors": "console.log"', '"original_images"'):
            self.assertIn(words, page("hex-dump.md"))

    def test_a_log_of_the_function_on_the_page(self):
        lines = (line for number, data in self.tensors() for line in kotlin_dump("in", number, "f4", (1, 64, 64, 3), data))
        self.write("console.log", "\n".join(logcat(lines)))
        self.write_truth()
        self.write("app.json", {"whyzero": 1, "model": "model.tflite", "input": {"tensors": "console.log", "original_images": "photos"},
                                "output": {"labels": "labels.txt"}, "truth": "truth.csv"})
        first = self.named(json.loads(self.type_it(PROGRAM, "diagnose", "app.json", "--format", "json", status=1)))
        self.assertIn("ByteBuffer", first["fix"]["code"]["kotlin"])
        self.assertIn("/ 127.5f - 1.0f", first["fix"]["code"]["kotlin"])
        self.type_it(PROGRAM, "diagnose", "app.json", "--fix", "--output", "mended", status=1)
        self.type_it(PROGRAM, "diagnose", "mended/app.json", status=0)

    def test_bytes_of_pixels_for_an_int8_model(self):
        """"I put `(pixel shr 16 and 0xFF).toByte()` into the buffer of my int8 model.\""""
        shutil.copy(os.path.join(FRUIT, "model_int8.tflite"), self.path("model.tflite"))
        lines = []
        for number, data in self.tensors():
            pixels = np.rint(np.frombuffer(data, "<f4") * 255).astype(np.uint8)
            lines += kotlin_dump("in", number, "i1", (1, 64, 64, 3), pixels.tobytes())
        with open(self.path("console.log"), "w", encoding="utf-16") as file:       # PowerShell's >
            file.write("\r\n".join(threadtime(lines)))
        self.write_truth()
        self.write("app.json", {"whyzero": 1, "model": "model.tflite", "input": {"tensors": "console.log", "original_images": "photos"},
                                "output": {"labels": "labels.txt"}, "truth": "truth.csv"})
        first = json.loads(self.type_it(PROGRAM, "diagnose", "app.json", "--format", "json", status=1))["findings"][0]
        self.assertEqual((first["code"], first["proof"]), ("P005", "experiment"))
        self.assertIn("v - 128.0f", first["fix"]["code"]["kotlin"])
        self.type_it(PROGRAM, "diagnose", "app.json", "--fix", "--output", "mended", status=1)
        self.type_it(PROGRAM, "diagnose", "mended/app.json", status=0)

    def test_a_dump_of_their_own(self):
        os.mkdir(self.path("dumps"))
        for number, data in self.tensors():
            rows = [f"{offset:08x}: " + " ".join(data[k:k + 2].hex() for k in range(offset, offset + 16, 2)) for offset in range(0, len(data), 16)]
            self.write("logcat.txt", "\n".join(line for line in logcat(rows)))
            command = re.search(r"^grep .*logcat\.txt.*$", page("hex-dump.md"), re.M).group(0).replace("0001", f"{number:04}")
            self.type_it("bash", "-c", command, status=0)
        self.write_truth()
        self.write("app.json", {"whyzero": 1, "model": "model.tflite",
                                "input": {"tensors": {"files": "dumps/*.txt", "dtype": "float32", "shape": [1, 64, 64, 3]}, "original_images": "photos"},
                                "output": {"labels": "labels.txt"}, "truth": "truth.csv"})
        self.named(json.loads(self.type_it(PROGRAM, "diagnose", "app.json", "--format", "json", status=1)))


class PythonScript(Story):
    """"cv2, resize, minus one to one, and the labels come out wrong.\""""

    def test_recorded_as_it_is(self):
        if any(importlib.util.find_spec(name) is None for name in ("ai_edge_litert", "cv2")):
            self.skipTest("ai_edge_litert and cv2 are not installed")
        self.assertIn("whyzero record -- python app.py", page("record.md"))
        self.assertIn("record.md", page("README.md"))
        os.symlink(os.path.join(FRUIT, "photos"), self.path("photos"))
        self.write("app.py", """import glob
import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

labels = open("labels.txt").read().splitlines()
interpreter = Interpreter("model.tflite")
interpreter.allocate_tensors()
for path in sorted(glob.glob("photos/*/00[0-3].jpg")):
    image = cv2.resize(cv2.imread(path), (64, 64))
    x = (image.astype(np.float32) / 127.5 - 1)[None]
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    y = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    print(path, labels[int(y.argmax())])
""")
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "PYTHONPATH": os.path.join(ROOT, "python")}
        shown = self.type_it(PROGRAM, "record", "--", sys.executable, "app.py", status=1, env=environment)
        self.assertRegex(shown, r"error P001 channel-order")
        self.assertIn("At        app.py:12", shown)
        self.assertIn("x = x[..., ::-1]", shown)


    def test_the_label_file_of_another_model(self):
        """"I took the label file of my last project, it has ten lines as well.\""""
        if importlib.util.find_spec("ai_edge_litert") is None:
            self.skipTest("ai_edge_litert is not installed")
        self.assertIn("`--truth truth.csv`", page("record.md"))
        names = sorted(os.listdir(os.path.join(FRUIT, "photos")))
        self.write("labels.txt", "\n".join(["cup", "plate", "fork", "knife", "spoon", "bowl", "pan", "pot", "jug", "glass"]))
        self.write("truth.csv", "sample,label\n" + "".join(f"{n},{name}\n" for n, name in enumerate(name for name in names for _ in range(4))))
        os.symlink(os.path.join(FRUIT, "photos"), self.path("pictures"))
        self.write("app.py", """import pathlib
import numpy as np
from PIL import Image
from ai_edge_litert.interpreter import Interpreter


def main():
    labels = pathlib.Path("labels.txt").read_text().splitlines()
    interpreter = Interpreter("model.tflite")
    interpreter.allocate_tensors()
    for path in sorted(pathlib.Path("pictures").glob("*/00[0-3].jpg")):
        x = np.asarray(Image.open(path).resize((64, 64)), np.float32) / 127.5 - 1
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x[None])
        interpreter.invoke()
        print(labels[interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0].argmax()])


main()
""")
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", "PYTHONPATH": os.path.join(ROOT, "python")}
        shown = self.type_it(PROGRAM, "record", "--truth", "truth.csv", "--", sys.executable, "app.py", status=1, env=environment)
        self.assertRegex(shown, r"error L002 label-order")
        self.assertIn('"' + '","'.join(names[:2]), shown.replace("\n", " "))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
