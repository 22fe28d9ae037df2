"""What the other grids leave out: every pair of types of CAST and BITCAST, products to int32, tables, requantization, functions of
int16, the basic LSTM in uint8, and scales that are powers of two, where the ways of rounding part at ties."""
import os
import sys
import numpy as np
import record_ops
from record_ops import T, TYPES, case, const, out
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from move import NUMPY, values  # noqa: E402

KINDS = ("f32", "f16", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "bool", "c64")


def number(kind):
    return getattr(record_ops.schema.TensorType, TYPES[kind][0])


def casts():
    special = [0.5, 1.5, -0.5, -1.5, 127.5, -128.5, 255.5, 300, -300, 40000, -40000, 65535, 0.0, -0.0, 2.5, 99999]
    for a in KINDS:
        for b in KINDS:
            options = ("CastOptions", dict(inDataType=number(a), outDataType=number(b)))
            yield case("CAST", f"{a}_{b}", [T(values(a, (3, 7), seed=3))], [out(b)], options)
            if a in ("f32", "f16", "f64"):
                yield case("CAST", f"{a}_{b}_special", [T(np.array(special, NUMPY[a]))], [out(b)], options)
            if "bool" not in (a, b):
                wide, narrow = np.dtype(NUMPY[a]).itemsize, np.dtype(NUMPY[b]).itemsize
                shape = (2, 3) if wide >= narrow else (2, 3, narrow // wide)
                yield case("BITCAST", f"{a}_{b}", [T(values(a, shape))], [out(b)], ("BitcastOptions", {}))


def products():
    r = np.random.default_rng(0)
    byte = lambda shape, **q: T(r.integers(-128, 128, shape).astype(np.int8), **q)
    for a, b, x, y in (((2, 3, 4), (2, 4, 5), 0, 0), ((2, 4, 3), (2, 4, 5), 1, 0), ((2, 3, 4), (2, 5, 4), 0, 1), ((5, 1, 2, 3), (1, 4, 3, 2), 0, 0)):
        for zero in (0, 5):
            args = [byte(a, scale=0.05, zero=zero), byte(b, scale=0.03, zero=-zero)]
            yield case("BATCH_MATMUL", f"to_i32_{x}{y}_{len(a)}_{zero}", args, [out("i32")], ("BatchMatMulOptions", dict(adjX=bool(x), adjY=bool(y))), 4)
    inputs = np.array([[a, b] for a in range(-40, 40) for b in range(-5, 6)])
    for kind, zero in (("i8", 0), ("u8", 128), ("i16", 0)):
        for scale in (1.0, 2.0, 0.61, 25.0):
            for bias in (None, np.int32, np.int64) if kind == "i16" else (None, np.int32):
                weights = const((np.array([[1, 7]]) + zero).astype(np.uint8 if zero else np.int8), scale=0.5, zero=zero)
                args = [T((inputs + zero).astype(NUMPY[kind]), scale=0.5, zero=zero), weights]
                if bias:
                    args.append(const(np.array([3], bias), scale=0.25, zero=0))
                yield case("FULLY_CONNECTED", f"ties_{kind}_{scale}_{bias.__name__ if bias else 'none'}", args, [out(kind, scale=scale, zero=zero)], ("FullyConnectedOptions", {}), 4)


def tables():
    r = np.random.default_rng(1)
    for per_row in (False, True):
        for zero in (0, 3):
            table = T(r.integers(-128, 128, (6, 4)).astype(np.int8), const=True, scale=np.linspace(0.01, 0.05, 6) if per_row else 0.02, zero=zero)
            yield case("EMBEDDING_LOOKUP", f"i8_{int(per_row)}_{zero}", [T(np.array([0, 5, 2], np.int32)), table], [out("f32")], None, 4)
    for a, b, scale, zero, to, at in (("i16", "i8", 0.001, 0, 0.1, 3), ("i8", "u8", 0.05, 4, 0.05, 132), ("u8", "i8", 0.05, 130, 0.02, 2), ("i32", "u8", 0.001, 0, 0.1, 4)):
        low, high = {"i8": (-128, 128), "u8": (0, 256), "i16": (-32768, 32768), "i32": (-200000, 200000)}[a]
        v = np.arange(low, high, max(1, (high - low) // 997)).astype(NUMPY[a])
        yield case("QUANTIZE", f"{a}_{b}", [T(v, scale=scale, zero=zero)], [out(b, scale=to, zero=at)], ("QuantizeOptions", {}), 3)
    v = np.arange(-32768, 32768, 37).astype(np.int16)
    for scale in (1 / 4096, 0.0003, 0.00005):
        for op, options in (("EXP", ("ExpOptions", {})), ("LOG", None), ("GELU", ("GeluOptions", dict(approximate=False))), ("SQRT", None), ("RSQRT", None)):
            yield case(op, f"i16_{scale}", [T(v, scale=scale, zero=0)], [out("i16", scale=0.001, zero=0)], options, 2)
        for op in ("LOGISTIC", "TANH"):
            yield case(op, f"i16_{scale}", [T(v, scale=scale, zero=0)], [out("i16", scale=1 / 32768, zero=0)], None, 3)


def lstms():
    r = np.random.default_rng(2)
    value, state = dict(scale=1 / 128, zero=128), dict(scale=1 / 2048, zero=0)
    for batch, width, units in ((1, 3, 4), (2, 5, 4), (1, 8, 16)):
        for scale, zero in ((0.01, 110), (0.02, 124), (0.025, 131)):
            byte = lambda *shape: r.integers(0, 256, shape).astype(np.uint8)
            args = [T(byte(batch, width), **value), T(byte(batch, units), **value), const(byte(4 * units, width + units), scale=scale, zero=zero),
                    const(r.integers(-5000, 5000, 4 * units).astype(np.int32), scale=scale / 128, zero=0), T(r.integers(-9000, 9000, (batch, units)).astype(np.int16), **state)]
            results = [out("u8", **value), out("i16", **state), out("u8", **value), out("i16", scale=1 / 4096, zero=0)]
            yield case("LSTM", f"u8_{batch}_{width}_{units}_{scale}", args, results, ("LSTMOptions", dict(kernelType=1, fusedActivationFunction=4)), 2)


def cases():
    for make in (casts, products, tables, lstms):
        yield from make()
