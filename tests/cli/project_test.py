"""What a project sets up once: a baseline of accepted findings, codes that count, whyzero.json, an app file to begin with
(`init`), completion of the shell (`completion`), and --fix until nothing is left to mend.

    project_test.py WHYZERO
"""
import json
import os
import pty
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import demo  # noqa: E402

try:
    import jsonschema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM = os.path.abspath(sys.argv[1])


class Project(unittest.TestCase):
    def setUp(self):
        self.folder = demo.small_fruit(self)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))

    def run_it(self, *arguments, status=0):
        done = demo.run(PROGRAM, *arguments, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def document(self, *arguments, status):
        document = json.loads(self.run_it(*arguments, "--format", "json", status=status).stdout)
        jsonschema.validate(document, json.loads(demo.read(os.path.join(demo.ROOT, "docs", "schema", {"diagnose": "diagnosis", "init": "init"}[arguments[0]] + ".schema.json"))))
        return document


class Baseline(Project):
    def test_what_is_accepted_does_not_count_until_it_is_gone(self):
        self.run_it("diagnose", "app.json", "--write-baseline", "baseline.json", status=1)
        baseline = json.loads(demo.read(self.path("baseline.json")))
        jsonschema.validate(baseline, json.loads(demo.read(os.path.join(demo.ROOT, "docs", "schema", "baseline.schema.json"))))
        self.assertEqual([entry["code"] for entry in baseline["accepted"]], ["P001"])
        document = self.document("diagnose", "app.json", "--baseline", "baseline.json", status=0)
        self.assertEqual(document["verdict"], "fault")
        self.assertEqual(document["findings"][0]["suppressed_by"], "baseline")
        self.assertIn("is not counted (baseline)", self.run_it("diagnose", "app.json", "--baseline", "baseline.json").stdout)
        stale = self.document("diagnose", "app_healthy.json", "--baseline", "baseline.json", status=1)
        self.assertEqual([entry["code"] for entry in stale["stale"]], ["P001"])
        self.assertIn("take the entry out", self.run_it("diagnose", "app_healthy.json", "--baseline", "baseline.json", status=1).stdout)

    def test_a_new_finding_counts(self):
        self.run_it("diagnose", "app.json", "--write-baseline", "baseline.json", status=1)
        document = self.document("diagnose", "app_two_faults.json", "--baseline", "baseline.json", status=1)
        counted = {f["code"] for f in document["findings"] if f["severity"] != "note" and "suppressed_by" not in f}
        self.assertIn("P002", counted)

    def test_a_baseline_that_is_none(self):
        self.write("baseline.json", {"accepted": []})
        self.assertIn("whyzero/baseline/1", self.run_it("diagnose", "app.json", "--baseline", "baseline.json", status=2).stderr)


class Codes(Project):
    def test_a_code_that_nothing_has_is_an_error(self):
        for option, codes in (("--select", "X1"), ("--ignore", "P,Z9"), ("--select", "")):
            self.assertIn(option, self.run_it("diagnose", "app.json", option, codes, status=2).stderr)
        self.run_it("diagnose", "app.json", "--select", "p001", status=1)

    def test_select_and_ignore(self):
        self.run_it("diagnose", "app.json", "--ignore", "P0")
        self.run_it("diagnose", "app.json", "--ignore", "P", "--select", "P001", status=1)
        self.run_it("diagnose", "app.json", "--select", "L,M")
        self.run_it("diagnose", "--select", "P", "app.json", status=1)

    def test_fail_on(self):
        self.run_it("diagnose", "app_healthy.json", "--fail-on", "error")
        self.run_it("diagnose", "model_float32.tflite", "--fail-on", "undetermined", status=1)
        self.assertIn("fail-on", self.run_it("diagnose", "app.json", "--fail-on", "never", status=2).stderr)


class Config(Project):
    def test_found_upward_and_the_command_line_wins(self):
        self.write("whyzero.json", {"ignore": ["P0", "L"], "threads": 1, "quiet": True})
        self.run_it("diagnose", "app.json")
        self.run_it("diagnose", "app.json", "--ignore", "L", status=1)
        self.write("apps/app.json", demo.read(self.path("app.json")).replace('"model_', '"../model_').replace('"photos"', '"../photos"').replace('"labels.txt"', '"../labels.txt"'))
        self.run_it("diagnose", "apps/app.json")
        self.run_it("eval", "app.json")

    def test_paths_are_relative_to_the_file(self):
        self.run_it("diagnose", "app.json", "--write-baseline", "baseline.json", status=1)
        self.write("whyzero.json", {"baseline": "baseline.json"})
        done = demo.run(PROGRAM, "diagnose", self.path("app.json"), cwd="/")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_unknown_key_is_named_with_the_nearest(self):
        self.write("whyzero.json", {"fail_on": "error"})
        done = self.run_it("diagnose", "app.json", status=2)
        self.assertIn('unknown key "fail_on"; did you mean "fail-on"?', done.stderr)
        self.assertIn("whyzero.json", done.stderr)

    def test_wrong_values(self):
        for config, words in (({"fail-on": "never"}, "fail-on"), ({"threads": "many"}, "threads"), ({"budget": {"a": 1}}, "budget"), ("[]", "object"), ("{\n  \"fix\": treu}", "line 2")):
            self.write("whyzero.json", config)
            self.assertIn(words, self.run_it("diagnose", "app.json", status=2).stderr)

    def test_an_app_file_of_that_name_is_no_config(self):
        shutil.copy(self.path("app_healthy.json"), self.path("whyzero.json"))
        self.run_it("diagnose", "whyzero.json")
        self.run_it("diagnose", "app_healthy.json")


class Init(Project):
    def test_guesses_and_says_so(self):
        os.makedirs(self.path("new"))
        done = self.run_it("init", "model_float32.tflite", "photos", "--labels", "labels.txt", "--output", "new/app.json")
        self.assertIn("Guessed", done.stdout)
        self.assertEqual(json.loads(demo.read(self.path("new", "app.json")))["input"]["images"], "../photos")
        self.run_it("diagnose", "new/app.json")

    def test_never_writes_over_a_file(self):
        self.assertIn("--force", self.run_it("init", "model_float32.tflite", "photos", "--output", "labels.txt", status=2).stderr)

    def test_json(self):
        document = self.document("init", "model_int8.tflite", "--output", "new.json", status=0)
        self.assertEqual(document["app"], json.loads(demo.read(self.path("new.json"))))
        self.assertTrue(any("No photos" in words for words in document["guessed"]))

    def test_answers_of_the_author_stand_in_the_file(self):
        ours, theirs = pty.openpty()
        with subprocess.Popen([PROGRAM, "init", "model_float32.tflite", "photos", "--output", "mine.json"], cwd=self.folder, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs) as process:
            os.close(theirs)
            os.write(ours, b"labels.txt\nopencw\nopencv\nbgr\n0..1\n")
            self.assertIn(b"wrote mine.json", process.communicate(timeout=60)[0])
        os.close(ours)
        app = json.loads(demo.read(self.path("mine.json")))
        self.assertEqual(app["output"]["labels"], "labels.txt")
        self.assertEqual([next(iter(step)) for step in app["input"]["pipeline"]], ["resize", "channels", "normalize"])
        self.assertEqual(app["input"]["pipeline"][0]["resize"]["library"], "opencv")
        self.assertEqual(app["input"]["pipeline"][1], {"channels": "bgr"})
        self.assertAlmostEqual(app["input"]["pipeline"][2]["normalize"]["scale"], 1 / 255)


class Completion(Project):
    def bash(self, *words):
        script = f"source <({PROGRAM} completion bash); COMP_WORDS=({' '.join(map(repr, words))}); COMP_CWORD={len(words) - 1}; _whyzero; echo ${{COMPREPLY[@]}}"
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30, check=True).stdout.split()

    def test_bash(self):
        self.assertEqual(self.bash("whyzero", "diag"), ["diagnose"])
        self.assertIn("--fail-on", self.bash("whyzero", "diagnose", "--f"))
        self.assertEqual(self.bash("whyzero", "diagnose", "--fail-on", "w"), ["warning"])
        self.assertIn("sarif", self.bash("whyzero", "diagnose", "app.json", "--format", ""))
        self.assertEqual(self.bash("whyzero", "completion", "z"), ["zsh"])
        self.assertEqual(self.bash("whyzero", "diagnose", "photo"), [])

    def test_other_shells_can_read_theirs(self):
        for shell, check in (("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            script = self.run_it("completion", shell).stdout
            for words in ("diagnose", "fail-on", "sarif"):
                self.assertIn(words, script)
            if shutil.which(shell):
                self.write("script", script)
                subprocess.run([*check, self.path("script")], check=True, timeout=30)

    def test_an_unknown_shell(self):
        self.assertIn("tcsh", self.run_it("completion", "tcsh", status=2).stderr)


class Help(Project):
    def test_every_command_explains_itself_with_an_example(self):
        listed = self.run_it("--help").stdout
        for name in ("diagnose", "explain", "init", "completion"):
            self.assertIn(name, listed)
            self.assertIn("Example:", self.run_it(name, "--help").stdout)
        self.assertRegex(self.run_it("--version").stdout, r"^whyzero \d+\.\d+\.\d+\n$")
        self.assertIn('did you mean "diagnose"', self.run_it("diagnos", status=2).stderr)


class Convergence(Project):
    def test_fix_after_fix_ends_healthy(self):
        app = "app_two_faults.json"
        for number in range(3):
            done = demo.run(PROGRAM, "diagnose", app, "--fix", "--output", f"fixed{number}", cwd=self.folder)
            if "nothing to write" in done.stderr:
                break
            app = f"fixed{number}/app.json"
        self.assertEqual((number, done.returncode), (1, 0), done.stdout + done.stderr)
        before = demo.read(self.path(app))
        self.run_it("diagnose", app, "--fix", "--output", os.path.dirname(app))
        self.assertEqual(demo.read(self.path(app)), before)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
