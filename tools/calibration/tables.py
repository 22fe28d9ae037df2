"""Invented tables whose columns differ by orders of magnitude, as real ones do."""
import numpy as np

TRAINING = 800
# columns: name, mean, deviation, decimals
TABLES = {
    "health": {"half": "fit", "head": "sigmoid", "labels": ["well", "ill"], "scaling": "standardize", "noise": 0.5,
               "columns": [("age", 52, 14, 0), ("pressure", 131, 17, 0), ("sugar", 5.6, 1.3, 1), ("cholesterol", 212, 38, 0), ("bmi", 26.4, 4.1, 1),
                           ("protein", 0.09, 0.04, 3), ("platelets", 251000, 61000, 0)]},
    "soil": {"half": "fit", "head": "softmax", "labels": ["clay", "loam", "peat", "sand"], "scaling": "minmax", "noise": 0.7,
             "columns": [("ph", 6.3, 0.8, 2), ("nitrogen", 1240, 380, 0), ("moisture", 0.27, 0.08, 3), ("density", 1.31, 0.17, 2), ("salt", 0.012, 0.004, 4),
                         ("depth", 42, 15, 0)]},
    "rent": {"half": "fit", "head": "linear", "labels": None, "scaling": "standardize", "noise": 0.35, "target": (870, 260), "integer": "int8",
             "columns": [("area", 74, 26, 0), ("rooms", 2.9, 1.1, 0), ("distance", 5200, 2700, 0), ("year", 1974, 27, 0), ("noise", 58, 9, 1),
                         ("green", 0.31, 0.14, 2)]},
    "credit": {"half": "held", "head": "sigmoid", "labels": ["paid", "default"], "scaling": "standardize", "noise": 1.0,
               "columns": [("income", 41000, 15500, 0), ("debt", 12800, 7100, 0), ("rate", 0.061, 0.018, 3), ("months", 37, 16, 0), ("age", 44, 13, 0)]},
    "bean": {"half": "held", "head": "softmax", "labels": ["black", "kidney", "lima", "navy", "pinto"], "scaling": "standardize", "noise": 0.4, "integer": "int8",
             "columns": [("area", 53000, 17000, 0), ("axis_long", 320, 62, 1), ("axis_short", 202, 37, 1), ("roundness", 0.87, 0.05, 3),
                         ("extent", 0.75, 0.05, 3), ("weight", 0.42, 0.13, 3)]},
    "power": {"half": "held", "head": "linear", "labels": None, "scaling": "minmax", "noise": 0.6, "target": (48, 17),
              "columns": [("wind", 7.1, 3.0, 1), ("pressure", 101300, 900, 0), ("humidity", 0.68, 0.16, 2), ("temperature", 11.5, 8.2, 1), ("hour", 12, 6.5, 0)]},
}


def rows(name, count, seed):
    """Rows and their targets: class indices, or numbers."""
    t, index = TABLES[name], sorted(TABLES).index(name)
    rule, rng = np.random.default_rng([101, index]), np.random.default_rng([seed, index])
    n = len(t["columns"])
    mixing = np.eye(n) + 0.35 * rule.normal(size=(n, n))
    z = rng.normal(size=(count, n)) @ mixing / np.sqrt((mixing ** 2).sum(0))
    outputs = len(t["labels"]) if t["head"] == "softmax" else 1
    hidden = np.tanh(z @ rule.normal(0, 0.9, (n, 8)) + rule.normal(0, 0.5, 8))
    score = hidden @ rule.normal(0, 1, (8, outputs)) + 0.6 * z @ rule.normal(0, 1, (n, outputs))
    score = (score - np.median(score, 0)) / score.std(0) + t["noise"] * rng.normal(size=score.shape)
    values = np.stack([np.round(m + s * z[:, k], d) for k, (_, m, s, d) in enumerate(t["columns"])], -1)
    if t["head"] == "softmax":
        return values, score.argmax(1)
    if t["head"] == "sigmoid":
        return values, (score[:, 0] > 0).astype(np.int64)
    return values, np.round(t["target"][0] + t["target"][1] * score[:, 0], 1)


def scaling(name, values):
    if TABLES[name]["scaling"] == "standardize":
        return {"standardize": {"mean": [float(f"{v:.6g}") for v in values.mean(0)], "std": [float(f"{v:.6g}") for v in values.std(0)]}}
    return {"minmax": {"min": [float(f"{v:.6g}") for v in values.min(0)], "max": [float(f"{v:.6g}") for v in values.max(0)], "to": [0, 1]}}


def scaled(values, step):
    if "standardize" in step:
        s = step["standardize"]
        return ((values - np.array(s["mean"])) / np.array(s["std"])).astype(np.float32)
    s = step["minmax"]
    low, high = np.array(s["min"]), np.array(s["max"])
    return ((values - low) / (high - low)).astype(np.float32)
