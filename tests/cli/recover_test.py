"""`whyzero recover`, and `whyzero diagnose` on captured tensors, as a user runs them: the demo's photos go through a faulty pipeline,
and all that the program gets to see is what came out.

    recover_test.py WHYZERO
"""
import glob
import json
import os
import sys
import unittest

import demo

try:
    import jsonschema
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = sys.argv[1]
ROOT, FRUIT = demo.ROOT, demo.FRUIT
SIZE = {"resize": {"width": 64, "height": 64, "method": "bilinear", "library": "pillow"}}
RANGE = {"normalize": {"scale": 0.00784313725490196, "offset": -1.0}}


def run(*arguments):
    return demo.run(PROGRAM, *arguments, timeout=300)


class Recover(demo.InFolder):
    def setUp(self):
        super().setUp()
        self.photos = sorted(p for p in glob.glob(os.path.join(FRUIT, "photos", "*", "*.jpg")) if int(os.path.basename(p)[:3]) < 4)

    def write(self, name, document):
        with open(self.path(name), "w", encoding="utf-8") as file:
            json.dump(document, file)
        return self.path(name)

    def captured(self, steps, **more):
        """An app file with the tensors that a pipeline makes, and their truth by the tensors' names."""
        app = {"whyzero": 1, "model": os.path.join(FRUIT, "model_float32.tflite"), "input": {"images": self.photos, "pipeline": steps},
               "output": {"labels": os.path.join(FRUIT, "labels.txt"), "decode": [{"argmax": {}}]}}
        done = run("preprocess", self.write("true.json", app), "-o", self.path("x.npz"))
        self.assertEqual(done.returncode, 0, done.stderr)
        os.makedirs(self.path("captured"), exist_ok=True)
        names = [f"captured/{i:03}.npy" for i in range(len(self.photos))]
        for name, x in zip(names, np.load(self.path("x.npz"))["x"]):
            np.save(self.path(name), x[None])
        with open(self.path("truth.csv"), "w", encoding="utf-8") as file:
            file.write("sample,label\n" + "".join(f"{n},{os.path.basename(os.path.dirname(p))}\n" for n, p in zip(names, self.photos)))
        app["input"] = {"tensors": names, **more}
        app["truth"] = "truth.csv"
        return self.write("app.json", app), app

    def document(self, command, path, schema, statuses=(0,)):
        done = run(command, path, "--format", "json")
        self.assertIn(done.returncode, statuses, done.stderr)
        document = json.loads(done.stdout)
        with open(os.path.join(ROOT, "docs", "schema", schema), encoding="utf-8") as file:
            jsonschema.validate(document, json.load(file))
        return document

    def test_the_pipeline_and_what_the_author_believes(self):
        path, _ = self.captured([SIZE, {"channels": "bgr"}, RANGE], original_images=self.photos, pipeline=[SIZE, RANGE])
        one = self.document("recover", path, "recover.schema.json")["inputs"][0]
        self.assertEqual(one["pipeline"], [SIZE, {"channels": "bgr"}, RANGE])
        self.assertTrue(one["exact"])
        self.assertEqual(one["counts"], {"exact": len(self.photos)})
        self.assertEqual(one["differences"], [{"about": "channels", "believed": [], "recovered": [{"channels": "bgr"}]}])
        text = run("recover", path).stdout
        self.assertIn('{"channels":"bgr"}', text)
        self.assertIn("to the bit", text)

    def test_without_photos(self):
        path, _ = self.captured([SIZE, RANGE, {"layout": "nchw"}])
        one = self.document("recover", path, "recover.schema.json")["inputs"][0]
        self.assertIsNone(one["pipeline"])
        self.assertIn("P007", [fact["code"] for fact in one["facts"]])
        self.assertEqual(one["fragment"], [{"layout": "nchw"}])

    def test_photos_of_another_number_are_refused(self):
        path, _ = self.captured([SIZE, RANGE], original_images=self.photos[:5])
        document = self.document("recover", path, "recover.schema.json", statuses=(2,))
        self.assertIn("original_images", document["error"]["message"])

    def test_an_app_without_tensors_is_refused(self):
        self.captured([SIZE, RANGE])
        self.assertEqual(self.document("recover", self.path("true.json"), "recover.schema.json", statuses=(2,))["error"]["code"], "invalid_argument")

    def mended(self, pipeline, code):
        """The diagnosis' patch, applied, must put photos in the place of the tensors and restore the answers."""
        path, app = self.captured(pipeline, original_images=self.photos)
        document = self.document("diagnose", path, "diagnosis.schema.json", statuses=(1,))
        finding = document["findings"][0]
        self.assertEqual(finding["code"], code)
        self.assertTrue(finding["fix"]["verified"])
        for operation in finding["fix"]["patch"]:
            if operation["op"] == "replace" and operation["path"] == "/input":
                app["input"] = operation["value"]
        self.assertEqual(app["input"]["images"], self.photos)
        self.assertEqual([step for step in app["input"]["pipeline"] if step != {"channels": "rgb"}][0], SIZE)
        value = self.document("eval", self.write("mended.json", app), "eval.schema.json")["value"]
        self.assertGreater(value, 0.85)
        self.assertAlmostEqual(value, document["after_fixes"]["value"], 6)

    def test_diagnose_mends_the_order_of_colours(self):
        self.mended([SIZE, {"channels": "bgr"}, RANGE], "P001")

    def test_diagnose_weighs_what_the_author_believes(self):
        """Without truth a mirror hardly shows in the answers: that nobody meant to mirror does."""
        path, app = self.captured([SIZE, {"rotate": 90}, RANGE], original_images=self.photos, pipeline=[SIZE, RANGE])
        del app["truth"]
        finding = self.document("diagnose", self.write("unlabelled.json", app), "diagnosis.schema.json", statuses=(1,))["findings"][0]
        self.assertEqual(finding["code"], "P010")
        self.assertIn("as the app file believes", finding["message"])

    def test_steps_that_no_model_wants_need_no_truth(self):
        path, app = self.captured([SIZE, RANGE, {"byte_order": "big"}], original_images=self.photos)
        del app["truth"]
        finding = self.document("diagnose", self.write("unlabelled.json", app), "diagnosis.schema.json", statuses=(1,))["findings"][0]
        self.assertEqual(finding["code"], "P020")
        self.assertTrue(finding["fix"]["patch"])

    def test_tensors_alone_prove_small_gaps_between_rows(self):
        path, _ = self.captured([SIZE, {"stride_bug": {"row_bytes": 195}}, RANGE])
        finding = self.document("diagnose", path, "diagnosis.schema.json", statuses=(1,))["findings"][0]
        self.assertEqual((finding["code"], finding["proof"]), ("P012", "tensor"))

    def test_diagnose_mends_a_row_stride(self):
        self.mended([SIZE, {"stride_bug": {"row_bytes": 208}}, RANGE], "P012")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
