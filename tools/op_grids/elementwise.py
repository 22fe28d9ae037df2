"""Operators that compute element by element, and reductions: every type with and without quantization, broadcasting up to six
dimensions, nothing at all, every fused activation, values at the edges."""
import os
import sys
import numpy as np
from record_ops import T, case, const, out
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from move import KINDS, NUMPY, i32, t, values  # noqa: E402

QUANTIZED = ("i8", "u8", "i16")
UNARY = {"ABS": "AbsOptions", "NEG": "NegOptions", "EXP": "ExpOptions", "LOG": None, "SQRT": None, "RSQRT": None, "SQUARE": "SquareOptions", "SIN": None, "COS": "CosOptions",
         "CEIL": None, "FLOOR": None, "ROUND": None, "SIGN": "SignOptions", "ELU": None, "RELU": None, "RELU6": None, "RELU_N1_TO_1": None, "RELU_0_TO_1": "ReLUOptions",
         "LOGISTIC": None, "TANH": None, "HARD_SWISH": "HardSwishOptions", "GELU": "GeluOptions", "LEAKY_RELU": "LeakyReluOptions", "LOG_SOFTMAX": "LogSoftmaxOptions",
         "SOFTMAX": "SoftmaxOptions", "L2_NORMALIZATION": "L2NormOptions", "ZEROS_LIKE": "ZerosLikeOptions", "LOGICAL_NOT": "LogicalNotOptions", "COMPLEX_ABS": None, "REAL": None,
         "IMAG": None, "RANK": "RankOptions", "SHAPE": "ShapeOptions"}
BINARY = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions", "MAXIMUM": "MaximumMinimumOptions", "MINIMUM": "MaximumMinimumOptions",
          "POW": "PowOptions", "SQUARED_DIFFERENCE": "SquaredDifferenceOptions", "FLOOR_DIV": "FloorDivOptions", "FLOOR_MOD": "FloorModOptions", "ATAN2": "ATan2Options",
          "EQUAL": "EqualOptions", "NOT_EQUAL": "NotEqualOptions", "LESS": "LessOptions", "LESS_EQUAL": "LessEqualOptions", "GREATER": "GreaterOptions",
          "GREATER_EQUAL": "GreaterEqualOptions", "LOGICAL_AND": "LogicalAndOptions", "LOGICAL_OR": "LogicalOrOptions", "BITWISE_XOR": "BitwiseXorOptions",
          "RIGHT_SHIFT": "RightShiftOptions", "PRELU": None}
COMPARES = ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
FUSED = ("ADD", "SUB", "MUL", "DIV")


def full(kind, n=256, seed=0):
    """All values of eight bits, a spread of others."""
    low, high = {"i8": (-128, 127), "u8": (0, 255), "i16": (-32768, 32767)}[kind]
    return np.linspace(low, high, n).round().astype(NUMPY[kind])


def fixed_output(op, k):
    return {"LOGISTIC": dict(scale=1 / 32768, zero=0) if k == "i16" else dict(scale=1 / 256, zero=-128 if k == "i8" else 0),
            "TANH": dict(scale=1 / 32768, zero=0) if k == "i16" else dict(scale=1 / 128, zero=0 if k == "i8" else 128),
            "SOFTMAX": dict(scale=1 / 32768, zero=0) if k == "i16" else dict(scale=1 / 256, zero=-128 if k == "i8" else 0),
            "LOG_SOFTMAX": dict(scale=16 / 256, zero=127 if k == "i8" else 255) if k != "i16" else dict(scale=16 / 65536, zero=32767),
            "L2_NORMALIZATION": dict(scale=1 / 128, zero=0 if k == "i8" else 128)}.get(op)


def result_kind(op, k):
    if op in ("COMPLEX_ABS", "REAL", "IMAG"):
        return {"c64": "f32", "c128": "f64"}.get(k, k)
    return "i32" if op in ("RANK", "SHAPE") else k


def table(op, fields=None, names=UNARY):
    fields = dict(fields or {})
    if op == "SOFTMAX":
        fields.setdefault("beta", 1.0)
    if op == "LEAKY_RELU":
        fields.setdefault("alpha", 0.3)
    if op == "SHAPE":
        fields.setdefault("outType", 2)
    return (names[op], fields) if names[op] else None


def unary():
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-40, -1e-40, 0.5, 1.5, 2.5, -0.5, -1.5, 3.4e38, -3.4e38, 1e-20, 88.7, 89, -104, -88], np.float32)
    for op in UNARY:
        for k in KINDS:
            yield case(op, k, [t(k, (2, 3, 4), low=-6, high=7)], [out(result_kind(op, k))], table(op))
        for r, shape in enumerate([(), (1,), (0, 3), (2, 1, 3, 2, 1, 2), (2, 1, 2, 1, 2, 1, 2), (1, 7, 5, 3), (33,)]):
            yield case(op, f"s{r}", [t("f32", shape, low=-3, high=4)], [out(result_kind(op, "f32"))], table(op))
            for k in ("i8", "i16"):
                q = fixed_output(op, k) or dict(scale=0.05, zero=0)
                yield case(op, f"{k}_s{r}", [T(values(k, shape, low=1, high=40), scale=0.04, zero=0)], [out(result_kind(op, k), **q)], table(op))
        yield case(op, "special", [T(special)], [out(result_kind(op, "f32"))], table(op))
        yield case(op, "special16", [T(special.astype(np.float16))], [out(result_kind(op, "f16"))], table(op))
        for k in QUANTIZED:
            middle = 128 if k == "u8" else 0
            grid = [(0.05, middle, 0.05, middle), (0.05, middle + 7, 0.025, middle - 50), (0.5, middle - 100, 0.01, middle + 20), (0.002, middle, 0.3, middle), (1.7, middle - 128, 1.7, middle - 128),
                    (0.0078125, middle, 0.0078125, middle)]
            if k == "i16":
                grid = [(0.001, 0, 0.0005, 0), (1 / 4096, 0, 1 / 32768, 0), (0.0003, 0, 0.001, 0), (1 / 1024, 0, 1 / 1024, 0), (0.002, 5, 0.001, -3), (8 / 32768, 0, 1 / 4096, 0)]
            for r, (a, za, b, zb) in enumerate(grid):
                x = full(k) if r else full(k).reshape(4, 64)
                if op in ("LOG", "SQRT", "RSQRT"):
                    x = x[x > za] if r else np.maximum(x, za + 1).astype(x.dtype)
                yield case(op, f"{k}_q{r}", [T(x, scale=a, zero=za)], [out(result_kind(op, k), scale=b, zero=zb)], table(op))
                if fixed := fixed_output(op, k):
                    yield case(op, f"{k}_fixed{r}", [T(x, scale=a, zero=za)], [out(k, **fixed)], table(op))
    for alpha in (-0.5, 0.0, 1.0, 1.5):
        for k in ("f32",) + QUANTIZED:
            q = {} if k == "f32" else dict(scale=0.1, zero=0 if k == "i16" else 3)
            x = values("f32", (9,)) if k == "f32" else full(k)
            yield case("LEAKY_RELU", f"{k}_a{alpha}", [T(x, **q)], [out(k, **({} if k == "f32" else dict(scale=0.07, zero=0 if k == "i16" else 9)))], table("LEAKY_RELU", {"alpha": alpha}))
    for k in ("f32", "i8", "u8", "i16"):
        for beta in (0.5, 2.0, 0.1, -1.0, 0.0):
            q = {} if k == "f32" else dict(scale=0.1, zero=0 if k == "i16" else 3)
            yield case("SOFTMAX", f"{k}_b{beta}", [T(values(k, (3, 7)), **q)], [out(k, **(fixed_output("SOFTMAX", k) if q else {}))], table("SOFTMAX", {"beta": beta}))
    yield case("SOFTMAX", "i8_i16", [T(values("i8", (3, 7)), scale=0.1, zero=3)], [out("i16", scale=1 / 65536, zero=-32768)], table("SOFTMAX"))
    yield case("SOFTMAX", "u8_i16", [T(values("u8", (3, 7)), scale=0.1, zero=3)], [out("i16", scale=1 / 65536, zero=-32768)], table("SOFTMAX"))
    for k in ("f32", "i8", "u8"):
        q = {} if k == "f32" else dict(scale=0.03, zero=3)
        x = values("f32", (64,)) if k == "f32" else full(k)
        yield case("GELU", f"{k}_approximate", [T(x, **q)], [out(k, **q)], table("GELU", {"approximate": True}))
    for k in ("i32", "i64"):
        yield case("SHAPE", f"to_{k}", [t("f32", (3, 1, 2))], [out(k)], table("SHAPE", {"outType": 2 if k == "i32" else 4}))
    for r, (radius, bias, alpha, beta) in enumerate([(2, 1.0, 0.5, 0.75), (0, 1.0, 1.0, 0.5), (20, 9.0, 4.0, 0.5), (1, 0.1, 1.0, 1.0)]):
        yield case("LOCAL_RESPONSE_NORMALIZATION", f"s{r}", [t("f32", (1, 2, 3, 7), low=-2, high=3)], [out("f32")], ("LocalResponseNormalizationOptions", {"radius": radius, "bias": bias, "alpha": alpha, "beta": beta}))


PAIRS = [((2, 3, 4), (2, 3, 4)), ((), (3,)), ((1, 3), (2, 1)), ((2, 3, 1, 2), (3, 4, 1)), ((2, 1, 3, 2, 2), (1, 2, 3, 1, 2)), ((2, 2, 1, 2, 1, 3), (2, 1, 2, 1, 3, 3)), ((0, 3), (3,)), ((1,), (0,)),
         ((), ()), ((5,), (1,)), ((2, 2, 1, 2, 1, 3, 1), (2,)), ((2, 3), (3, 2)), ((1, 1, 1, 17), (2, 3, 3, 17))]


def pair(op, k, a, b):
    second = dict(low=1, high=6) if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD", "RIGHT_SHIFT", "POW") else {}
    return t(k, a, seed=2, low=-6 if op == "POW" else -50, high=6 if op == "POW" else 50), t(k, b, seed=1, **second)


def binary():
    special = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -2.5, 7.0, 3.4e38, -1e-40], np.float32)
    for op, name in BINARY.items():
        res = lambda k: "bool" if op in COMPARES else k
        opt = (name, {}) if name else None
        for k in KINDS:
            yield case(op, k, [*pair(op, k, (2, 3), (2, 3))], [out(res(k))], opt)
            yield case(op, k + "_b", [*pair(op, k, (2, 1, 3), (4, 1))], [out(res(k))], opt)
            yield case(op, k + "_b5", [*pair(op, k, (2, 1, 3, 1, 2), (1, 2, 1, 3, 1))], [out(res(k))], opt)
            yield case(op, k + "_scalar", [*pair(op, k, (2, 3), ())], [out(res(k))], opt)
        for r, (a, b) in enumerate(PAIRS):
            for k in ("f32", "i32", "bool") if op.startswith("LOGICAL") else ("f32", "i32"):
                yield case(op, f"{k}_s{r}", [*pair(op, k, a, b)], [out(res(k))], opt)
        yield case(op, "special", [T(special.reshape(-1, 1)), T(special)], [out(res("f32"))], opt)
        for k in ("i8", "i16", "i32", "i64"):
            if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
                v = np.array([-7, 7, -8, 8, 1, 0], NUMPY[k])
                yield case(op, k + "_signs", [T(v.reshape(-1, 1)), T(np.array([2, -2, 3, -3, 1], NUMPY[k]))], [out(res(k))], opt)
            info = np.iinfo(NUMPY[k])
            if op in ("ADD", "SUB", "MUL", "SQUARED_DIFFERENCE", "MAXIMUM", "EQUAL", "LESS"):
                v = np.array([info.min, info.max, -1, 0, 1, 100], NUMPY[k])
                yield case(op, k + "_edges", [T(v.reshape(-1, 1)), T(v)], [out(res(k))], opt)
        if op == "RIGHT_SHIFT":
            for k in ("i8", "u8", "i16", "u16", "i32", "u32"):
                v = np.array([-128, 127, -1, 5] if k[0] == "i" else [255, 128, 1, 5]).astype(NUMPY[k])
                yield case(op, k + "_far", [T(v.reshape(-1, 1)), T(np.array([0, 1, 7, 8, 31, 40, 100]).astype(NUMPY[k]))], [out(k)], opt)
        for k in QUANTIZED:
            z = 128 if k == "u8" else 0
            grid = [(0.1, z, 0.1, z, 0.2, z), (0.05, z + 5, 0.2, z - 9, 0.15, z + 30), (1.0, z, 0.001, z, 0.7, z), (0.5, z - 20, 0.5, z - 20, 0.5, z - 20)]
            if k == "i16":
                grid = [(1 / 1024, 0, 1 / 2048, 0, 1 / 512, 0), (0.001, 0, 0.0007, 0, 0.0013, 0), (1 / 32768, 0, 1 / 4096, 0, 1 / 4096, 0), (0.001, 3, 0.001, 3, 0.001, 3), (0.5, 0, 0.5, 0, 0.5, 0)]
            for r, (sa, za, sb, zb, so, zo) in enumerate(grid):
                x, y = full(k, 64, 0).reshape(-1, 1), full(k, 33, 0)
                if op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
                    y = y[y != zb]
                outs = [out("bool")] if op in COMPARES else [out(k, scale=so, zero=zo)]
                if op == "PRELU":
                    x, y = x.reshape(1, 1, 2, 32), y[:32].reshape(1, 1, 32)
                for a in ((0, 1, 2, 3, 4, 5) if op in FUSED else (0,)):
                    for pot in ((True, False) if k == "i16" and op in ("ADD", "SUB") else (True,)):
                        fields = {} if op not in FUSED else {"fusedActivationFunction": a}
                        if op in ("ADD", "SUB"):
                            fields["potScaleInt16"] = pot
                        yield case(op, f"{k}_q{r}_a{a}_{int(pot)}", [T(x, scale=sa, zero=za), T(y, scale=sb, zero=zb)], outs, (name, fields) if name else None)
                same = x[:33, 0] if op != "PRELU" else x
                yield case(op, f"{k}_q{r}_same", [T(same, scale=sa, zero=za), T(same[::-1].copy(), scale=sb, zero=zb)], outs, opt)
                yield case(op, f"{k}_q{r}_b6", [T(full(k, 12).reshape(2, 1, 1, 2, 1, 3), scale=sa, zero=za), T(full(k, 8).reshape(2, 1, 2, 2, 1), scale=sb, zero=zb)], outs, opt)
        if op in FUSED:
            for a in range(6):
                for k in ("f32", "i32", "i64", "i16", "f16", "u32", "i8"):
                    yield case(op, f"{k}_a{a}", [t(k, (7, 1), low=-3, high=9, seed=3), t(k, (5,), low=1, high=4)], [out(k)], (name, {"fusedActivationFunction": a}))
                    yield case(op, f"{k}_a{a}_same", [t(k, (7,), low=-3, high=9, seed=3), t(k, (7,), low=1, high=4)], [out(k)], (name, {"fusedActivationFunction": a}))
    for k in ("f32", "i32", "c64"):
        yield case("MUL", k + "_c", [t(k, (2, 3)), t(k, (3,))], [out(k)], ("MulOptions", {}))
    for k in ("f32", "i32", "i64", "i16", "i8", "f64"):
        for n in (1, 2, 4):
            yield case("ADD_N", f"{k}_{n}", [t(k, (2, 3), seed=s) for s in range(n)], [out(k)], ("AddNOptions", {}))


AXES = [((2, 3, 4), (1,)), ((2, 3, 4), (-1,)), ((2, 3, 4), (0, 2)), ((2, 3, 4), ()), ((2, 3, 4), (0, 1, 2)), ((2, 5, 4, 3), (1, 2)), ((2, 5, 4, 3), (2, 1)), ((2, 5, 4, 3), (0, 3)), ((2, 2, 2, 2, 3), (1, 3)),
        ((2, 2, 1, 2, 2, 3), (0, -1)), ((0, 3), (0,)), ((0, 3), (1,)), ((3,), (0,)), ((), ()), ((2, 3), (1, 1)), ((2, 3, 4), (-3, 1)), ((1, 9, 1), (1,)), ((2, 0, 3), (1,)), ((2, 2, 2, 2, 2, 2, 2), (1, 3, 5))]
REDUCE = ("SUM", "MEAN", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL")


def reductions():
    for op in REDUCE:
        for k in KINDS:
            for keep in (False, True):
                yield case(op, f"{k}_{int(keep)}", [t(k, (2, 3, 4), low=-3, high=4), const(i32(1))], [out(k)], ("ReducerOptions", {"keepDims": keep}))
            yield case(op, f"{k}_two", [t(k, (2, 3, 4, 2), low=-3, high=4), const(i32(1, 2))], [out(k)], ("ReducerOptions", {"keepDims": False}))
        kinds = ("bool",) if op in ("REDUCE_ANY", "REDUCE_ALL") else ("f32", "i32", "i8", "i16", "i64", "u8")
        for r, (shape, axes) in enumerate(AXES):
            for k in kinds:
                q = dict(scale=0.05, zero=0 if k == "i16" else 3) if k in QUANTIZED else {}
                p = (dict(scale=0.08, zero=0 if k == "i16" else -7 if k == "i8" else 9) if op in ("SUM", "MEAN", "REDUCE_PROD") else q) if q else {}
                for keep in (False, True):
                    v = T(values(k, shape, low=-20 if k[0] == "i" else 0, high=20), **q)
                    yield case(op, f"{k}_s{r}_{int(keep)}", [v, const(i32(*axes))], [out(k, **p)], ("ReducerOptions", {"keepDims": keep}))
                    yield case(op, f"{k}_d{r}_{int(keep)}", [v, T(i32(*axes))], [out(k, **p)], ("ReducerOptions", {"keepDims": keep}))
                    if q and p != q:
                        yield case(op, f"{k}_e{r}_{int(keep)}", [v, const(i32(*axes))], [out(k, **q)], ("ReducerOptions", {"keepDims": keep}))
        yield case(op, "axis0d", [t("bool" if op in ("REDUCE_ANY", "REDUCE_ALL") else "f32", (2, 3)), const(np.array(1, np.int32))], [out("bool" if op in ("REDUCE_ANY", "REDUCE_ALL") else "f32")], ("ReducerOptions", {}))
        yield case(op, "axis64", [t("bool" if op in ("REDUCE_ANY", "REDUCE_ALL") else "f32", (2, 3)), const(np.array([1], np.int64))], [out("bool" if op in ("REDUCE_ANY", "REDUCE_ALL") else "f32")], ("ReducerOptions", {}))
        for k in QUANTIZED:
            for r, shape in enumerate([(2, 7, 7, 5), (1, 3, 3, 40), (3, 50)]):
                x = full(k, int(np.prod(shape))).reshape(shape)
                for j, (so, zo) in enumerate([(0.1, 0), (0.03, 12), (0.9, 0)]):
                    zero = 0 if k == "i16" else zo
                    yield case(op, f"{k}_full{r}_{j}", [T(x, scale=0.1, zero=0 if k == "i16" else 4), const(i32(1, 2) if len(shape) == 4 else i32(1))], [out(k, scale=so, zero=zero)], ("ReducerOptions", {"keepDims": bool(j)}))
    for op in ("ARG_MAX", "ARG_MIN"):
        for k in KINDS:
            for o in ("i32", "i64"):
                for axis in (0, 1, -1):
                    yield case(op, f"{k}_{o}_{axis}", [t(k, (3, 4, 2), low=-3, high=4), const(np.array(axis, np.int32))], [out(o)], (op.title().replace("_", "") + "Options", {"outputType": 2 if o == "i32" else 4}))
        yield case(op, "axis64", [t("f32", (3, 4)), const(np.array([1], np.int64))], [out("i32")], (op.title().replace("_", "") + "Options", {"outputType": 2}))
        yield case(op, "dyn", [t("f32", (3, 4)), T(np.array([1], np.int32))], [out("i32")], (op.title().replace("_", "") + "Options", {"outputType": 2}))
        yield case(op, "nan", [T(np.array([[np.nan, 1, 2], [2, np.nan, 1], [np.inf, 1, np.nan]], np.float32)), const(i32(1))], [out("i32")], (op.title().replace("_", "") + "Options", {"outputType": 2}))
        yield case(op, "none", [t("f32", (0, 4)), const(i32(1))], [out("i32")], (op.title().replace("_", "") + "Options", {"outputType": 2}))


def conversions():
    for a in KINDS + ("i4",):
        for b in KINDS:
            if a == "str" or b == "str":
                continue
            v = values("i8", (2, 4), low=-8, high=8) if a == "i4" else t(a, (2, 4), low=-90, high=90).value
            yield case("CAST", f"{a}_{b}", [const(v, ) if a != "i4" else T(v, dtype="i4", const=True)] if a == "i4" else [T(v)], [out(b)], None, 6)
            yield case("CAST", f"{a}_{b}_options", [T(v)] if a != "i4" else [T(v, dtype="i4", const=True)], [out(b)], ("CastOptions", {}), 1)
    edge = np.array([np.nan, np.inf, -np.inf, 3e9, -3e9, 1e19, -1e19, 127.5, -128.5, 255.9, -0.9, 65535.5, 0.5], np.float32)
    for b in KINDS:
        if b != "str":
            yield case("CAST", f"edge_{b}", [T(edge)], [out(b)])
            yield case("CAST", f"edge16_{b}", [T(edge.astype(np.float16))], [out(b)])
            yield case("CAST", f"edge64_{b}", [T(edge.astype(np.float64))], [out(b)])
    for a in ("f32", "f16", "f64", "i32", "i64") + QUANTIZED:
        for b in QUANTIZED + ("i32", "f32", "i4"):
            for r, (sa, za, sb, zb) in enumerate([(0.1, 3, 0.2, -5), (0.5, 0, 0.5, 0), (0.1, 3, 0.1, -125), (1 / 128, 0, 0.03, 10)]):
                zero = lambda k, z: 0 if k in ("i16", "i32") else abs(z) if k == "u8" else z
                v = values(a, (4, 5)) if a in ("f32", "f16", "f64") else full(a, 60) if a in QUANTIZED else values(a, (4, 5), low=-3000, high=3000)
                qa = {} if a[0] == "f" else dict(scale=sa, zero=zero(a, za))
                yield case("QUANTIZE", f"{a}_{b}_{r}", [T(v / 20 if a[0] == "f" else v, dtype=a, **qa) if a != "f64" else T(v, **qa)], [out(b, scale=sb, zero=zero(b, zb))], ("QuantizeOptions", {}))
                if a in QUANTIZED and r == 0:
                    yield case("DEQUANTIZE", f"{a}_{b}", [T(v, **qa)], [out(b)], ("DequantizeOptions", {}))
    for k, extra in (("i8", {}), ("i4", {}), ("f16", {}), ("u8", {}), ("i32", {}), ("i16", {})):
        v = values("i8", (3, 4), low=-8, high=8) if k == "i4" else values(k, (3, 4), low=-90, high=90)
        for axis in (0, 1):
            q = dict(scale=np.linspace(0.1, 0.4, v.shape[axis]).astype(np.float32), zero=np.arange(v.shape[axis]) if k in ("i8", "u8") else 0, axis=axis) if k != "f16" else {}
            for c in (True, False):
                if not (k == "i4" and not c):
                    yield case("DEQUANTIZE", f"{k}_axis{axis}_{int(c)}", [T(v, dtype=k, const=c, **q)], [out("f32")], ("DequantizeOptions", {}))
    for b in ("i8", "i16", "u8"):
        for axis in (0, 1):
            n = (3, 4)[axis]
            yield case("QUANTIZE", f"{b}_axis{axis}", [t("f32", (3, 4), low=-9, high=9)], [out(b, scale=np.linspace(0.1, 0.4, n).astype(np.float32), zero=np.arange(n) if b != "i16" else np.zeros(n), axis=axis)], ("QuantizeOptions", {}))
    for r, (low, high, bits, narrow) in enumerate([(-1, 1, 8, False), (-6, 3, 8, True), (0, 6, 4, False), (-10, 10, 16, False), (0.5, 3, 8, False), (-3, -1, 8, False), (-0.1, 5, 2, True)]):
        yield case("FAKE_QUANT", f"s{r}", [T(np.linspace(-8, 8, 65).astype(np.float32))], [out("f32")], ("FakeQuantOptions", {"min": low, "max": high, "numBits": bits, "narrowRange": narrow}))


def choosing():
    for op in ("SELECT", "SELECT_V2", "WHERE"):
        for k in KINDS:
            if op == "WHERE":
                yield case(op, k, [t(k, (3, 4), low=-1, high=2)], [out("i64")])
                continue
            o = (op.title().replace("_", "") + "Options", {})
            yield case(op, k, [t("bool", (2, 3)), t(k, (2, 3)), t(k, (2, 3), seed=1)], [out(k)], o)
            yield case(op, k + "_b", [t("bool", (2, 1)), t(k, (2, 3)), t(k, (2, 3), seed=1)], [out(k)], o)
            yield case(op, k + "_row", [t("bool", (2,)), t(k, (2, 3)), t(k, (2, 3), seed=1)], [out(k)], o)
            for r, (c, a, b) in enumerate([((), (2, 3), (2, 3)), ((2, 1, 3), (1, 4, 1), (3,)), ((1,), (3,), (3,)), ((2, 1, 1, 2, 1), (1, 2, 1, 1, 2), (2, 1, 1)), ((0,), (0,), (0,)), ((2, 3), (), ())]):
                if k in ("f32", "i8", "bool", "str", "i16"):
                    yield case(op, f"{k}_s{r}", [t("bool", c), t(k, a), t(k, b, seed=1)], [out(k)], o)
    for r, shape in enumerate([(), (1,), (0, 3), (2, 2, 2, 2), (2, 1, 2, 1, 3), (2, 2, 1, 2, 1, 3)]):
        yield case("WHERE", f"s{r}", [t("bool", shape)], [out("i64")])


def cases():
    for make in (unary, binary, reductions, conversions, choosing):
        yield from make()
