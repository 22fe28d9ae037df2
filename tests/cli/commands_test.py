"""Runs the program as a user does: documents against their schemas, exit statuses, what goes to which stream.

    commands_test.py WHYZERO SHARED_DATA
"""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM, SHARED = sys.argv[1], sys.argv[2]
if not os.path.isdir(SHARED):
    print(f"skipped: no shared data at {SHARED}")
    sys.exit(77)
SCHEMAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "schema")
MODEL = os.path.join(SHARED, "models", "diabetes_float32.tflite")
APP = os.path.join(SHARED, "cases", "ok-diabetes-120", "app.json")
LITERT = glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".venv", "lib", "python3*", "site-packages", "ai_edge_litert"))
PHOTOS = os.path.join(SHARED, "cases", "digits-100-rgbgiven", "app.json")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=120)


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def document(self, command, *arguments, status=0):
        done = run(command, *arguments, "--format", "json")
        self.assertEqual(done.returncode, status, done.stderr)
        document = json.loads(done.stdout)
        with open(os.path.join(SCHEMAS, command + ".schema.json"), encoding="utf-8") as f:
            jsonschema.validate(document, json.load(f))
        self.assertEqual("error" in document, status == 2)
        return document

    def test_eval(self):
        document = self.document("eval", APP)
        self.assertEqual((document["metric"], document["samples"]), ("r2", 120))
        self.assertAlmostEqual(document["value"], 0.37244, 4)
        self.assertGreater(document["peak_rss_bytes"], 1 << 20)
        self.assertEqual(self.document("eval", APP, "--limit", "7")["samples"], 7)
        self.assertAlmostEqual(self.document("eval", APP, "--runtime", "reference")["value"], document["value"], 5)

    def test_eval_of_an_app_that_cannot_run(self):
        error = self.document("eval", PHOTOS, status=2)["error"]
        self.assertEqual(error["code"], "shape_mismatch")
        self.assertIn("[1, 16, 16, 1]", error["message"])
        done = run("eval", PHOTOS)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("[16, 16, 3]", done.stderr)

    def test_max_memory(self):
        out = self.path("out.npz")
        for size in ("64k", "1M", "100000"):
            self.document("run", MODEL, "--output", out, "--max-memory", size)
        error = self.document("run", MODEL, "--output", out, "--max-memory", "10", status=2)["error"]
        self.assertEqual(error["code"], "out_of_memory")
        self.assertIn("limit of 10 bytes", error["message"])
        self.assertEqual(self.document("eval", APP, "--max-memory", "10", status=2)["error"]["code"], "out_of_memory")
        for wrong in ("0", "-1", "1T", "many", "1.5G", "99999999999G", ""):
            self.document("run", MODEL, "--output", out, "--max-memory", wrong, status=2)

    def test_inspect(self):
        document = self.document("inspect", MODEL)
        self.assertEqual(document["inputs"][0]["shape"], [1, 10])
        self.assertEqual(document["inputs"][0]["dtype"], "float32")
        self.assertEqual(document["kind"], "tflite")
        with open(self.path("page.tflite"), "w", encoding="utf-8") as f:
            f.write("<!DOCTYPE html><html></html>")
        broken = self.document("inspect", self.path("page.tflite"), status=2)
        self.assertEqual(broken["defects"][0]["code"], "F001")
        self.assertEqual(self.document("inspect", self.path("none.tflite"), status=2)["error"]["code"], "not_found")

    def test_run(self):
        x = np.random.default_rng(1).normal(size=(1, 10)).astype(np.float32)
        np.savez(self.path("in.npz"), in_0=x, nobody=x)
        document = self.document("run", MODEL, "--input", self.path("in.npz"), "--output", self.path("out.npz"))
        self.assertEqual(document["unused"], ["nobody"])
        written = np.load(self.path("out.npz"))["out_0"]
        self.assertEqual(list(written.shape), document["outputs"]["out_0"]["shape"])
        self.assertTrue(np.isfinite(written).all())
        self.document("run", MODEL, "--output", self.path("zeros.npz"))
        np.savez(self.path("in.npz"), in_0=x.astype(np.float64))
        self.assertEqual(self.document("run", MODEL, "--input", self.path("in.npz"), "--output", self.path("out.npz"), status=2)["error"]["code"], "dtype_mismatch")

    def test_bench(self):
        document = self.document("bench", MODEL, "--runs", "20", "--per-operator")
        latency = document["latency_us"]
        self.assertTrue(0 < latency["min"] <= latency["median"] <= latency["p90"])
        self.assertEqual((document["runs"], document["runtime"]), (20, "fast"))
        self.assertEqual(sum(row["nodes"] for row in document["operators"]), len(self.document("inspect", MODEL)["subgraphs"][0]["operators"]))
        self.assertIn("median", run("bench", MODEL, "--runs", "10", "--runtime", "reference").stdout)

    def test_compare_runtimes(self):
        document = self.document("compare", MODEL, "--samples", "3")
        self.assertEqual((document["first"], document["second"], document["samples"]), ("reference", "fast", 3))
        self.assertFalse(document["beyond_rounding"])
        self.assertTrue(all(row["isolated"] for row in document["tensors"] if row["node"] >= 0))
        self.document("compare", MODEL, "--app", APP)
        self.assertIn("within rounding", run("compare", MODEL).stdout)

    def test_compare_recordings(self):
        x = np.random.default_rng(1).normal(size=(1, 10)).astype(np.float32)
        np.savez(self.path("in.npz"), in_0=x)
        for runtime in ("fast", "reference"):
            self.document("run", MODEL, "--input", self.path("in.npz"), "--all-tensors", "--runtime", runtime, "--output", self.path(runtime + ".npz"))
        document = self.document("compare", self.path("fast.npz"), self.path("reference.npz"))
        self.assertEqual({row["aligned_by"] for row in document["tensors"]}, {"name"})
        arrays = dict(np.load(self.path("fast.npz")))
        first = next(row["index"] for row in document["tensors"] if row["node"] >= 0)
        arrays[f"t_{first}"] = arrays[f"t_{first}"] + 1
        np.savez(self.path("other.npz"), **arrays)
        document = self.document("compare", self.path("fast.npz"), self.path("other.npz"), status=1)
        self.assertTrue(document["culprit"].startswith(f"#{first} "))
        # Made elsewhere, without names: the numbers tell which tensors belong together, and the changed one is still found.
        np.savez(self.path("nameless.npz"), **{key: value for key, value in arrays.items() if key.startswith("t_")})
        document = self.document("compare", self.path("nameless.npz"), self.path("fast.npz"), status=1)
        self.assertEqual({row["aligned_by"] for row in document["tensors"]}, {"index"})
        self.assertTrue(document["culprit"].startswith(f"#{first}"))
        np.savez(self.path("nothing.npz"), x=x)
        self.document("compare", self.path("fast.npz"), self.path("nothing.npz"), status=2)
        self.document("compare", MODEL, self.path("fast.npz"), status=2)
        self.document("compare", MODEL, "--runtime-a", "fast", "--runtime-b", "fast", status=2)

    def test_compare_a_model_with_its_quantized_twin(self):
        document = self.document("compare", MODEL, MODEL.replace("float32", "int8"))
        output = next(row for row in document["tensors"] if row["output"])
        self.assertGreater(output["accumulated"]["sqnr_db"], 10)

    def test_a_runtime_that_is_not_there(self):
        for command in (["run", MODEL, "--output", self.path("out.npz"), "--runtime", "litert:/no/such"], ["eval", APP, "--runtime", "litert:/no/such"],
                        ["compare", MODEL, "--runtime-b", "litert:/no/such"]):
            error = self.document(*command, status=2)["error"]
            self.assertEqual(error["code"], "not_found")
            self.assertIn("/no/such", error["message"])

    def test_the_official_runtime(self):
        if not LITERT:
            self.skipTest("no ai-edge-litert in .venv")
        litert = "litert:" + LITERT[0]
        document = self.document("eval", APP, "--runtime", litert)
        self.assertEqual(document["runtime"], "litert")
        self.assertAlmostEqual(document["value"], 0.37244, 4)
        self.assertFalse(self.document("compare", MODEL, "--runtime-a", "reference", "--runtime-b", litert)["beyond_rounding"])
        hostile = os.path.join(SHARED, "conformance", "bad", "scale_in_zero.tflite")
        error = self.document("run", hostile, "--output", self.path("out.npz"), "--runtime", litert, status=2)["error"]
        self.assertIn("SIGABRT", error["message"])

    def test_preprocess(self):
        self.document("preprocess", APP, "-o", self.path("x.npz"))
        arrays = np.load(self.path("x.npz"))
        self.assertEqual(arrays["x"].shape, (120, 10))
        self.assertEqual(arrays["names"].shape, (120,))
        document = self.document("preprocess", APP, "-o", self.path("one.npz"), "--sample", "3", "--steps")
        self.assertIn("x", document["arrays"])
        self.assertTrue((np.load(self.path("one.npz"))["x"][0] == arrays["x"][3]).all())
        self.document("preprocess", APP, "-o", self.path("x.npz"), "--sample", "nobody", status=2)

    def test_usage_errors(self):
        for arguments, words in ((["evl", APP], 'did you mean "eval"'), ([], "a command is needed"), (["eval"], "app"), (["eval", APP, "--threads", "-1"], "threads"),
                                 (["eval", APP, "--runtime", "slow"], "known: fast"), (["eval", APP, "--format", "xml"], "xml")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(words, done.stderr)
        done = run("eval", "--format", "json", "--nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(json.loads(done.stdout)["error"]["code"], "invalid_argument")

    def test_help_has_an_example(self):
        listed = run("--help")
        self.assertEqual(listed.returncode, 0)
        for command in ("bench", "compare", "eval", "inspect", "preprocess", "run"):
            self.assertIn(command, listed.stdout)
            done = run(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("whyzero " + command, done.stdout)

    def test_no_colour_and_no_bar_in_a_pipe(self):
        done = run("eval", APP)
        self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_full_disk_is_a_failure(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "eval", APP], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120)
        self.assertEqual(done.returncode, 2)
        self.assertIn("standard output", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
