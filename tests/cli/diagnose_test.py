"""`whyzero diagnose` and `whyzero explain` as a user runs them, on the demo that comes with the project: documents against
their schemas, exit statuses, fixes that can be applied by other tools.

    diagnose_test.py WHYZERO
"""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = sys.argv[1]
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FRUIT = os.path.join(ROOT, "examples", "fruit")


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=300)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def patched(document, patch):
    """RFC 6902, as far as fixes use it."""
    document = copy.deepcopy(document)
    for operation in patch:
        *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
        place = document
        for part in parents:
            place = place[int(part) if isinstance(place, list) else part]
        key = int(last) if isinstance(place, list) else last
        if operation["op"] == "test":
            assert place[key] == operation["value"], operation
        elif operation["op"] == "remove":
            del place[key]
        elif operation["op"] == "add" and isinstance(place, list):
            place.insert(key, operation["value"])
        else:
            assert operation["op"] in ("add", "replace"), operation
            place[key] = operation["value"]
    return document


class Diagnose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.documents = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        # The demo with five photos a class: enough for its faults.
        for name in os.listdir(FRUIT):
            if name != "photos":
                os.symlink(os.path.join(FRUIT, name), self.path(name))
        for label in os.listdir(os.path.join(FRUIT, "photos")):
            os.makedirs(self.path("photos", label))
            for k in range(5):
                os.symlink(os.path.join(FRUIT, "photos", label, f"{k:03}.jpg"), self.path("photos", label, f"{k:03}.jpg"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def diagnose(self, name, *arguments, status):
        done = run("diagnose", name if os.path.isabs(name) else self.path(name), *arguments, "--format", "json")
        self.assertEqual(done.returncode, status, done.stderr)
        document = json.loads(done.stdout)
        jsonschema.validate(document, json.loads(read(os.path.join(ROOT, "docs", "schema", "diagnosis.schema.json"))))
        self.assertEqual("error" in document, status == 2)
        self.assertEqual([f["rank"] for f in document["findings"]], list(range(1, len(document["findings"]) + 1)))
        return document

    def codes(self, document):
        return [f["code"] for f in document["findings"] if f["severity"] != "note"]

    def test_one_fault(self):
        document = self.diagnose("app.json", status=1)
        self.assertEqual(document["verdict"], "fault")
        self.assertEqual(self.codes(document), ["P001"])
        self.assertEqual(document["measured"]["samples"], 50)
        finding = document["findings"][0]
        self.assertTrue(finding["fix"]["verified"])
        self.assertEqual(finding["fix"]["patch"][0]["op"], "test")
        self.assertEqual(finding["evidence"][0]["before"], document["measured"]["as_deployed"])
        self.assertEqual(finding["evidence"][0]["after"], document["after_fixes"]["value"])
        self.assertLess(finding["evidence"][0]["p_value"], 0.001)

    def test_the_patches_of_two_faults_make_a_healthy_app(self):
        document = self.diagnose("app_two_faults.json", status=1)
        self.assertEqual(sorted(self.codes(document)), ["P001", "P002"])
        app = json.loads(read(self.path("app_two_faults.json")))
        for finding in document["findings"]:
            if finding["severity"] != "note":
                app = patched(app, finding["fix"]["patch"])
        with open(self.path("mended.json"), "w", encoding="utf-8") as file:
            json.dump(app, file)
        mended = self.diagnose("mended.json", status=0)
        self.assertEqual(mended["verdict"], "healthy")
        self.assertEqual(mended["measured"]["as_deployed"], document["after_fixes"]["value"])

    def test_fix_writes_an_app_that_names_the_same_files(self):
        done = run("diagnose", self.path("app_int8.json"), "--fix", "--output", self.path("out", "fixed"))
        self.assertEqual(done.returncode, 1, done.stderr)
        app = json.loads(read(self.path("out", "fixed", "app.json")))
        for name in (app["model"], app["input"]["images"], app["output"]["labels"]):
            self.assertTrue(os.path.exists(self.path("out", "fixed", name)), name)
        self.assertEqual(self.diagnose("out/fixed/app.json", status=0)["verdict"], "healthy")

    def test_healthy(self):
        document = self.diagnose("app_healthy.json", status=0)
        self.assertEqual((document["verdict"], self.codes(document)), ("healthy", []))
        self.assertIsNone(document["after_fixes"])
        self.assertGreater(document["tried"], 10)

    def test_without_an_app_file(self):
        document = self.diagnose("model_float32.tflite", self.path("photos"), "--labels", self.path("labels.txt"), status=0)
        self.assertEqual(document["measured"]["metric"], "top1")

    def test_a_model_alone_is_undetermined(self):
        document = self.diagnose("model_float32.tflite", status=0)
        self.assertEqual(document["verdict"], "undetermined")
        self.assertTrue(document["needs"])
        self.diagnose("model_float32.tflite", "--fail-on", "undetermined", status=1)

    def test_a_page_in_place_of_the_model(self):
        with open(self.path("page.tflite"), "w", encoding="utf-8") as file:
            file.write("<!DOCTYPE html><html></html>")
        self.assertEqual(self.codes(self.diagnose("page.tflite", status=1)), ["F001"])

    def test_what_cannot_be_done(self):
        self.assertEqual(self.diagnose("none.json", status=2)["error"]["code"], "not_found")
        with open(self.path("odd.json"), "w", encoding="utf-8") as file:
            json.dump({**json.loads(read(self.path("app.json"))), "colour": 1}, file)
        self.assertIn("colour", self.diagnose("odd.json", status=2)["error"]["message"])

    def test_same_seed_same_answer(self):
        answers = []
        for threads in ("1", "2"):
            document = self.diagnose("app.json", "--seed", "7", "--threads", threads, status=1)
            del document["seconds"]
            answers.append(document)
        self.assertEqual(answers[0], answers[1])

    def test_text(self):
        done = run("diagnose", self.path("app.json"))
        self.assertEqual(done.returncode, 1)
        for words in ("fault", "P001 channel-order", 'in place of {"channels":"bgr"}', "Verified", "top1"):
            self.assertIn(words, done.stdout)
        self.assertNotIn("\x1b", done.stdout)


class Explain(unittest.TestCase):
    def explain(self, *arguments, status=0):
        done = run("explain", *arguments, "--format", "json")
        self.assertEqual(done.returncode, status, done.stderr)
        document = json.loads(done.stdout)
        jsonschema.validate(document, json.loads(read(os.path.join(ROOT, "docs", "schema", "explain.schema.json"))))
        return document

    def test_all(self):
        causes = self.explain()["causes"]
        codes = [cause["code"] for cause in causes]
        self.assertEqual(codes, sorted(set(codes)))
        headings = re.findall(r'"([^"]+)"', re.search(r"kDocHeadings\[\] = \{(.*?)\}", read(os.path.join(ROOT, "src", "rules", "rule.h"))).group(1))
        for cause in causes:
            self.assertEqual(re.findall(r"^## (.*)$", cause["documentation"], re.M), headings, cause["code"])

    def test_one(self):
        one = self.explain("P001")
        self.assertEqual(one["name"], "channel-order")
        self.assertEqual(self.explain("p001"), one)
        self.assertEqual(self.explain("channel-order"), one)
        text = run("explain", "P001").stdout
        self.assertIn("# P001 channel-order", text)
        self.assertIn(one["documentation"].strip(), text)

    def test_unknown(self):
        self.assertIn("P999", self.explain("P999", status=2)["error"]["message"])

    def test_pages_are_up_to_date(self):
        done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "tools", "make_docs.py"), PROGRAM, "--check"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
