"""Operators with weights and windows: float, quantized, hybrid and packed weights, biases of both widths, strides, dilation, paddings,
every fused activation; recurrent layers; selection of boxes among tied scores."""
import os
import sys
import numpy as np
from record_ops import T, case, const, out
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from move import i32, t, values  # noqa: E402

ZERO = {"i8": 5, "u8": 121, "i16": 0}
OUT = {"i8": -9, "u8": 100, "i16": 0}
WEIGHT = {"i8": "i8", "u8": "u8", "i16": "i8"}


def activations(kind, shape, seed=0):
    r = np.random.default_rng(seed)
    if kind == "f32":
        return T(r.uniform(-2, 2, shape).astype(np.float32))
    low, high = {"i8": (-128, 128), "u8": (0, 256), "i16": (-32768, 32768)}[kind]
    v = r.integers(low, high, shape).astype({"i8": np.int8, "u8": np.uint8, "i16": np.int16}[kind])
    return T(v, scale=0.02 if kind != "i16" else 0.0003, zero=ZERO[kind])


def weights(kind, shape, axis=None, seed=1):
    """`axis`: one scale for each channel along it."""
    r = np.random.default_rng(seed)
    if kind in ("f32", "f16"):
        return const(r.uniform(-1, 1, shape).astype(np.float32 if kind == "f32" else np.float16))
    low, high = {"i8": (-127, 128), "u8": (0, 256), "i4": (-7, 8)}[kind]
    v = r.integers(low, high, shape).astype(np.uint8 if kind == "u8" else np.int8)
    scale = 0.01 if axis is None else np.linspace(0.005, 0.02, shape[axis]).astype(np.float32)
    return T(v, dtype=kind, const=True, scale=scale, zero=130 if kind == "u8" else 0, axis=axis or 0)


def bias(kind, n, source, filters, wide=False):
    r = np.random.default_rng(2)
    if kind == "f32":
        return const(r.uniform(-1, 1, n).astype(np.float32))
    scale = np.broadcast_to(np.asarray(source.scale * np.asarray(filters.scale), np.float32), (n,)) if np.ndim(filters.scale) else source.scale * filters.scale
    return T(r.integers(-9000, 9000, n).astype(np.int64 if wide else np.int32), const=True, scale=scale, zero=0)


def result(kind):
    return out(kind) if kind == "f32" else out(kind, scale=0.07 if kind != "i16" else 0.0009, zero=OUT[kind])


CONVOLUTIONS = [((1, 5, 5, 3), (3, 3), (1, 1), (1, 1), 0), ((2, 7, 6, 4), (3, 2), (2, 2), (1, 1), 1), ((1, 9, 8, 2), (3, 3), (1, 1), (2, 3), 0), ((1, 4, 4, 8), (1, 1), (1, 1), (1, 1), 1),
                ((1, 6, 11, 1), (4, 5), (3, 2), (1, 1), 0), ((1, 2, 2, 3), (5, 5), (1, 1), (1, 1), 0), ((3, 1, 9, 5), (1, 4), (1, 2), (1, 1), 1), ((1, 8, 8, 2), (2, 2), (1, 1), (3, 2), 1)]
SORTS = [("f32", "f32", False, False), ("i8", "i8", True, False), ("i8", "i8", False, False), ("u8", "u8", False, False), ("i16", "i8", True, False), ("i16", "i8", True, True), ("i16", "i8", False, True),
         ("f32", "i8", True, False), ("f32", "i8", False, False), ("i8", "i4", True, False), ("f32", "i4", True, False), ("f32", "f16", False, False)]


def convolutions():
    for r, (shape, size, stride, dilation, padding) in enumerate(CONVOLUTIONS):
        for a, w, channels, wide in SORTS:
            for act in range(6) if r in (0, 1) else (0, 1):
                name = f"{a}x{w}_{int(channels)}{int(wide)}_s{r}_a{act}"
                x = activations(a, shape)
                n, c = 4, shape[3]
                f = weights(w, (n, *size, c), 0 if channels else None)
                hybrid = a == "f32"
                fields = dict(padding=padding, strideH=stride[0], strideW=stride[1], dilationHFactor=dilation[0], dilationWFactor=dilation[1], fusedActivationFunction=act)
                yield case("CONV_2D", name, [x, f, bias("f32" if hybrid else a, n, x, f, wide)], [result(a)], ("Conv2DOptions", fields), 8)
                if c % 2 == 0:
                    g = weights(w, (n, *size, c // 2), 0 if channels else None)
                    yield case("CONV_2D", name + "_groups", [x, g, bias("f32" if hybrid else a, n, x, g, wide)], [result(a)], ("Conv2DOptions", fields), 8)
                for multiplier in (1, 2):
                    d = weights(w, (1, *size, c * multiplier), 3 if channels else None)
                    for b in (True, False):
                        yield case("DEPTHWISE_CONV_2D", f"{name}_m{multiplier}_{int(b)}", [x, d, bias("f32" if hybrid else a, c * multiplier, x, d, wide) if b else None][:3 if b else 2], [result(a)],
                                   ("DepthwiseConv2DOptions", dict(fields, depthMultiplier=multiplier)), 7)
                if dilation == (1, 1):
                    high, wideness = [(s - 1) * k + m if padding else s * k for s, k, m in zip(shape[1:3], stride, size)]
                    for b in (True, False):
                        yield case("TRANSPOSE_CONV", f"{name}_{int(b)}", [const(i32(shape[0], high, wideness, n)), weights(w, (n, *size, c), 0 if channels else None), x] + ([bias("f32" if hybrid else a, n, x, f, wide)] if b else []),
                                   [result(a)], ("TransposeConvOptions", {k: v for k, v in fields.items() if "dilation" not in k}), 5)
    for r, (shape, size, stride, dilation) in enumerate([((1, 3, 4, 5, 2), (2, 2, 3), (1, 1, 1), (1, 1, 1)), ((2, 4, 4, 4, 1), (2, 3, 2), (2, 1, 2), (1, 1, 1)), ((1, 5, 5, 6, 2), (2, 2, 2), (1, 1, 1), (2, 1, 2))]):
        for padding in (0, 1):
            for act in range(6):
                fields = dict(padding=padding, strideD=stride[0], strideH=stride[1], strideW=stride[2], dilationDFactor=dilation[0], dilationHFactor=dilation[1], dilationWFactor=dilation[2], fusedActivationFunction=act)
                for b in (True, False):
                    yield case("CONV_3D", f"s{r}_{padding}_{act}_{int(b)}", [activations("f32", shape), weights("f32", (*size, shape[4], 3))] + ([bias("f32", 3, None, None)] if b else []), [out("f32")], ("Conv3DOptions", fields))
                    to = [shape[0], *[(s - 1) * k + m if padding else s * k for s, k, m in zip(shape[1:4], stride, size)], 3]
                    yield case("CONV_3D_TRANSPOSE", f"s{r}_{padding}_{act}_{int(b)}", [const(i32(*to)), weights("f32", (*size, 3, shape[4])), activations("f32", shape)] + ([bias("f32", 3, None, None)] if b else []), [out("f32")], ("Conv3DOptions", fields))


def products():
    for a, w, channels, wide in SORTS:
        for r, (shape, n) in enumerate([((2, 7), 5), ((3, 2, 8), 4), ((1, 1, 4, 6), 3), ((5,), 2), ((1, 33), 17), ((0, 4), 3)]):
            for act in range(6) if r < 2 else (0, 1):
                for keep in (False, True):
                    for b in (True, False):
                        for asymmetric in (False, True) if a == "f32" and w in ("i8", "i4") else (False,):
                            x = activations(a, shape)
                            f = weights(w, (n, shape[-1]), 0 if channels else None)
                            yield case("FULLY_CONNECTED", f"{a}x{w}_{int(channels)}{int(wide)}_s{r}_a{act}_{int(keep)}{int(b)}{int(asymmetric)}", [x, f] + ([bias("f32" if a == "f32" else a, n, x, f, wide)] if b else []), [result(a)],
                                       ("FullyConnectedOptions", dict(fusedActivationFunction=act, keepNumDims=keep, asymmetricQuantizeInputs=asymmetric)), 13)
    for a in ("f32", "i8", "i16", "u8"):
        for r, (x, y) in enumerate([((2, 3, 4), (2, 4, 5)), ((3, 4), (4, 2)), ((2, 1, 3, 4), (3, 4, 2)), ((1, 2, 2, 3, 4), (2, 1, 1, 4, 5)), ((4, 5), (3, 5, 2)), ((2, 0, 4), (2, 4, 3)), ((5,), (5, 3))]):
            for ax in (False, True):
                for ay in (False, True):
                    u, v = list(x), list(y)
                    if ax and len(u) > 1:
                        u[-1], u[-2] = u[-2], u[-1]
                    if ay:
                        v[-1], v[-2] = v[-2], v[-1]
                    for fixed in (False, True):
                        right = activations(a, v, 3)
                        right.const = fixed
                        yield case("BATCH_MATMUL", f"{a}_s{r}_{int(ax)}{int(ay)}{int(fixed)}", [activations(a, u), right], [result(a)], ("BatchMatMulOptions", {"adjX": ax, "adjY": ay}), 4)
                        if a == "f32" and fixed:
                            for asymmetric in (False, True):
                                q = weights("i8", v)
                                yield case("BATCH_MATMUL", f"hybrid_s{r}_{int(ax)}{int(ay)}{int(asymmetric)}", [activations(a, u), q], [out("f32")], ("BatchMatMulOptions", {"adjX": ax, "adjY": ay, "asymmetricQuantizeInputs": asymmetric}), 4)


def windows():
    for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        for a in ("f32", "i8", "u8", "i16"):
            for r, (shape, size, stride) in enumerate([((1, 6, 6, 2), (2, 2), (2, 2)), ((2, 5, 7, 3), (3, 3), (1, 1)), ((1, 5, 5, 1), (3, 2), (2, 3)), ((1, 3, 3, 17), (5, 5), (1, 1)), ((1, 1, 9, 2), (1, 4), (1, 3)), ((1, 16, 16, 1), (16, 16), (1, 1))]):
                for padding in (0, 1):
                    for act in range(6):
                        x = activations(a, shape)
                        yield case(op, f"{a}_s{r}_{padding}_{act}", [x], [out(a) if a == "f32" else out(a, scale=x.scale, zero=x.zero)],
                                   ("Pool2DOptions", dict(padding=padding, strideH=stride[0], strideW=stride[1], filterHeight=size[0], filterWidth=size[1], fusedActivationFunction=act)), 3)
    for op, table in (("RESIZE_BILINEAR", "ResizeBilinearOptions"), ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")):
        for a in ("f32", "i8", "u8", "i16"):
            for r, (shape, to) in enumerate([((1, 2, 3, 2), (5, 7)), ((2, 7, 5, 1), (3, 2)), ((1, 4, 4, 3), (4, 4)), ((1, 1, 1, 2), (3, 3)), ((1, 5, 6, 1), (1, 1)), ((1, 3, 3, 1), (6, 12))]):
                for corners, centres in ((0, 0), (1, 0), (0, 1)):
                    x = activations(a, shape)
                    for w in (const, T):
                        yield case(op, f"{a}_s{r}_{corners}{centres}_{w.__name__}", [x, w(i32(*to))], [out(a) if a == "f32" else out(a, scale=x.scale, zero=x.zero)], (table, dict(alignCorners=bool(corners), halfPixelCenters=bool(centres))), 4)


def recurrent():
    for batch, width, units, rank, memory in ((1, 3, 4, 1, 5), (2, 4, 3, 2, 4), (2, 2, 2, 1, 10)):
        n = units * rank
        for act in (0, 1, 3, 4):
            for b in (True, False):
                for asymmetric in (False, True):
                    for w in ("f32", "i8"):
                        if asymmetric and w == "f32":
                            continue
                        state = T(np.zeros((batch, memory * n), np.float32), variable=True)
                        yield case("SVDF", f"f32x{w}_{batch}{units}{rank}_a{act}_{int(b)}{int(asymmetric)}", [activations("f32", (batch, width)), weights(w, (n, width)), weights(w, (n, memory), seed=4), bias("f32", units, None, None) if b else None, state], [out("f32")],
                                   ("SVDFOptions", dict(rank=rank, fusedActivationFunction=act, asymmetricQuantizeInputs=asymmetric)), 4)
                for k in ("i16", "i8"):
                    r = np.random.default_rng(9)
                    x = activations("i8", (batch, width))
                    f = weights("i8", (n, width))
                    time = T(r.integers(-127 if k == "i8" else -30000, 127 if k == "i8" else 30000, (n, memory)).astype(np.int8 if k == "i8" else np.int16), const=True, scale=0.01 if k == "i8" else 1 / 32768, zero=0)
                    state = T(np.zeros((batch, memory * n), np.int8 if k == "i8" else np.int16), variable=True, scale=0.05 if k == "i8" else 1 / 1024, zero=0)
                    beta = T(r.integers(-900, 900, units).astype(np.int32), const=True, scale=state.scale * time.scale, zero=0)
                    yield case("SVDF", f"i8x{k}_{batch}{units}{rank}_a{act}_{int(b)}", [x, f, time, beta if b else None, state], [out("i8", scale=0.05, zero=-7)], ("SVDFOptions", dict(rank=rank, fusedActivationFunction=act)), 4)
    for time_major in (False, True):
        for act in (0, 1, 2, 3, 4, 5):
            for w in ("f32", "i8"):
                for asymmetric in (False, True):
                    shape = (3, 2, 4) if time_major else (2, 3, 4)
                    args = [activations("f32", shape), weights(w, (5, 4)), weights(w, (5, 5), seed=5), bias("f32", 5, None, None), T(np.zeros((2, 5), np.float32), variable=True)]
                    yield case("UNIDIRECTIONAL_SEQUENCE_RNN", f"{w}_{int(time_major)}_a{act}_{int(asymmetric)}", args, [out("f32")], ("SequenceRNNOptions", dict(timeMajor=time_major, fusedActivationFunction=act, asymmetricQuantizeInputs=asymmetric)), 3)
                    if not time_major:
                        args = [activations("f32", (2, 4)), *args[1:]]
                        yield case("RNN", f"{w}_a{act}_{int(asymmetric)}", args, [out("f32")], ("RNNOptions", dict(fusedActivationFunction=act, asymmetricQuantizeInputs=asymmetric)), 3)


def lstms():
    """Every combination of the optional parts of a sequence LSTM, floats and hybrid."""
    batch, width, units, steps = 2, 3, 4, 3
    for cifg in (False, True):
        for peephole in (False, True):
            for project in (0, 1, 2):  # no projection, without and with its bias
                for norm in (False, True):
                    for w in ("f32", "i8"):
                        for act in (4, 1):
                            for clip in (0.0, 0.4):
                                heads = 3 if project else units
                                seed = iter(range(20, 60))
                                m = lambda *shape: weights(w, shape, seed=next(seed))
                                v = lambda n: weights("f32", (n,), seed=next(seed))
                                gates = [None if cifg else 1, 1, 1, 1]
                                args = [activations("f32", (batch, steps, width))] + [g and m(units, width) for g in gates] + [g and m(units, heads) for g in gates]
                                args += [(v(units) if w == "f32" else m(units)) if peephole and not (k == 0 and cifg) else None for k in range(3)]
                                args += [g and v(units) for g in gates]
                                args += [m(heads, units) if project else None, v(heads) if project == 2 else None]
                                args += [T(np.zeros((batch, heads), np.float32), variable=True), T(np.zeros((batch, units), np.float32), variable=True)]
                                args += [(g and v(units)) if norm else None for g in gates]
                                for op, table in (("UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions"), ("LSTM", "LSTMOptions")):
                                    first = args[0] if op[0] == "U" else activations("f32", (batch, width))
                                    yield case(op, f"{w}_{int(cifg)}{int(peephole)}{project}{int(norm)}_a{act}_{clip}", [first, *args[1:]], [out("f32")],
                                               (table, dict(fusedActivationFunction=act, cellClip=clip, projClip=clip)), 4)


def boxes():
    r = np.random.default_rng(3)
    for n in (4, 9, 30):
        corner = r.uniform(0, 1, (n, 2))
        b = np.concatenate([corner, corner + r.uniform(0.1, 0.6, (n, 2))], 1).astype(np.float32)
        for ties in (1, 2, 4, 1000):
            scores = (np.floor(r.uniform(0, 1, n) * ties) / ties if ties < 1000 else r.uniform(0, 1, n)).astype(np.float32)
            for most in (3, n, n + 5):
                for overlap in (0.0, 0.3, 0.6, 1.0):
                    for least in (0.0, 0.4):
                        args = [T(b), T(scores), const(np.array(most, np.int32)), const(np.float32(overlap)), const(np.float32(least))]
                        name = f"{n}_{ties}_{most}_{overlap}_{least}"
                        yield case("NON_MAX_SUPPRESSION_V4", name, args, [out("i32"), out("i32")], ("NonMaxSuppressionV4Options", {}))
                        for sigma in (0.0, 0.5):
                            yield case("NON_MAX_SUPPRESSION_V5", f"{name}_{sigma}", [*args, const(np.float32(sigma))], [out("i32"), out("f32"), out("i32")], ("NonMaxSuppressionV5Options", {}))


def cases():
    for make in (convolutions, products, windows, recurrent, lstms, boxes):
        yield from make()
