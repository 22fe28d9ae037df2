"""The models of the calibration: weak and strong ones over pictures and tables, each with a convention of its own. Those of half
"fit" set the confidences, those of half "held" only judge them."""
import numpy as np
from PIL import Image

from . import network, pictures, tables

TORCH = {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}
SYMMETRIC = {"scale": 0.00784313725490196, "offset": -1.0}
UNIT = {"scale": 0.00392156862745098, "offset": 0.0}
CAFFE = {"mean": [104.0, 117.0, 123.0], "std": 1.0}

# name: half, world, hardness, side, geometry, channels, range, head, extra
PICTURES = {
    "signs_a": ("fit", "signs", 0.2, 32, "stretch", "rgb", SYMMETRIC, "softmax", {"integer": "int8"}),
    "flags_a": ("fit", "flags", 0.7, 32, "shorter", "rgb", TORCH, "softmax", {}),
    "letters_a": ("fit", "letters", 0.4, 32, "stretch", "gray", UNIT, "softmax", {"integer": "uint8"}),
    "tiles_a": ("fit", "tiles", 0.8, 32, "letterbox", "bgr", UNIT, "softmax", {}),
    "signs_w": ("fit", "signs", 1.0, 32, "stretch", "rgb", UNIT, "logits", {"integer": "int8"}),
    "flags_n": ("fit", "flags", 0.3, 32, "stretch", "rgb", SYMMETRIC, "softmax", {"nchw": True}),
    "tiles_m": ("fit", "tiles", 0.2, 32, "stretch", "rgb", SYMMETRIC, "softmax", {"mirrored": True, "two": True}),
    "signs_b": ("held", "signs", 0.4, 40, "square", "bgr", CAFFE, "softmax", {"integer": "int8", "float_io": True}),
    "flags_b": ("held", "flags", 1.0, 32, "stretch", "rgb", UNIT, "softmax", {"integer": "uint8"}),
    "letters_b": ("held", "letters", 0.2, 32, "stretch", "rgb", SYMMETRIC, "softmax", {"integer": "int8", "pooling": "flatten"}),
    "tiles_b": ("held", "tiles", 0.5, 32, "central", "rgb", TORCH, "logits", {}),
    "flags_e": ("held", "flags", 0.5, 32, "stretch", "rgb", SYMMETRIC, "softmax", {"embedded": True}),
    "tiles_t": ("held", "tiles", 0.3, 40, "letterbox", "rgb", SYMMETRIC, "softmax", {"two": True}),
}
TRAINING, EPOCHS = 1000, 16


def geometry(kind, side):
    size = {"width": side, "height": side}
    bilinear = {"method": "bilinear", "library": "pillow"}
    return {"stretch": [{"resize": {**size, **bilinear}}],
            "shorter": [{"resize": {"shorter": side + 4, **bilinear}}, {"crop": {"center": [side, side]}}],
            "square": [{"crop": {"square": True}}, {"resize": {**size, **bilinear}}],
            "central": [{"crop": {"central": 0.875}}, {"resize": {**size, **bilinear}}],
            "letterbox": [{"letterbox": {**size, "fill": 114, **bilinear}}]}[kind]


def shaped(image, kind, side):
    """The same as `geometry` for training; a rounding of half a pixel does not matter here."""
    w, h = image.size
    if kind == "shorter":
        f = (side + 4) / min(w, h)
        image = image.resize((max(side, int(w * f)), max(side, int(h * f))), Image.BILINEAR)
        left, top = (image.size[0] - side) // 2, (image.size[1] - side) // 2
        return image.crop((left, top, left + side, top + side))
    if kind == "letterbox":
        f = side / max(w, h)
        small = image.resize((round(w * f), round(h * f)), Image.BILINEAR)
        whole = Image.new("RGB", (side, side), (114, 114, 114))
        whole.paste(small, ((side - small.size[0]) // 2, (side - small.size[1]) // 2))
        return whole
    if kind == "square":
        s = min(w, h)
        image = image.crop(((w - s) // 2, (h - s) // 2, (w - s) // 2 + s, (h - s) // 2 + s))
    if kind == "central":
        image = image.crop((int(w * 0.0625), int(h * 0.0625), int(w * 0.9375), int(h * 0.9375)))
    return image.resize((side, side), Image.BILINEAR)


def normalized(x, given):
    x = x.astype(np.float32)
    if "scale" in given:
        return x * np.float32(given["scale"]) + np.float32(given["offset"])
    return (x - np.array(given["mean"], np.float32)) / np.array(given["std"], np.float32)


def input_range(given):
    ends = [normalized(np.full((1, 3), v), given) for v in (0, 255)]
    return [float(ends[0].min()), float(ends[1].max())]


def picture_tensor(images, kind, side, channels, given):
    x = np.stack([np.asarray(shaped(i, kind, side).convert("L" if channels == "gray" else "RGB")) for i in images])
    x = x[..., None] if channels == "gray" else x[..., ::-1] if channels == "bgr" else x
    return normalized(x, given)


def picture_model(name, seed, epochs=EPOCHS, shuffled=False):
    """A trained network with what belongs to it: dict of net, ranges, spec."""
    half, world, hard, side, kind, channels, given, head, extra = PICTURES[name]
    drawn = pictures.pictures(world, hard, TRAINING, seed)
    x = picture_tensor([i for i, _ in drawn], kind, side, channels, given)
    y = np.array([k for _, k in drawn])
    rng = np.random.default_rng([seed, sorted(PICTURES).index(name)])
    if shuffled:
        y = rng.permutation(y)
    if extra.get("mirrored"):
        # Directions that a mirror exchanges are told apart by nothing then: what remains must not care.
        x = np.concatenate([x, x[:, :, ::-1]])[:: 2]
        y = np.concatenate([y, y])[:: 2]
    net = network.new_network(x.shape[1:], (10, 16, 24), len(pictures.WORLDS[world][1]), head, rng, extra.get("pooling", "mean"))
    network.train(net, x, y, epochs, rng)
    recorded = network.ranges(net, x[:200])
    recorded[0] = input_range(given)
    return {"name": name, "half": half, "net": net, "recorded": recorded, "sample": x[:200], "classes": pictures.WORLDS[world][1]}


def table_model(name, seed):
    t = tables.TABLES[name]
    rows, target = tables.rows(name, tables.TRAINING, seed)
    scaling = tables.scaling(name, rows)
    x = tables.scaled(rows, scaling)
    rng = np.random.default_rng([seed, 77, sorted(tables.TABLES).index(name)])
    outputs = len(t["labels"]) if t["head"] == "softmax" else 1
    net = network.new_network((x.shape[1],), (16, 12), outputs, t["head"], rng)
    centre, spread = (target.mean(), target.std()) if t["head"] == "linear" else (0, 1)
    network.train(net, x, (target - centre) / spread if t["head"] == "linear" else target.astype(np.int64), 40, rng, 5e-3)
    last = net["layers"][-1]
    if t["head"] == "linear":                      # answers in the units of the target
        last["w"], last["b"] = (last["w"] * spread).astype(np.float32), (last["b"] * spread + centre).astype(np.float32)
    return {"name": name, "half": t["half"], "net": net, "recorded": network.ranges(net, x[:300]), "sample": x[:300], "scaling": scaling}
