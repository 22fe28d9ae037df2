"""What goes wrong in apps, as changes of their parts: geometry, channels, range and tail of the pipeline, output and labels.

A fault is a function (parts, rng) -> True where it applies; it changes the parts. Beside it stand the code nearest to what was done
and others that name the same thing."""
from .models import CAFFE, SYMMETRIC, TORCH, UNIT

FAULTS = {}


def fault(name, side, *codes, labels_only=False):
    """`side`: the parts that it touches; faults of one side do not stack. The first code is the nearest."""
    def keep(function):
        FAULTS[name] = {"side": side, "codes": list(codes), "apply": function, "labels_only": labels_only}
        return function
    return keep


def is_picture(p):
    return p["source"] == "images"


def floating(p):
    return is_picture(p) and not p["integer"]


def put(p, key, value):
    same = p[key] == value
    p[key] = value
    return not same


def other_range(given):
    def apply(p, rng):
        return is_picture(p) and not p["embedded"] and put(p, "range", [{"normalize": given}])
    return apply


for _name, _given in (("symmetric", SYMMETRIC), ("unit", UNIT), ("torch", TORCH), ("caffe", CAFFE)):
    fault("range_" + _name, "range", "P002", "P003")(
        lambda p, rng, given=_given: not (p["channel"] == "gray" and "mean" in given) and other_range(given)(p, rng))


@fault("raw", "range", "P002", "P003")
def raw(p, rng):
    return floating(p) and not p["embedded"] and put(p, "range", [{"cast": "float32"}])


@fault("embedded_too", "range", "P003", "P002", "M008")
def embedded_too(p, rng):
    return is_picture(p) and p["embedded"] and put(p, "range", [{"normalize": SYMMETRIC if rng.random() < 0.5 else UNIT}])


@fault("twice", "range", "P003", "P002")
def twice(p, rng):
    return is_picture(p) and not p["embedded"] and put(p, "range", p["range"] * 2)


@fault("divided_first", "range", "P003", "P002")
def divided_first(p, rng):
    return is_picture(p) and not p["embedded"] and put(p, "range", [{"normalize": UNIT}] + p["range"])


@fault("dim", "range", "P002", "P003")
def dim(p, rng):
    """A weak one: a constant a little off."""
    if not is_picture(p) or p["embedded"] or not p["range"] or "scale" not in p["range"][0].get("normalize", {}):
        return False
    n = p["range"][0]["normalize"]
    return put(p, "range", [{"normalize": {"scale": n["scale"] * float(rng.choice([0.5, 0.7, 1.5])), "offset": n["offset"] + float(rng.choice([0, 0.25]))}}])


@fault("bgr", "channels", "P001")
def bgr(p, rng):
    return is_picture(p) and p["channel"] != "gray" and put(p, "channels", [{"channels": "bgr"}] if p["channel"] == "rgb" else [])


@fault("gray3", "channels", "P017")
def gray3(p, rng):
    return is_picture(p) and p["channel"] != "gray" and put(p, "channels", [{"channels": "gray3"}])


@fault("as_bytes", "tail", "P006", "P016", "P004")
def as_bytes(p, rng):
    if not floating(p):
        return False
    p["range"] = []
    return put(p, "tail", [{"reinterpret": "float32"}])


@fault("nchw", "tail", "P007")
def nchw(p, rng):
    if not is_picture(p) or p["channel"] == "gray":
        return False
    return put(p, "tail", [s for s in p["tail"] if "layout" not in s] if p["nchw"] else p["tail"] + [{"layout": "nchw"}])


@fault("stride", "geometry", "P012")
def stride(p, rng):
    row = p["width"] * (1 if p["channel"] == "gray" else 3)
    return is_picture(p) and put(p, "channels", p["channels"] + [{"stride_bug": {"row_bytes": row + int(rng.choice([4, 8, 16, 32]))}}])


@fault("big_endian", "tail", "P020")
def big_endian(p, rng):
    return floating(p) and put(p, "tail", p["tail"] + [{"byte_order": "big"}])


@fault("blank", "tail", "P013")
def blank(p, rng):
    return is_picture(p) and put(p, "tail", p["tail"] + [{"constant": 0}])


@fault("nearest", "geometry", "P008")
def nearest(p, rng):
    found = [s for s in p["geometry"] if "resize" in s or "letterbox" in s]
    step = next(iter(found[0].values())) if found else None
    if step is None or not is_picture(p):
        return False
    step.update({"method": "nearest", "library": str(rng.choice(["opencv", "pillow"]))})
    return True


def whole(p):
    return {"resize": {"width": p["width"], "height": p["width"], "method": "bilinear", "library": "pillow"}}


@fault("zoomed", "geometry", "P009", "P011")
def zoomed(p, rng):
    return is_picture(p) and put(p, "geometry", [{"crop": {"central": float(rng.choice([0.5, 0.65, 0.8]))}}, whole(p)])


@fault("stretched", "geometry", "P009", "P011")
def stretched(p, rng):
    return is_picture(p) and put(p, "geometry", [whole(p)])


@fault("letterboxed", "geometry", "P009", "P011")
def letterboxed(p, rng):
    return is_picture(p) and put(p, "geometry", [{"letterbox": {"width": p["width"], "height": p["width"], "fill": int(rng.choice([0, 114])), "method": "bilinear",
                                                                "library": "opencv"}}])


@fault("corner", "geometry", "P011", "P009")
def corner(p, rng):
    n = p["width"]
    big = {"resize": {"width": n + n // 2, "height": n + n // 2, "method": "bilinear", "library": "pillow"}}
    return is_picture(p) and put(p, "geometry", [big, {"crop": {"box": [0, 0, n, n]}}])


@fault("unresized", "geometry", "P015", "P011", "P009")
def unresized(p, rng):
    n = p["width"] + 16
    return is_picture(p) and put(p, "geometry", [{"resize": {"width": n, "height": n, "method": "bilinear", "library": "pillow"}}])


for _turn in (90, 180, 270):
    fault(f"turned_{_turn}", "orientation", "P010")(lambda p, rng, turn=_turn: is_picture(p) and put(p, "geometry", p["geometry"] + [{"rotate": turn}]))
for _way in ("horizontal", "vertical"):
    fault(f"flipped_{_way}", "orientation", "P010")(lambda p, rng, way=_way: is_picture(p) and put(p, "geometry", p["geometry"] + [{"flip": way}]))


@fault("wrong_dtype", "tail", "P016", "P002", "P006")
def wrong_dtype(p, rng):
    if not floating(p):
        return False
    p["range"] = []
    return put(p, "tail", [s for s in p["tail"] if "layout" in s])


@fault("cast", "tail", "P004", "P016")
def cast(p, rng):
    """Real numbers cast to the integer type."""
    return bool(p["integer"]) and put(p, "tail", [{"cast": p["integer"]}])


@fault("wrapped", "tail", "P005", "P004", "P002")
def wrapped(p, rng):
    if not is_picture(p) or p["integer"] != "int8":
        return False
    p["range"] = []
    return put(p, "tail", [{"cast": "int8"}])


@fault("unquantized_raw", "range", "P002", "P004", "P003")
def unquantized_raw(p, rng):
    """0...255 as real numbers into a right quantization: all saturates."""
    return is_picture(p) and bool(p["integer"]) and put(p, "range", [{"cast": "float32"}])


# ---------------------------------------------------------------- tables
@fault("unscaled", "range", "P014", "P002")
def unscaled(p, rng):
    return not is_picture(p) and put(p, "range", [])


@fault("swapped", "columns", "P014")
def swapped(p, rng):
    """Two columns exchanged between what the model was trained on and the rows that the app builds."""
    if is_picture(p):
        return False
    names = p["features"]
    i, j = sorted(rng.choice(len(names), 2, replace=False))
    p["features"] = [names[j] if k == i else names[i] if k == j else n for k, n in enumerate(names)]
    return True


@fault("reversed", "columns", "P014")
def reversed_columns(p, rng):
    return not is_picture(p) and put(p, "features", p["features"][::-1])


@fault("other_scaling", "range", "P014", "P002")
def other_scaling(p, rng):
    return not is_picture(p) and put(p, "range", [p["other_scaling"]])


@fault("scaled_twice", "range", "P003", "P014", "P002")
def scaled_twice(p, rng):
    return not is_picture(p) and put(p, "range", p["range"] * 2)


@fault("sorted_scaling", "range", "P014", "P002")
def sorted_scaling(p, rng):
    """Means and deviations in the order of the names, the columns not."""
    if is_picture(p):
        return False
    if not p["range"]:
        return False
    kind, step = next(iter(p["range"][0].items()))
    order = sorted(range(len(p["features"])), key=lambda k: p["features"][k])
    return put(p, "range", [{kind: {key: [v[k] for k in order] if len(v) == len(order) else v for key, v in step.items()}}])


# ---------------------------------------------------------------- output and labels
@fault("offset_up", "labels", "L001", "L003", labels_only=True)
def offset_up(p, rng):
    return p["labels"] is not None and len(p["labels"]) > 2 and put(p, "labels", ["background"] + p["labels"])


@fault("offset_down", "labels", "L001", "L003", labels_only=True)
def offset_down(p, rng):
    return p["labels"] is not None and len(p["labels"]) > 2 and put(p, "label_offset", 1)


@fault("permuted", "labels", "L002", labels_only=True)
def permuted(p, rng):
    if p["labels"] is None or len(p["labels"]) < 3:
        return False
    return put(p, "labels", [p["labels"][k] for k in rng.permutation(len(p["labels"]))])


@fault("sorted_by_length", "labels", "L002", labels_only=True)
def sorted_by_length(p, rng):
    return p["labels"] is not None and len(p["labels"]) > 2 and put(p, "labels", sorted(p["labels"], key=lambda s: (len(s), s)))


@fault("two_labels", "labels", "L002", labels_only=True)
def two_labels(p, rng):
    """A weak one: two lines of the label file exchanged."""
    if p["labels"] is None or len(p["labels"]) < 3:
        return False
    i, j = rng.choice(len(p["labels"]), 2, replace=False)
    names = list(p["labels"])
    names[i], names[j] = names[j], names[i]
    return put(p, "labels", names)


@fault("exchanged_labels", "labels", "L001", "L002", labels_only=True)
def exchanged_labels(p, rng):
    return p["labels"] is not None and len(p["labels"]) == 2 and put(p, "labels", p["labels"][::-1])


@fault("header_line", "labels", "L003", "L001", labels_only=True)
def header_line(p, rng):
    return p["labels"] is not None and len(p["labels"]) > 2 and put(p, "labels", [""] + p["labels"])


@fault("other_output", "output", "O005", labels_only=True)
def other_output(p, rng):
    return p["two"] and put(p, "tensor", 0)


@fault("arg_max_of_one", "output", "O002")
def arg_max_of_one(p, rng):
    return p["head"] == "sigmoid" and put(p, "decode", [{"argmax": {}}])


@fault("high_threshold", "output", "O003")
def high_threshold(p, rng):
    return p["head"] == "sigmoid" and put(p, "decode", p["decode"][:-1] + [{"threshold": float(rng.choice([1.0, 0.99, 127]))}])


@fault("truncated", "output", "O003")
def truncated(p, rng):
    return p["head"] == "sigmoid" and put(p, "decode", p["decode"][:-1] + [{"truncate": {}}, {"threshold": 0.5}])


@fault("not_dequantized", "output", "O001")
def not_dequantized(p, rng):
    return bool(p["integer"]) and p["head"] in ("sigmoid", "linear") and put(p, "decode", [s for s in p["decode"] if "dequantize" not in s])


@fault("viewed", "output", "O001")
def viewed(p, rng):
    return bool(p["integer"]) and p["head"] == "softmax" and put(p, "decode", [{"view": "int8" if p["integer"] == "uint8" else "uint8"}, {"argmax": {}}])
