"""Feeds the program files that are no models, no arrays and no app files: clear messages, the right exit status, never a crash.

    garbage_test.py WHYZERO
"""
import json
import os
import sys
import unittest
import zipfile

import demo

PROGRAM = sys.argv[1]
FRUIT = demo.FRUIT
MODEL = os.path.join(FRUIT, "model_float32.tflite")
PHOTO = os.path.join(FRUIT, "photos", "lemon", "000.jpg")


def run(*arguments):
    return demo.run(PROGRAM, *arguments, errors="replace", timeout=120)


class Garbage(demo.InFolder):
    def findings(self, path, code):
        """A model that cannot be one: `diagnose` says so as a finding, `inspect` as a defect, `run` as an error."""
        done = run("diagnose", path, "--format", "json")
        self.assertEqual(done.returncode, 1, (path, done.stderr))
        codes = [f["code"] for f in json.loads(done.stdout)["findings"]]
        self.assertEqual(codes[0], code, path)
        self.assertEqual(run("diagnose", path).returncode, 1, path)
        self.assertEqual(run("inspect", path).returncode, 2, path)
        done = run("run", path, "--output", os.path.join(self.folder, "o.npz"))
        self.assertEqual(done.returncode, 2, path)
        self.assertTrue(done.stderr.strip(), path)

    def refused(self, *arguments, says=""):
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, (arguments, done.stderr))
        self.assertIn(says, done.stderr)
        self.assertEqual(done.stdout, "")
        done = run(*arguments, "--format", "json")
        self.assertEqual(done.returncode, 2, arguments)
        self.assertTrue(json.loads(done.stdout)["error"]["message"], arguments)

    def test_files_that_are_no_models(self):
        with open(PHOTO, "rb") as f:
            photo = f.read()
        pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
        archive = os.path.join(self.folder, "archive.zip")
        with zipfile.ZipFile(archive, "w") as z:
            z.writestr("a.txt", "text")
        with open(archive, "rb") as f:
            zipped = f.read()
        for name, content in (("empty", b""), ("photo", photo), ("page", b"<!DOCTYPE html><html><body>404</body></html>"),
                              ("pointer", pointer), ("zip", zipped), ("text", b"hello\n"), ("zeros", bytes(4096)), ("ones", b"\xff" * 4096)):
            self.findings(self.file(name + ".tflite", content), "F001")

    def test_models_cut_off(self):
        with open(MODEL, "rb") as f:
            model = f.read()
        for percent in range(5, 100, 5):
            self.findings(self.file(f"cut_{percent}.tflite", model[:len(model) * percent // 100]), "F002")

    def test_what_is_not_there(self):
        missing = os.path.join(self.folder, "none")
        for command in (["inspect"], ["diagnose"], ["eval"]):
            self.refused(*command, missing + ".json" if command == ["eval"] else missing, says="none")
            self.refused(*command, self.folder)
        self.refused("run", missing, "--output", missing + ".npz", says="none")
        self.refused("run", MODEL, "--input", missing, "--output", missing + ".npz", says="none")
        self.refused("run", MODEL, "--output", os.path.join(PHOTO, "o.npz"))

    def test_arrays(self):
        with open(PHOTO, "rb") as f:
            photo = f.read()
        for name, content in (("empty", b""), ("text", b"hello"), ("photo", photo), ("zip", b"PK\x03\x04" + bytes(100)), ("zeros", bytes(1000))):
            self.refused("run", MODEL, "--input", self.file(name + ".npz", content), "--output", os.path.join(self.folder, "o.npz"))

    def test_app_files(self):
        model = json.dumps(MODEL).encode()
        for content in (b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"model": 3}', b'{"model": %s}' % model, b'{"model": %s, "input": []}' % model,
                        b'{"model": %s, "input": {"images": 7}}' % model, b"[" * 100000, b'{"model": %s, "unknown": 1}' % model):
            path = self.file("app.json", content)
            for command in ("diagnose", "eval"):
                self.refused(command, path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
