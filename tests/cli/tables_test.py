"""Statistics of a training table, kept in an app file by `init` and used for another table: against NumPy and the official runtime.

    tables_test.py WHYZERO
"""
import csv
import json
import os
import sys
import unittest

import demo
import numpy as np
from ai_edge_litert.interpreter import Interpreter

PROGRAM = sys.argv[1]
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import small_models  # noqa: E402

COLOURS = ["blue", "green", "red"]


def run(*arguments):
    return demo.run(PROGRAM, *arguments, timeout=120)


class Tables(demo.InFolder):
    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(3)
        self.numbers = {name: np.stack([rng.normal(40, 12, rows), rng.normal(0.02, 0.005, rows)], 1) for name, rows in (("train", 200), ("test", 60))}
        self.colours = {name: rng.integers(0, 3, len(rows)) for name, rows in self.numbers.items()}
        self.model = self.path("m.tflite")
        with open(self.model, "wb") as f:
            f.write(small_models.packed(small_models.linear_model([[3, 2, 0, 1, -1], [-3, -2, 1, -1, 0]], [0, 0])))

    def scaled(self, name, how):
        """The columns age, onehot colour, dose as the model was trained on them."""
        train, x = self.numbers["train"], self.numbers[name]
        first, second = (train.mean(0), train.std(0)) if how == "standardize" else (train.min(0), train.max(0) - train.min(0))
        x = (x - first) / second
        return np.concatenate([x[:, :1], np.eye(3)[self.colours[name]], x[:, 1:]], 1).astype(np.float32)

    def answers(self, x):
        interpreter = Interpreter(model_path=self.model)
        interpreter.allocate_tensors()
        answers = []
        for row in x:
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], row[None])
            interpreter.invoke()
            answers.append(int(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]).argmax()))
        return answers

    def write(self, name, labels):
        with open(self.path(name + ".csv"), "w", newline="", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(["age", "colour", "dose", "label"])
            for (age, dose), colour, label in zip(self.numbers[name], self.colours[name], labels):
                out.writerow([repr(float(age)), COLOURS[colour], repr(float(dose)), label])
        return self.path(name + ".csv")

    def test_statistics_are_kept_and_used(self):
        for how in ("standardize", "minmax"):
            train, test = (self.write(name, self.answers(self.scaled(name, how))) for name in ("train", "test"))
            done = run("init", self.model, test, "--scale", how, "--training", train, "--output", self.path("app.json"), "--force", "--yes")
            self.assertEqual(done.returncode, 0, done.stderr)
            done = run("preprocess", self.path("app.json"), "-o", self.path("x.npz"))
            self.assertEqual(done.returncode, 0, done.stderr)
            fed = np.load(self.path("x.npz"))["x"].reshape(60, 5)
            np.testing.assert_allclose(fed, self.scaled("test", how), rtol=0, atol=2e-6)
            done = run("eval", self.path("app.json"), "--format", "json")
            self.assertEqual(json.loads(done.stdout)["value"], 1.0)
            # Its own statistics are not the training table's.
            done = run("init", self.model, test, "--scale", how, "--output", self.path("own.json"), "--force", "--yes")
            self.assertEqual(done.returncode, 0, done.stderr)
            run("preprocess", self.path("own.json"), "-o", self.path("own.npz"))
            self.assertGreater(np.abs(np.load(self.path("own.npz"))["x"].reshape(60, 5) - fed).max(), 1e-3)

    def test_an_app_that_scales_nothing_is_found_out(self):
        test = self.write("test", self.answers(self.scaled("test", "standardize")))
        run("init", self.model, test, "--scale", "standardize", "--output", self.path("app.json"), "--yes")
        with open(self.path("app.json"), encoding="utf-8") as f:
            app = json.load(f)
        app["input"]["pipeline"].pop()
        with open(self.path("broken.json"), "w", encoding="utf-8") as f:
            json.dump(app, f)
        done = run("diagnose", self.path("broken.json"), "--format", "json")
        self.assertEqual([f["code"] for f in json.loads(done.stdout)["findings"]][:1], ["P014"])

    def test_refusals(self):
        test = self.write("test", [0] * 60)
        photo = self.path("photos")
        os.mkdir(photo)
        for arguments, says in ((("--training", test), "--scale"), (("--scale", "ranks"), "ranks"), (("--scale", "minmax", "--training", self.path("none.csv")), "none.csv")):
            done = run("init", self.model, test, *arguments, "--output", self.path("no.json"), "--yes")
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(says, done.stderr)
        done = run("init", self.model, "x.npy", "--scale", "minmax", "--output", self.path("no.json"), "--yes")
        self.assertEqual(done.returncode, 2)
        self.assertFalse(os.path.exists(self.path("no.json")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
