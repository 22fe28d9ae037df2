"""The code that a fix shows does what the patch does: the Python is run, the C++ compiled and run, and what they make of a photo is
what `whyzero preprocess` makes of it with the mended app file.

    snippets_test.py WHYZERO CXX
"""
import json
import os
import subprocess
import sys
import tempfile
import types
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import demo  # noqa: E402

try:
    import numpy as np
    from PIL import Image
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM, COMPILER = os.path.abspath(sys.argv[1]), sys.argv[2]

# As much of TensorFlow Lite and OpenCV as the code speaks of.
HARNESS = """
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>
struct TfLiteQuantizationParams {{ float scale; int zero_point; }};
struct Tensor {{ TfLiteQuantizationParams params; }};
struct Interpreter {{
  std::vector<char> memory = std::vector<char>(64 * 64 * 3 * 4);
  Tensor tensor{{{{{scale}f, {zero_point}}}}};
  template <class T> T* typed_input_tensor(int) {{ return reinterpret_cast<T*>(memory.data()); }}
  const Tensor* input_tensor(int) const {{ return &tensor; }}
}};
int main() {{
  struct {{ uint8_t data[64 * 64 * 3]; }} image;
  if (std::fread(image.data, 1, sizeof image.data, stdin) != sizeof image.data) return 1;
  Interpreter own, *interpreter = &own;
{code}
  std::fwrite(own.memory.data(), 1, 64 * 64 * 3 * sizeof *input, stdout);
}}
"""


class Snippets(unittest.TestCase):
    def setUp(self):
        self.folder = demo.small_fruit(self)
        photo = os.path.join(self.folder, "photos", "lemon", "000.jpg")
        self.rgb = np.asarray(Image.open(photo).convert("RGB").resize((64, 64), Image.Resampling.BILINEAR))

    def mend(self, app):
        """The codes of the fixes by rank, the tensor of the photo by the mended app, and the input's parameters."""
        done = demo.run(PROGRAM, "diagnose", app, "--fix", "--output", "mended", "--format", "json", cwd=self.folder)
        self.assertEqual(done.returncode, 1, done.stderr)
        document = json.loads(done.stdout)
        done = demo.run(PROGRAM, "preprocess", "mended/app.json", "-o", "x.npz", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        arrays = np.load(os.path.join(self.folder, "x.npz"))
        sample, = [k for k, name in enumerate(arrays["names"]) if name.endswith(b"lemon/000.jpg")]
        tensor = json.loads(demo.run(PROGRAM, "inspect", document["model"]["path"], "--format", "json", cwd=self.folder).stdout)["inputs"][0]
        codes = [f["fix"]["code"] for f in document["findings"] if f["severity"] != "note"]
        return codes, arrays["x"][sample].reshape(64, 64, 3), tensor

    def run_python(self, code, x, tensor):
        parameters = tensor["quantization_parameters"]
        details = [{"dtype": np.dtype(tensor["dtype"]).type, "quantization": (np.float32((parameters["scales"] or [0])[0]), (parameters["zero_points"] or [0])[0])}]
        scope = {"np": np, "x": x, "interpreter": types.SimpleNamespace(get_input_details=lambda: details)}
        exec(code, scope)  # noqa: S102
        return scope["x"]

    def run_cpp(self, code, tensor, dtype):
        parameters = tensor["quantization_parameters"]
        with tempfile.TemporaryDirectory() as folder:
            source, program = os.path.join(folder, "snippet.cc"), os.path.join(folder, "snippet")
            with open(source, "w", encoding="utf-8") as file:
                file.write(HARNESS.format(code=code, scale=(parameters["scales"] or [0.0])[0], zero_point=(parameters["zero_points"] or [0])[0]))
            subprocess.run([COMPILER, "-std=c++17", "-o", program, source], check=True, timeout=120)
            done = subprocess.run([program], input=np.ascontiguousarray(self.rgb).tobytes(), capture_output=True, check=True, timeout=60)
        return np.frombuffer(done.stdout, dtype).reshape(64, 64, 3)

    def assert_close(self, x, wanted):
        # Division by 127.5 against multiplication by its inverse: one unit in the last place each of two operations on numbers up to 2.
        self.assertEqual(x.shape, wanted.shape)
        np.testing.assert_allclose(np.asarray(x, np.float64), np.asarray(wanted, np.float64), rtol=0, atol=4 * 2.0**-23)

    def test_colours(self):
        (code,), wanted, tensor = self.mend("app.json")
        self.assertEqual(set(code), {"python", "kotlin", "cpp"})
        x = self.run_python(code["python"], self.rgb[..., ::-1], tensor)
        np.testing.assert_array_equal(x, self.rgb)
        self.assert_close(self.run_cpp(code["cpp"], tensor, np.float32), wanted)

    def test_two_faults(self):
        codes, wanted, tensor = self.mend("app_two_faults.json")
        x = self.rgb[..., ::-1]
        for code in codes:
            x = self.run_python(code["python"], x, tensor)
        self.assert_close(x, wanted)
        self.assert_close(self.run_cpp(codes[-1]["cpp"], tensor, np.float32), wanted)

    def test_quantized(self):
        (code,), wanted, tensor = self.mend("app_int8.json")
        x = self.run_python(code["python"], self.rgb.astype(np.float32) / np.float32(127.5) - 1, tensor)
        self.assertEqual(x.dtype, np.int8)
        # A number in the middle of two steps may fall either way.
        self.assertLess(np.mean(x != wanted), 0.001)
        self.assertLess(np.mean(self.run_cpp(code["cpp"], tensor, np.int8) != wanted), 0.001)
        for words in ("quantizationParams()", "coerceIn(-128, 127)", "buffer.put("):
            self.assertIn(words, code["kotlin"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
