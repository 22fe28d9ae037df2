"""include/whyzero_capture.h: compiles wherever it promises to, and what it writes NumPy reads. `capture_test.py ROOT [PROGRAM]`; with
the program, `whyzero` must read the console's log as well."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ROOT = os.path.abspath(sys.argv[1])
PROGRAM = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = ["-I", os.path.join(ROOT, "include")]
STRICT = ["-pedantic", "-Wall", "-Wextra", "-Werror"]
DTYPES = ["float32", "uint8", "int8", "int16", "int32", "int64", "bool", "float16", "float64"]


def compiler(name):
    found = shutil.which(name)
    if not found:
        print(f"capture_test: {name} is missing")
        sys.exit(77)
    return found


class Compiles(unittest.TestCase):
    def check(self, command, source="capture_program.c"):
        done = subprocess.run([*command, *STRICT, *INCLUDE, os.path.join(HERE, source)], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_as_c99(self):
        self.check([compiler("gcc"), "-std=c99", "-fsyntax-only"])

    def test_as_cpp(self):
        for standard in ("c++11", "c++20"):
            with self.subTest(standard):
                self.check([compiler("g++"), f"-std={standard}", "-fsyntax-only", "-xc++"])

    def test_freestanding_without_stdio(self):
        for command in ([compiler("gcc"), "-std=c99"], [compiler("g++"), "-std=c++11", "-xc++"]):
            with self.subTest(command[0]), tempfile.TemporaryDirectory() as folder:
                target = os.path.join(folder, "firmware.o")
                self.check([*command, "-Os", "-ffreestanding", "-fno-builtin", "-c", "-o", target], "firmware.c")
                symbols = subprocess.run(["nm", "-u", target], capture_output=True, text=True, check=True, timeout=60).stdout.split()
                self.assertLessEqual(set(symbols) - {"U"}, {"memcpy", "memset", "uart_send", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_"})


class Snippets(unittest.TestCase):
    """The code on the pages is complete: it compiles as it stands, but for what an app has already."""

    def snippet(self, name, language):
        with open(os.path.join(ROOT, "docs", "how-to", name), encoding="utf-8") as file:
            return re.search(rf"```{language}\n(.*?)```", file.read(), re.S).group(1)

    def compiles(self, command, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([*command, path], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_c(self):
        above, _, inside = self.snippet("capture.md", "c").partition("\n")
        app = "typedef struct T T; extern T *input, *interpreter; void* TfLiteTensorData(T*); int TfLiteInterpreterInvoke(T*);\n"
        self.compiles([compiler("gcc"), "-std=c99", *STRICT, *INCLUDE, "-fsyntax-only"], "snippet.c", f"{above}\n{app}void run(void);\nvoid run(void) {{\n{inside}\n}}\n")
        before, _, inside = self.snippet("hex-dump.md", "c").partition("const int32_t")
        app = ("typedef struct {union {int8_t* int8;} data;} Tensor; extern Tensor *input, *output; extern uint32_t frame; extern int32_t out_shape[2];\n"
               "void uart_write(const void*, size_t);\n")
        self.compiles([compiler("gcc"), "-std=c99", "-pedantic", "-Wall", "-Werror", *INCLUDE, "-fsyntax-only"], "snippet.c",
                      before.replace("static int send", app + "static int send") + f"void run(void);\nvoid run(void) {{\nconst int32_t{inside}\n}}\n")

    def test_java(self):
        if not shutil.which("javac"):
            self.skipTest("javac is missing")
        lines = self.snippet("capture.md", "java").splitlines()
        imports = [line for line in lines if line.startswith("import ")]
        body = [line for line in lines if not line.startswith("import ")]
        self.compiles(["javac"], "Capture.java", "\n".join([*imports, "class Capture {", *body, "}"]))


class RoundTrip(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        program = os.path.join(self.folder, "program")
        subprocess.run([compiler("gcc"), "-std=c99", "-O1", *STRICT, *INCLUDE, os.path.join(HERE, "capture_program.c"), "-o", program], check=True, timeout=120)
        self.log = subprocess.run([program, self.folder], capture_output=True, text=True, check=True, timeout=60).stdout

    def test_numpy_reads_every_dtype(self):
        for k, dtype in enumerate(DTYPES):
            array = np.load(os.path.join(self.folder, f"{dtype}_0000.npy"))
            self.assertEqual(array.dtype, np.dtype(dtype))
            self.assertEqual(array.shape, (2, 3))
            self.assertEqual(array.tobytes(), bytes((i * 37 + k) % (2 if dtype == "bool" else 256) for i in range(array.nbytes)))

    def test_samples_are_numbered_up_to_the_limit(self):
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith("in_")), ["in_0000.npy", "in_0001.npy", "in_0002.npy"])
        for k in range(3):
            array = np.load(os.path.join(self.folder, f"in_{k:04d}.npy"))
            self.assertEqual(array.shape, (4,))
            self.assertEqual(array[0], k)

    def test_odd_names_stay_in_the_folder(self):
        self.assertTrue(os.path.exists(os.path.join(self.folder, "serving_default_x_0_0002.npy")))

    def test_python_and_numpy_agree_with_the_log(self):
        self.assertEqual(self.log.count("WHYZERO begin"), 5)
        self.assertLess(max(map(len, self.log.splitlines())), 100)

    def test_raw_bytes_on_the_command_line(self):
        if not PROGRAM:
            self.skipTest("no program was given")
        model = os.path.join(ROOT, "examples", "fruit", "model_float32.tflite")
        for k in range(3):
            np.zeros((1, 64, 64, 3), np.float32).tofile(os.path.join(self.folder, f"raw_{k}.bin"))
        done = subprocess.run([PROGRAM, "diagnose", model, "--tensors", os.path.join(self.folder, "raw_*.bin"), "--dtype", "float32", "--shape", "1,64,64,3",
                               "--format", "json"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual([finding["code"] for finding in json.loads(done.stdout)["findings"]][:1], ["P013"])

    def test_whyzero_reads_the_log(self):
        if not PROGRAM:
            self.skipTest("no program was given")
        log = os.path.join(self.folder, "console.log")
        with open(log, "w", encoding="utf-8") as file:
            file.write("\n".join(f"12-01 10:00:00.{i % 1000:03d}  77  78 I cam: {line}\nI wifi: beacon" for i, line in enumerate(self.log.splitlines())))
        shutil.copy(os.path.join(ROOT, "examples", "fruit", "model_int8.tflite"), self.folder)
        with open(os.path.join(self.folder, "app.json"), "w", encoding="utf-8") as file:
            json.dump({"whyzero": 1, "model": "model_int8.tflite", "input": {"tensors": "console.log"}}, file)
        out = os.path.join(self.folder, "out.npz")
        done = subprocess.run([PROGRAM, "preprocess", os.path.join(self.folder, "app.json"), "-o", out], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        x = np.load(out)["x"]
        self.assertEqual(x.shape[0], 2)
        for k in range(2):
            expected = ((np.arange(64 * 64 * 3) * 31 + k) % 256).astype(np.uint8).view(np.int8).reshape(1, 64, 64, 3)
            np.testing.assert_array_equal(x[k].reshape(expected.shape), expected)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
