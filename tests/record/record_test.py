"""Scripts as people write them, in wrong and in right form: recorded unchanged, diagnosed, the guilty line named.
`record_test.py ROOT PROGRAM`. The line that is to be named bears the comment `# here`."""
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT, PROGRAM = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
FRUIT = os.path.join(ROOT, "examples", "fruit")
MISSING = [name for name in ("ai_edge_litert", "flatbuffers", "PIL", "cv2") if importlib.util.find_spec(name) is None]
if MISSING:
    print(f"record_test: skipped, these modules are missing: {', '.join(MISSING)}")
    sys.exit(77)
sys.path[:0] = [HERE, os.path.join(HERE, os.pardir, "support")]
import models  # noqa: E402
import numpy as np  # noqa: E402
import small_models  # noqa: E402
from PIL import Image  # noqa: E402

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.join(ROOT, "python"), os.path.join(HERE, "fakes")]), "PYTHONDONTWRITEBYTECODE": "1"}


def line_of(script):
    with open(os.path.join(HERE, "scripts", script), encoding="utf-8") as file:
        return next(f"{script}:{number}" for number, line in enumerate(file, 1) if "# here" in line)


class Scripts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.models = tempfile.mkdtemp()
        shutil.copy(os.path.join(FRUIT, "model_float32.tflite"), os.path.join(cls.models, "float"))
        shutil.copy(os.path.join(FRUIT, "model_int8.tflite"), os.path.join(cls.models, "int8"))
        models.unit_range(os.path.join(FRUIT, "model_float32.tflite"), os.path.join(cls.models, "unit"))
        models.uint8_input(os.path.join(FRUIT, "model_int8.tflite"), os.path.join(cls.models, "uint8"))
        models.float16_weights(os.path.join(FRUIT, "model_float32.tflite"), os.path.join(cls.models, "float16"))
        cls.write_data(cls.models)

    @staticmethod
    def write_data(folder):
        """What scripts read beside photos: names as JSON, photos as an array, a table on which one weight a column, in its deviations, is right."""
        with open(os.path.join(FRUIT, "labels.txt"), encoding="utf-8") as file:
            names = file.read().split()
        with open(os.path.join(folder, "names.json"), "w", encoding="utf-8") as file:
            json.dump(dict(enumerate(names)), file)
        photos = [(name, os.path.join(FRUIT, "photos", name, f"{k:03}.jpg")) for name in names for k in range(6)]
        np.save(os.path.join(folder, "photos.npy"), np.stack([np.asarray(Image.open(path).resize((64, 64))) for _, path in photos]))
        rng = np.random.default_rng(5)
        weights, scales = np.array([3, -2, 2, 1]), np.array([1e4, 1e-2, 1, 300])
        rows = rng.normal(0, 1, (120, 4))
        sick = ["sick" if row @ weights > 0 else "well" for row in rows]
        with open(os.path.join(folder, "rows.csv"), "w", encoding="utf-8") as file:
            file.write("income,ratio,grade,pressure,result\n")
            file.writelines(",".join(f"{v:.9g}" for v in 5 * scales + scales * row) + f",{name}\n" for row, name in zip(rows, sick))
        with open(os.path.join(folder, "table"), "wb") as file:
            file.write(small_models.packed(small_models.unit_model(weights)))
        for name, truth in (("photos_truth.csv", [name for name, _ in photos]), ("rows_truth.csv", [int(name == "sick") for name in sick])):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write("sample,label\n" + "".join(f"{number},{label}\n" for number, label in enumerate(truth)))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.models)

    def folder_for(self, script, model):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(os.path.join(HERE, "scripts", script), folder)
        shutil.copy(os.path.join(self.models, model), os.path.join(folder, "model.tflite"))
        shutil.copy(os.path.join(FRUIT, "labels.txt"), folder)
        for name in ("names.json", "photos.npy", "rows.csv", "photos_truth.csv", "rows_truth.csv"):
            shutil.copy(os.path.join(self.models, name), folder)
        os.symlink(os.path.join(FRUIT, "photos"), os.path.join(folder, "photos"))
        return folder

    def record(self, script, model="float", options=(), diagnose=True):
        """What the recorder printed, the diagnosis, and the folder."""
        folder = self.folder_for(script, model)
        how = ["--program", PROGRAM, "--format", "json"] if diagnose else ["--no-diagnose"]
        done = subprocess.run([sys.executable, "-m", "whyzero_record", *how, *options, script], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
        start = done.stdout.find('{\n')
        document = json.loads(done.stdout[start:]) if diagnose and start >= 0 else None
        return done, document, os.path.join(folder, "recorded")

    def loud(self, document):
        return [finding for finding in document["findings"] if finding["severity"] != "note"]

    def fires(self, script, code, model="float", alternative=None, line=None, proof=None, options=()):
        done, document, folder = self.record(script, model, options)
        self.assertIsNotNone(document, done.stderr)
        found = self.loud(document)
        self.assertTrue(found, json.dumps(document, indent=1) + done.stderr)
        first = found[0]
        self.assertEqual(first["code"], code, json.dumps(document["findings"], indent=1))
        self.assertEqual(document["verdict"], "fault")
        self.assertEqual(first["where"].get("line"), line or line_of(script))
        if alternative:
            self.assertIn(alternative, first["alternatives"])
        if proof:
            self.assertEqual(first["proof"], proof)
        self.assertNotEqual(done.returncode, 0)
        return document, first

    def healthy(self, script, model="float", options=(), samples=60):
        done, document, folder = self.record(script, model, options)
        self.assertIsNotNone(document, done.stderr)
        self.assertEqual(self.loud(document), [], done.stderr)
        self.assertEqual(document["verdict"], "healthy")
        self.assertGreater(document["measured"]["as_deployed"], 0.8)
        self.assertEqual(document["measured"]["samples"], samples)
        self.assertEqual(done.returncode, 0, done.stderr)
        return document, folder

    def test_s1_raw_pixels(self):
        document, first = self.fires("s01_raw.py", "P002", "unit", proof="experiment")
        self.assertGreater(first["evidence"][0]["after"], first["evidence"][0]["before"] + 0.3)
        self.healthy("s01_unit.py", "unit")

    def test_s1_the_right_form_is_wrong_for_another_model(self):
        self.fires("s01_unit.py", "P002", "float", proof="experiment")

    def test_s2_floats_for_a_quantized_model(self):
        _, first = self.fires("s02_floats.py", "P016", "uint8", alternative="P004", proof="calls")
        self.assertIn("astype(np.uint8)", first["fix"]["code"]["python"])
        document, _ = self.healthy("s02_quantized.py", "uint8")
        note = next(finding for finding in document["findings"] if finding["code"] == "P004")
        self.assertIn("truncates", note["message"])

    def test_s3_no_batch_axis(self):
        _, first = self.fires("s03_no_batch.py", "P015", proof="calls")
        self.assertIn("[64, 64, 3]", first["message"])
        self.assertIn("[1, 64, 64, 3]", first["message"])
        self.assertIn("np.expand_dims(x, 0)", first["fix"]["code"]["python"])
        document, _ = self.healthy("s03_batch.py")
        self.assertIn("P015", [finding["code"] for finding in document["findings"]], "tried and refused before: a note")

    def test_s4_another_size(self):
        _, first = self.fires("s04_size.py", "P015", alternative="P011", proof="calls")
        self.assertIn("48 by 48", first["message"])
        self.assertIn("resize((64, 64))", first["fix"]["code"]["python"])
        self.healthy("s04_right.py")

    def test_s5_another_dtype(self):
        _, first = self.fires("s05_uint8.py", "P016", "unit", alternative="P006", proof="calls")
        self.assertIn("astype(np.float32)", first["fix"]["code"]["python"])
        self.fires("s05_float64.py", "P016", "unit", proof="calls")
        self.healthy("s05_right.py", "unit")

    def test_s6_labels_off_by_one(self):
        document, first = self.fires("s06_offset.py", "L001", proof="experiment")
        self.assertTrue(first["fix"]["verified"])
        self.assertGreater(document["after_fixes"]["value"], 0.8)
        self.healthy("s06_right.py")

    def test_s8_without_looking_at_shape_and_parameters(self):
        document, first = self.fires("s08_constant.py", "P016", "float", proof="calls")
        self.assertIn("P015", [finding["code"] for finding in self.loud(document)])
        self.fires("s08_constant.py", "P015", "uint8", proof="calls")
        for model in ("float", "int8", "uint8"):
            self.healthy("s08_right.py", model)

    def test_s9_opencv(self):
        self.healthy("s09_rgb.py", "unit")
        self.fires("s09_bgr.py", "P001", "unit", proof="experiment")
        self.fires("s09_rgb.py", "P002", "float", proof="experiment")

    def test_s13_bytes_for_a_float16_model(self):
        _, first = self.fires("s13_bytes.py", "P016", "float16", proof="calls")
        self.assertIn("float32", first["message"])
        self.healthy("s13_right.py", "float16")

    def test_s14_the_dtype_is_not_enough(self):
        _, first = self.fires("s14_cast.py", "P004", "int8", proof="experiment")
        self.assertIn("0.00765859", first["fix"]["code"]["python"])
        self.fires("s14_zeros.py", "P004", "int8", alternative="P013", proof="tensor")
        self.healthy("s14_right.py", "int8")

    def test_scripts_that_never_reach_the_model(self):
        for script, words, write in (("seed_randint.py", "takes no np.float32", "raw_image = np.random.randint(0, 256, size=(1, 64, 64, 3)).astype(np.float32)"),
                                     ("seed_support.py", "tensorflow_lite_support", "# delete this line: tfls is never used"),
                                     ("u_unallocated.py", "no memory yet", "net.allocate_tensors()"),
                                     ("s13_converter.py", "float32, int8 or uint8", "# delete the lines with inference_input_type")):
            with self.subTest(script):
                done, _, _ = self.record(script, diagnose=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"the script ends at {line_of(script)}", done.stderr)
                self.assertIn(words, done.stderr)
                self.assertIn(write, done.stderr)

    def test_calls(self):
        self.healthy("a_right.py")
        self.fires("a001_order.py", "A001", proof="calls", alternative="A002")
        self.fires("a002_once.py", "A002", proof="calls")
        self.fires("a003_literal.py", "A003", proof="calls")
        self.fires("a004_position.py", "A004", proof="tensor")
        self.fires("a006_swallowed.py", "A006", proof="calls", alternative="P016")
        self.fires("p013_blank.py", "P013", proof="tensor")

    def test_threads(self):
        _, document, _ = self.record("a005_threads.py")
        first = self.loud(document)[0]
        self.assertEqual((first["code"], first["proof"]), ("A005", "calls"))
        self.assertTrue(first["where"]["line"].startswith("a005_threads.py:"))
        _, document, _ = self.record("a005_lock.py")
        self.assertNotIn("A005", [finding["code"] for finding in document["findings"]])

    def test_other_ways_to_call(self):
        self.healthy("a_signature.py")
        _, folder = self.healthy("a_views.py")
        with open(os.path.join(folder, "app.json"), encoding="utf-8") as file:
            document = json.load(file)
        self.assertEqual(len(document["input"]["original_images"]), 60)

    def test_an_interpreter_a_photo_and_names_in_a_function(self):
        document, _ = self.fires("u_content.py", "P002", proof="experiment")
        self.assertEqual(document["measured"]["samples"], 60)

    def test_bytes_read_with_the_other_sign(self):
        self.fires("u_view.py", "O001", "int8", proof="experiment")
        self.healthy("u_class.py", "int8")

    def test_always_zero_by_the_way_the_answer_is_read(self):
        self.fires("u_axis.py", "O002", proof="calls")
        self.fires("u_first.py", "O002", proof="calls")
        self.fires("u_truncated.py", "O003", "table", proof="experiment", options=["--truth", "rows_truth.csv"])

    def test_arrays_and_tables(self):
        truth = ["--truth", "photos_truth.csv"]
        self.fires("u_inverted.py", "P002", proof="experiment", options=truth)
        truth = ["--truth", "rows_truth.csv"]
        self.fires("u_table.py", "P014", "table", proof="experiment", options=truth)
        self.fires("u_table.py", "P014", "table", proof="statistics")
        self.healthy("u_table_scaled.py", "table", truth, samples=120)

    def test_the_command(self):
        folder = self.folder_for("a_right.py", "float")
        done = subprocess.run([PROGRAM, "record", "--max-samples", "3", "--no-diagnose", "--", sys.executable, "a_right.py", "--option"], cwd=folder, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(os.path.join(folder, "recorded", "app.json")), done.stderr)
        done = subprocess.run([PROGRAM, "record", "--", "./app"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 2)
        self.assertIn("whyzero_capture.h", done.stderr)

    def test_bounds(self):
        done, _, folder = self.record("a_right.py", options=["--max-samples", "5"], diagnose=False)
        with open(os.path.join(folder, "app.json"), encoding="utf-8") as file:
            self.assertEqual(len(json.load(file)["input"]["tensors"]), 5)
        self.assertIn("not kept: 55 samples", done.stderr)
        self.assertLess(sum(os.path.getsize(os.path.join(folder, "tensors", name)) for name in os.listdir(os.path.join(folder, "tensors"))), 6 * 50_000)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
