"""Everyday situations as app files (apps/), the wrong form and the right one, on the demo's photos and models: the wrong form is
named, proven and mended, the right one called healthy. The same as scripts are in tests/record.

    scenarios_test.py ROOT WHYZERO
"""
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT, PROGRAM = os.path.realpath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
APPS, FRUIT = os.path.join(HERE, "apps"), os.path.join(ROOT, "examples", "fruit")
MISSING = [name for name in ("ai_edge_litert", "flatbuffers", "numpy", "PIL") if importlib.util.find_spec(name) is None]
if MISSING:
    print(f"scenarios_test: skipped, these modules are missing: {', '.join(MISSING)}")
    sys.exit(77)
sys.path.insert(0, os.path.join(ROOT, "tests", "record"))
import models  # noqa: E402
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

PHOTOS = 6  # of each class


def photos():
    """The photos in the order in which whyzero takes a folder of folders."""
    labels = sorted(os.listdir(os.path.join(FRUIT, "photos")))
    return [(label, os.path.join(FRUIT, "photos", label, f"{k:03}.jpg")) for label in labels for k in range(PHOTOS)]


class Scenarios(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        for kind in ("float32", "int8"):
            shutil.copy(os.path.join(FRUIT, f"model_{kind}.tflite"), cls.path(f"{kind}.tflite"))
        shutil.copy(os.path.join(HERE, "dynamic_range.tflite"), cls.folder)
        models.unit_range(cls.path("float32.tflite"), cls.path("unit.tflite"))
        models.uint8_input(cls.path("int8.tflite"), cls.path("uint8.tflite"))
        shutil.copy(os.path.join(FRUIT, "labels.txt"), cls.folder)
        for name in ("batch", "no_batch", "tensors"):
            os.mkdir(cls.path(name))
        with open(cls.path("truth.csv"), "w", encoding="utf-8") as truth:
            truth.write("sample,label\n")
            for number, (label, photo) in enumerate(photos()):
                os.makedirs(cls.path("photos", label), exist_ok=True)
                os.symlink(photo, cls.path("photos", label, os.path.basename(photo)))
                x = np.asarray(Image.open(photo).convert("RGB").resize((64, 64), Image.Resampling.BILINEAR)).astype(np.float32) / np.float32(127.5) - 1
                np.save(cls.path("no_batch", f"{number:03}.npy"), x)
                np.save(cls.path("batch", f"{number:03}.npy"), x[None])
                truth.write(f"{number},{label}\n")
        np.save(cls.path("tensors", "constant.npy"), np.array([[128, 128, 128]], np.uint8))
        for name in os.listdir(APPS):
            shutil.copy(os.path.join(APPS, name), cls.folder)

    @classmethod
    def path(cls, *names):
        return os.path.join(cls.folder, *names)

    def run_it(self, *arguments, status):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def diagnose(self, name, *options, status):
        return json.loads(self.run_it("diagnose", f"{name}.json", "--format", "json", *options, status=status))

    def loud(self, document):
        return [finding for finding in document["findings"] if finding["severity"] != "note"]

    def fires(self, name, *codes, mended=True):
        """The first finding is one of these causes; where it can be mended, the written app is healthy and answers right."""
        document = self.diagnose(name, "--fix", "--output", f"fixed_{name}", status=1)
        first = self.loud(document)[0]
        self.assertIn(first["code"], codes, json.dumps(document["findings"], indent=1))
        if mended:
            self.assertTrue(first["fix"]["verified"], first)
            self.assertGreater(document["after_fixes"]["value"], 0.8)
            again = self.diagnose(f"fixed_{name}/app", status=0)
            self.assertEqual(again["verdict"], "healthy")
            self.assertEqual(again["measured"]["as_deployed"], document["after_fixes"]["value"])
        return document, first

    def healthy(self, name):
        document = self.diagnose(name, status=0)
        self.assertEqual((document["verdict"], self.loud(document)), ("healthy", []))
        self.assertGreater(document["measured"]["as_deployed"], 0.8)
        self.assertEqual(document["measured"]["samples"], len(photos()))
        return document

    def test_s1_raw_pixels(self):
        document, first = self.fires("s01_raw_pixels", "P002")
        self.assertLess(first["evidence"][0]["before"], first["evidence"][0]["after"] - 0.3)
        self.assertIn("/ 255", first["fix"]["code"]["python"])
        self.healthy("s01_divided")

    def test_s1_the_right_form_is_wrong_for_another_model(self):
        _, first = self.fires("s01_divided_for_another_model", "P002")
        self.assertIn("/ 127.5 - 1", first["fix"]["code"]["python"])

    def test_s2_floats_for_a_quantized_model(self):
        self.fires("s02_floats_in_uint8", "P004", "P016")
        notes = [f for f in self.healthy("s02_quantized")["findings"] if f["code"] == "P004"]
        self.assertIn("truncates where quantization rounds", notes[0]["message"])

    def test_s3_no_batch_axis(self):
        _, first = self.fires("s03_no_batch", "P015", mended=False)
        for shape in ("[64, 64, 3]", "[1, 64, 64, 3]"):
            self.assertIn(shape, first["message"])
        self.assertIn("np.expand_dims(x, 0)", first["fix"]["code"]["python"])
        self.healthy("s03_batch")

    def test_s4_another_size(self):
        _, first = self.fires("s04_other_size", "P015", "P011")
        self.assertIn("64", first["message"])
        _, first = self.fires("s04_other_size_reshaped", "P011", "P015")
        for words in ("48 x 48", "64 x 64", "a reshape afterwards cannot mend"):
            self.assertIn(words, first["message"])
        self.healthy("s04_right_size")

    def test_s5_another_dtype(self):
        for name in ("s05_uint8_in_float32", "s05_float64"):
            _, first = self.fires(name, "P016", "P006")
            self.assertIn("float32", first["message"])
        self.healthy("s05_float32")

    def test_s6_labels_off_by_one(self):
        _, first = self.fires("s06_labels_one_on", "L001")
        self.assertEqual(first["proof"], "experiment")
        self.assertNotIn("+", first["fix"]["code"]["python"])
        self.healthy("s06_labels")

    def lost(self, name, precision):
        """What a quantized form of the model loses against the float model, on the same photos through an app."""
        whole = json.loads(self.run_it("eval", "s06_labels.json", "--format", "json", status=0))
        quantized = json.loads(self.run_it("eval", f"{name}.json", "--format", "json", status=0))
        self.assertEqual(whole["samples"], quantized["samples"])
        with open(self.path(f"{name}.json"), encoding="utf-8") as f:
            model = json.load(f)["model"]
        inspected = json.loads(self.run_it("inspect", model, "--format", "json", status=0))
        self.assertEqual((inspected["precision"]["scheme"], inspected["precision"]["noted"]), precision)
        self.healthy(name)
        return whole["value"] - quantized["value"]

    def test_s7_default_optimization_without_data_is_dynamic_range(self):
        self.assertLess(abs(self.lost("s07_dynamic_range", ("dynamic", ["PTQ_DYNAMIC_RANGE"]))), 0.05)
        text = self.run_it("inspect", "dynamic_range.tflite", status=0)
        self.assertIn("dynamic range: integer weights, float activations", text)
        self.assertIn("not by quantization-aware training", text)
        # What is lost without the labels: tensor by tensor against the float model.
        compared = json.loads(self.run_it("compare", "float32.tflite", "dynamic_range.tflite", "--app", "s06_labels.json", "--format", "json", status=0))
        self.assertGreater(len(compared["tensors"]), 5)

    def test_s7_wrong_form_of_the_dynamic_range_app(self):
        _, first = self.fires("s07_dynamic_range_raw", "P002")
        self.assertIn("float", first["message"])

    def test_s7b_representative_data_make_it_integer_but_not_aware(self):
        self.assertLess(abs(self.lost("s14_quantized", ("int8", ["PTQ_FULL_INTEGER"]))), 0.1)
        self.assertIn("not by quantization-aware training", self.run_it("inspect", "int8.tflite", status=0))

    def test_s8_without_looking_at_shape_and_parameters(self):
        _, first = self.fires("s08_constant", "P015", "P016", "P004", mended=False)
        self.assertIn("[1, 64, 64, 3]", first["message"])
        tensor = json.loads(self.run_it("inspect", "uint8.tflite", "--format", "json", status=0))["inputs"][0]
        self.assertEqual((tensor["shape"], tensor["dtype"]), ([1, 64, 64, 3], "uint8"))
        self.assertEqual(len(tensor["quantization_parameters"]["scales"]), 1)
        self.assertEqual(len(tensor["quantization_parameters"]["zero_points"]), 1)

    def test_s9_opencv(self):
        self.healthy("s09_rgb")
        self.fires("s09_bgr", "P001")
        self.fires("s09_rgb_for_another_model", "P002")

    def test_s14_the_dtype_is_not_enough(self):
        _, first = self.fires("s14_cast", "P004")
        self.assertIn("zero_point", first["fix"]["code"]["python"])
        self.healthy("s14_quantized")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
