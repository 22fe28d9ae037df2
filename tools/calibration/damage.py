"""What goes wrong in models: damaged networks, and quantizations made badly. Each gives the bytes of a model file and the codes
that name it, the nearest first."""
import copy

import numpy as np

from . import network, tflite

FLOAT, INTEGER, FILE = {}, {}, {}


def damage(kind, name, *codes):
    def keep(function):
        kind[name] = (function, list(codes))
        return function
    return keep


def damaged(net, layer, change):
    net = copy.deepcopy(net)
    change(net["layers"][layer])
    return net


@damage(FLOAT, "untrained", "M005")
def untrained(model, rng):
    net = copy.deepcopy(model["net"])
    for layer in net["layers"]:
        if "w" in layer:
            layer["w"], layer["b"] = network.he(rng, layer["w"].shape), np.zeros_like(layer["b"])
    return net


@damage(FLOAT, "dead_relu", "M006", "M004", "T001")
def dead_relu(model, rng):
    """Every unit of a layer is below zero for any input."""
    return damaged(model["net"], 1, lambda layer: layer["b"].__isub__(50 * np.abs(layer["w"]).sum() / layer["w"].shape[-1]))


@damage(FLOAT, "zeroed", "M004", "M006")
def zeroed(model, rng):
    return damaged(model["net"], 1, lambda layer: layer["w"].fill(0))


@damage(FLOAT, "half_dead", "T001", "M004", "M006")
def half_dead(model, rng):
    """Half the units of a layer never fire: the model is worse, not dead."""
    def change(layer):
        layer["b"][rng.permutation(len(layer["b"]))[: len(layer["b"]) // 2]] -= 50
    return damaged(model["net"], 1, change)


@damage(FLOAT, "not_a_number", "M003")
def not_a_number(model, rng):
    return damaged(model["net"], 0, lambda layer: layer["w"].reshape(-1).__setitem__(slice(0, 3), np.nan))


def scaled_ranges(recorded, k, factor):
    changed = copy.deepcopy(recorded)
    changed[k] = [v * factor for v in changed[k]]
    return changed


@damage(INTEGER, "narrow", "Q001", "Q003")
def narrow(model, rng, dtype):
    k = int(rng.integers(1, len(model["net"]["layers"]) - 1))
    return tflite.quantized_model(model["net"], scaled_ranges(model["recorded"], k, float(rng.choice([0.05, 0.15, 0.3]))), dtype, float_io=model["float_io"])


@damage(INTEGER, "wide", "Q002", "Q003")
def wide(model, rng, dtype):
    k = int(rng.integers(1, len(model["net"]["layers"]) - 1))
    return tflite.quantized_model(model["net"], scaled_ranges(model["recorded"], k, float(rng.choice([20, 50, 120]))), dtype, float_io=model["float_io"])


@damage(INTEGER, "calibrated_otherwise", "Q003", "Q001", "Q002")
def calibrated_otherwise(model, rng, dtype):
    """Ranges recorded with other preprocessing than the training's."""
    x = model["sample"]
    low, high = model["recorded"][0]
    other = ((x - low) / (high - low) * 255, (x - low) / (high - low) * 0.2)[int(rng.integers(2))].astype(np.float32)
    return tflite.quantized_model(model["net"], network.ranges(model["net"], other), dtype, float_io=model["float_io"])


@damage(INTEGER, "one_scale", "Q004")
def one_scale(model, rng, dtype):
    """One scale for channels of very different magnitude; the float network computes what it did."""
    net = copy.deepcopy(model["net"])
    first, second = net["layers"][0], net["layers"][1]
    factor = np.exp(rng.normal(0, 2.2, first["w"].shape[-1])).astype(np.float32)
    first["w"], first["b"] = first["w"] * factor, first["b"] * factor
    second["w"] = second["w"] / factor[:, None]
    return tflite.quantized_model(net, [model["recorded"][0]] + network.ranges(net, model["sample"])[1:], dtype, per_channel=False, float_io=model["float_io"])


@damage(INTEGER, "bias", "Q007")
def bias(model, rng, dtype):
    return tflite.quantized_model(model["net"], model["recorded"], dtype, float_io=model["float_io"], wrong_bias=True)


@damage(FILE, "cut_off", "F002", "F003")
def cut_off(content, rng):
    return content[: int(len(content) * rng.uniform(0.3, 0.95))]


@damage(FILE, "web_page", "F001")
def web_page(content, rng):
    return b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>You need to sign in.</body></html>\n"


@damage(FILE, "pointer", "F001")
def pointer(content, rng):
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"ab" * 32 + b"\nsize %d\n" % len(content)


@damage(FILE, "empty", "F001", "F002")
def empty(content, rng):
    return b""


@damage(FILE, "offsets", "F003", "F002")
def offsets(content, rng):
    """The root table's offset points past the end."""
    return (len(content) + 64).to_bytes(4, "little") + content[4:]
