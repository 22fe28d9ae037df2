"""The frame that tools/new_op.py writes compiles, whatever the operator's options and arity, and nothing is written over.
`new_op_test.py ROOT COMPILER INCLUDE...`"""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT, COMPILER, *INCLUDES = sys.argv[1:]


def new_op(folder, *arguments):
    return subprocess.run([sys.executable, "-B", os.path.join(ROOT, "tools", "new_op.py"), *arguments, "--root", folder], capture_output=True, text=True, timeout=60)


def compiles(path):
    done = subprocess.run([COMPILER, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", *(f"-I{i}" for i in INCLUDES), path], capture_output=True, text=True, timeout=300)
    return done.stderr


class NewOp(unittest.TestCase):
    def test_frames_compile_without_a_warning(self):
        with tempfile.TemporaryDirectory() as folder:
            for arguments in (("CONV_3D", "--inputs", "2..3"), ("VAR_HANDLE", "--inputs", "0"), ("UNIQUE", "--outputs", "2")):
                done = new_op(folder, *arguments)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(compiles(os.path.join(folder, "src", "ops", arguments[0].lower() + ".cc")), "")
            self.assertEqual(compiles(os.path.join(folder, "src", "ops", "unique_test.cc")), "")
            with open(os.path.join(folder, "src", "ops", "conv_3d.cc"), encoding="utf-8") as file:
                text = file.read()
            self.assertIn("schema::Conv3DOptions", text)
            self.assertIn("expect_arity(2, 3, 1, 1)", text)

    def test_unknown_names_and_existing_files_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("no operator of the schema", new_op(folder, "NO_SUCH").stderr)
            self.assertEqual(new_op(folder, "NEG").returncode, 0)
            self.assertIn("is there already", new_op(folder, "NEG").stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
