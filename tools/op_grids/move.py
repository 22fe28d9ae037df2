"""Operators that move data: every type, dynamic control inputs, scalars, nothing at all, duplicates, indices out of range."""
import numpy as np
from record_ops import T, case, const, out

KINDS = ("f32", "f16", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool", "c64", "c128", "str")
NUMPY = {"f32": np.float32, "f16": np.float16, "f64": np.float64, "i8": np.int8, "u8": np.uint8, "i16": np.int16, "u16": np.uint16,
         "i32": np.int32, "u32": np.uint32, "i64": np.int64, "u64": np.uint64, "bool": np.bool_, "c64": np.complex64, "c128": np.complex128}


def values(kind, shape, seed=0, low=-100, high=100):
    r = np.random.default_rng(seed)
    n = r.integers(low, high, shape)
    if kind == "str":
        return np.array([b"s%d" % v for v in np.ravel(n)], "S8").reshape(shape)
    if kind == "bool":
        return np.asarray(n % 2 == 0)
    if kind[0] == "u":
        n = np.abs(n)
    if kind[0] == "f":
        n = n + r.random(shape)
    if kind[0] == "c":
        n = n + 1j * r.integers(low, high, shape)
    return np.asarray(n).astype(NUMPY[kind])


def t(kind, shape, **k):
    return T(values(kind, shape, **k), dtype=kind)


def i32(*v):
    return np.array(v, np.int32)


def both(v, op, name, make):
    """The control data once as a constant and once as an input."""
    yield case(op, name, *make(const(v)))
    yield case(op, name + "_dyn", *make(T(v)))


def blocks():
    for k in KINDS:
        for op in ("SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"):
            yield case(op, k, [t(k, (4, 2, 4, 3)), const(i32(2, 2)), const(np.zeros((2, 2), np.int32))], [out(k)], (
                "SpaceToBatchNDOptions" if op[0] == "S" else "BatchToSpaceNDOptions", {}))
        yield case("SPACE_TO_DEPTH", k, [t(k, (1, 4, 2, 3))], [out(k)], ("SpaceToDepthOptions", {"blockSize": 2}))
        yield case("DEPTH_TO_SPACE", k, [t(k, (1, 2, 3, 8))], [out(k)], ("DepthToSpaceOptions", {"blockSize": 2}))
    q = dict(scale=0.5, zero=7)
    for k in ("i8", "u8", "i16"):
        zero = dict(scale=0.5, zero=0) if k == "i16" else q
        yield case("SPACE_TO_BATCH_ND", k + "_quantized", [T(values(k, (1, 3, 3, 2)), **zero), const(i32(2, 2)), const(np.array([[1, 0], [0, 1]], np.int32))],
                   [out(k, **zero)])
    for r, (shape, block, pad) in enumerate([((2, 5, 3), i32(3), [[1, 3]]), ((1, 4, 4, 1), i32(2, 2), [[2, 0], [1, 1]]), ((0, 4, 4, 1), i32(2, 2), [[0, 0], [0, 0]]),
                                            ((1, 4, 4), i32(2, 2), [[0, 0], [0, 0]]), ((1, 3, 4, 1), i32(2, 2), [[0, 0], [0, 0]]), ((1, 4, 4, 1), i32(2), [[0, 0]]),
                                            ((1, 4, 4, 1), i32(2, -2), [[0, 0], [0, 0]]), ((1, 4, 4, 1), i32(0, 2), [[0, 0], [0, 0]]), ((1, 4, 4, 1), i32(2, 2), [[-2, 0], [0, 0]])]):
        pads = np.array(pad, np.int32)
        for dyn in (0, 1):
            w = T if dyn else const
            yield case("SPACE_TO_BATCH_ND", f"s{r}_{dyn}", [t("f32", shape), w(block), w(pads)], [out("f32")])
    for r, (shape, block, crop) in enumerate([((6, 2, 3), i32(3), [[1, 2]]), ((4, 4, 4, 1), i32(2, 2), [[2, 0], [1, 1]]), ((5, 4, 4, 1), i32(2, 2), [[0, 0], [0, 0]]),
                                             ((4, 1, 2, 1), i32(2, 2), [[1, 1], [0, 0]]), ((4, 1, 2, 1), i32(2, 2), [[2, 1], [0, 0]]), ((4, 1, 2, 1), i32(2, 2), [[-1, 0], [0, 0]]),
                                             ((4, 1, 2, 1), i32(0, 2), [[0, 0], [0, 0]])]):
        crops = np.array(crop, np.int32)
        for dyn in (0, 1):
            w = T if dyn else const
            yield case("BATCH_TO_SPACE_ND", f"s{r}_{dyn}", [t("f32", shape), w(block), w(crops)], [out("f32")])
    for r, (shape, size) in enumerate([((1, 3, 4, 1), 2), ((1, 4, 4, 1), 0), ((1, 4, 4, 1), -2), ((4, 4, 1), 2), ((1, 4, 4, 1), 4), ((0, 4, 4, 1), 2)]):
        yield case("SPACE_TO_DEPTH", f"s{r}", [t("f32", shape)], [out("f32")], ("SpaceToDepthOptions", {"blockSize": size}))
    for r, (shape, size) in enumerate([((1, 1, 1, 6), 2), ((1, 1, 1, 4), 0), ((1, 1, 1, 4), -2), ((1, 1, 16), 2), ((2, 1, 1, 16), 4), ((0, 1, 1, 4), 2)]):
        yield case("DEPTH_TO_SPACE", f"s{r}", [t("f32", shape)], [out("f32")], ("DepthToSpaceOptions", {"blockSize": size}))


def broadcasts():
    for k in KINDS:
        yield case("BROADCAST_TO", k, [t(k, (2, 1, 3)), const(i32(2, 2, 2, 3))], [out(k)], version=3)
        yield case("TILE", k, [t(k, (2, 3)), const(i32(2, 3))], [out(k)], ("TileOptions", {}))
        yield case("FILL", k, [const(i32(2, 3)), t(k, ())], [out(k)], ("FillOptions", {}))
        yield case("REVERSE_V2", k, [t(k, (2, 3, 4)), const(i32(-1))], [out(k)], ("ReverseV2Options", {}), version=3)
        yield case("BROADCAST_ARGS", k, [t(k, (2,)), t(k, (2,))], [out(k)])
    for r, (shape, to) in enumerate([((3,), (3,)), ((), (2, 0)), ((1, 3), (0, 3)), ((2, 3), (3,)), ((2,), (3,)), ((1, 2, 1, 2, 1, 2), (2, 2, 2, 2, 2, 2)),
                                     ((2,), (2, 1, 2, 1, 2, 1, 1, 2)), ((2,), (1,) * 8 + (2,)), ((1,), (-1,)), ((), ()), ((0,), (3, 0)), ((1,), (0,))]):
        for w in (np.int32, np.int64):
            yield from both(np.array(to, w), "BROADCAST_TO", f"s{r}_{w.__name__}", lambda v: ([t("i32", shape), v], [out("i32")], None, 3))
    for r, (shape, by) in enumerate([((), ()), ((3,), (0,)), ((2, 0), (2, 3)), ((2,), (2, 3)), ((2, 1, 2, 1, 2, 1, 2), (1, 2, 1, 2, 1, 2, 1)), ((2,), (-1,)), ((3,), (2,))]):
        for k in ("f32", "str"):
            for w in (np.int32, np.int64):
                yield from both(np.array(by, w), "TILE", f"{k}_s{r}_{w.__name__}", lambda v: ([t(k, shape), v], [out(k)]))
    for r, to in enumerate([(), (0,), (2, 0, 3), (-1,), (1, 1, 1, 1, 1, 1, 2)]):
        for k in ("f32", "str", "i16", "f16"):
            for w in (np.int32, np.int64, np.int16):
                yield from both(np.array(to, w), "FILL", f"{k}_s{r}_{w.__name__}", lambda v: ([v, t(k, ())], [out(k)]))
    yield case("FILL", "dims2d", [const(np.array([[2, 3]], np.int32)), t("f32", ())], [out("f32")])
    yield case("FILL", "value1", [const(i32(2, 3)), t("f32", (1,))], [out("f32")])
    for k, z in (("i8", 3), ("i16", 0), ("i16", 4), ("u8", 3)):
        yield case("FILL", f"{k}_q{z}", [const(i32(2, 3)), T(values(k, ()), scale=0.5, zero=z)], [out(k, scale=0.5, zero=z)])
        yield case("FILL", f"{k}_qother{z}", [const(i32(2, 3)), T(values(k, ()), scale=0.5, zero=z)], [out(k, scale=0.25, zero=z)])
    for r, (shape, axes) in enumerate([((2, 3), (0, 1)), ((2, 3, 4), (0, 2)), ((2, 3, 4), (-1, -2)), ((2, 3), (0, 0)), ((2, 3), (2,)), ((2, 3), ()), ((), ()), ((), (0,)), ((2, 0), (1,)),
                                       ((2, 3, 4, 2), (2, 1)), ((2, 2, 2, 2, 2, 2, 2, 2), (6, 7)), ((2,) * 9, (8,)), ((2, 3, 4), (2, 1)), ((2, 3, 4), (1, 2, 0))]):
        yield from both(np.array(axes, np.int32), "REVERSE_V2", f"s{r}", lambda v: ([t("i32", shape), v], [out("i32")]))
    yield case("REVERSE_V2", "axis64", [t("i32", (2, 3)), const(np.array([1], np.int64))], [out("i32")])
    yield case("REVERSE_V2", "axis0d", [t("i32", (2, 3)), const(np.array(1, np.int32))], [out("i32")])
    for r, (a, b) in enumerate([((), (2, 3)), ((1,), (4,)), ((2, 3), (3, 3)), ((2, 0), (1, 1)), ((1, 0), (3, 1)), ((), ()), ((3, 1, 2), (4, 1)), ((1, 0), (3, 5))]):
        for w in (np.int32, np.int64):
            for dyn in (0, 1):
                f = T if dyn else const
                yield case("BROADCAST_ARGS", f"s{r}_{w.__name__}_{dyn}", [f(np.array(a, w)), f(np.array(b, w))], [out("i32" if w is np.int32 else "i64")])
    for k in KINDS:
        s = np.array([2, 2], np.int32)
        yield case("RANGE", k, [t(k, (), low=0, high=1), T(np.asarray(values(k, (), low=9, high=10))), T(np.asarray(values(k, (), low=2, high=3)))], [out(k)], ("RangeOptions", {}))
    for r, (a, b, d) in enumerate([(0, 5, 0), (0, 5, -1), (5, 0, 1), (0, 1, 0.1), (1, 0, -0.3), (0, 7, 3), (-5, 5, 4), (0, 0, 1), (3, 3, 0), (0, np.nan, 1), (0, np.inf, 1), (0, 1e-9, 1)]):
        for k in ("f32", "i32", "i64"):
            if k != "f32" and not (np.isfinite(b) and float(d).is_integer()):
                continue
            for f in (T, const):
                yield case("RANGE", f"{k}_s{r}_{f.__name__}", [f(np.array(v, NUMPY[k])) for v in (a, b, d)], [out(k)])
    yield case("RANGE", "rank1", [T(np.zeros(1, np.int32)), T(np.full(1, 5, np.int32)), T(np.ones(1, np.int32))], [out("i32")])
    big = 2**31 - 1
    yield case("RANGE", "wide", [const(np.array(-big - 1, np.int32)), const(np.array(big, np.int32)), const(np.array(2**30, np.int32))], [out("i32")])
    yield case("RANGE", "wide64", [const(np.array(-2**63, np.int64)), const(np.array(2**63 - 1, np.int64)), const(np.array(2**62, np.int64))], [out("i64")])


def by_index():
    for k in KINDS:
        for w in ("i32", "i64", "i16", "i8", "u8", "u32"):
            at = np.array([[0, 1], [2, 0]], NUMPY[w])
            yield case("GATHER_ND", f"{k}_{w}", [t(k, (3, 2, 2)), T(at)], [out(k)])
            yield case("SCATTER_ND", f"{k}_{w}", [T(at), t(k, (2, 2)), const(np.array([3, 2, 2], NUMPY[w]))], [out(k)])
            yield case("SPARSE_TO_DENSE", f"{k}_{w}", [T(at), const(np.array([3, 2], NUMPY[w])), t(k, (2,)), t(k, (), seed=1)], [out(k)], ("SparseToDenseOptions", {}))
            yield case("EMBEDDING_LOOKUP", f"{k}_{w}", [T(np.array([1, 0, 1], NUMPY[w])), t(k, (3, 2))], [out(k)])
            yield case("ONE_HOT", f"{k}_{w}", [T(np.array([1, 0, 2], NUMPY[w])), const(i32(3).reshape(())), T(np.ones_like(values(k, ()))), T(np.zeros_like(values(k, ())))], [out(k)],
                       ("OneHotOptions", {"axis": -1}))
            yield case("REVERSE_SEQUENCE", f"{k}_{w}", [t(k, (2, 3)), T(np.array([1, 3], NUMPY[w]))], [out(k)], ("ReverseSequenceOptions", {"seqDim": 1, "batchDim": 0}))
        for w in ("i32", "i64", "i16", "i8"):
            yield case("TOPK_V2", f"{k}_k{w}", [t(k, (3, 5)), const(np.array(3, NUMPY[w]))], [out(k), out("i32")], ("TopKV2Options", {}))
            yield case("TOPK_V2", f"{k}_i{w}", [t(k, (3, 5)), const(np.array(3, np.int32))], [out(k), out(w)], ("TopKV2Options", {}))
            yield case("UNIQUE", f"{k}_{w}", [t(k, (9,), low=0, high=3)], [out(k), out(w)], ("UniqueOptions", {"idxOutType": 2 if w == "i32" else 4}))
            yield case("DYNAMIC_UPDATE_SLICE", f"{k}_{w}", [t(k, (3, 4)), t(k, (2, 2), seed=1), T(np.array([1, 1], NUMPY[w]))], [out(k)])
        for mode in (0, 1):
            yield case("MIRROR_PAD", f"{k}_{mode}", [t(k, (2, 3)), const(np.array([[1, 1], [2, 0]], np.int32))], [out(k)], ("MirrorPadOptions", {"mode": mode}))
        yield case("MATRIX_DIAG", k, [t(k, (2, 3))], [out(k)], ("MatrixDiagOptions", {}))
        yield case("MATRIX_SET_DIAG", k, [t(k, (2, 3, 2)), t(k, (2, 2), seed=1)], [out(k)], ("MatrixSetDiagOptions", {}))
        yield case("CUMSUM", k, [t(k, (2, 3)), const(np.array(1, np.int32))], [out(k)], ("CumsumOptions", {}))
        yield case("BUCKETIZE", k, [t(k, (9,))], [out("i32")], ("BucketizeOptions", {"boundaries": [-50.0, 0.0, 1.5, 60.0]}))
        for op in ("SUM", "PROD", "MIN", "MAX"):
            yield case("UNSORTED_SEGMENT_" + op, k, [t(k, (4, 2), low=-3, high=4), T(i32(0, 2, 0, -1)), const(np.array(4, np.int32))], [out(k)], ("UnsortedSegment%sOptions" % op.capitalize(), {}))
        yield case("SEGMENT_SUM", k, [t(k, (4, 2), low=-3, high=4), T(i32(0, 0, 1, 2))], [out(k)], ("SegmentSumOptions", {}))
        yield case("DILATE", k, [t(k, (2, 3)), const(i32(2, 3)), t(k, (), seed=1)], [out(k)])
        for f in range(7):
            yield case("REDUCE_WINDOW", f"{k}_f{f}", [t(k, (4, 5), low=-3, high=4), T(np.asarray(values(k, (), low=1, high=2))), *[const(np.array(v, np.int64)) for v in ([2, 2], [1, 2], [1, 2])]], [out(k)],
                       ("ReduceWindowOptions", {"reduceFunction": f}))


def indexed_shapes():
    for r, (shape, at) in enumerate([((3, 2), [[]]), ((3, 2), [[0, 0, 0]]), ((3, 2), [[3]]), ((3, 2), [[-1]]), ((3, 2), [1]), ((3,), [[[0], [1]]]), ((3, 0), [[1]]), ((0, 2), np.zeros((0, 1))), ((3, 2), [[0, 5]]),
                                     ((2, 2, 2, 2, 2, 2), [[1, 0, 1, 0, 1, 0]]), ((2,) * 6, [[1, 0, 1, 0]])]):
        yield from both(np.array(at, np.int32), "GATHER_ND", f"s{r}", lambda v: ([t("f32", shape), v], [out("f32")]))
    for r, (at, updates, to) in enumerate([([[0], [0]], (2, 2), (3, 2)), ([[3]], (1,), (3,)), ([[-1]], (1,), (3,)), ([[1, 1]], (1,), (2, 2)), ([0], (2,), (3, 2)), (np.zeros((0, 1)), (0, 2), (3, 2)), ([[0]], (1, 3), (3, 2)),
                                           ([[1]], (1,), (3,)), ([[[0]], [[1]]], (2, 1, 2), (3, 2)), ([[]], (1, 2, 2), (2, 2)), ([[0, 9]], (1,), (3, 2))]):
        for k in ("f32", "i32", "bool", "i8"):
            yield from both(np.array(to, np.int32), "SCATTER_ND", f"{k}_s{r}", lambda v: ([T(np.array(at, np.int32)), t(k, updates), v], [out(k)]))
    for r, (at, to, vals) in enumerate([([[0, 1], [2, 0]], (3, 2), ()), (1, (4,), ()), ([1, 3], (4,), (2,)), ([[3, 0]], (3, 2), (1,)), ([1, 1], (4,), (2,)), ([-1], (4,), (1,)), ([[1], [2]], (4,), (2,)), ([[0, 0, 0]], (2, 2, 2), (1,)),
                                        ([[0, 0, 0, 0, 1]], (1, 1, 1, 1, 2), (1,)), ([1, 3], (4,), (3,)), ([3, 1], (4,), (2,)), ([[1, 0], [0, 1]], (3, 2), (2,))]):
        for check in (False, True):
            yield from both(np.array(to, np.int32), "SPARSE_TO_DENSE", f"s{r}_{int(check)}", lambda v: (
                [T(np.array(at, np.int32)), v, t("f32", vals), t("f32", (), seed=1)], [out("f32")], ("SparseToDenseOptions", {"validateIndices": check})))
    for r, (at, table) in enumerate([([3], (3, 2)), ([-1], (3, 2)), ([], (3, 2)), ([0], (3,)), ([0, 2], (3, 2, 2)), ([[0], [1]], (3, 2)), (0, (3, 2)), ([0], (3, 0))]):
        yield case("EMBEDDING_LOOKUP", f"s{r}", [T(np.array(at, np.int32)), t("f32", table)], [out("f32")])
    for k in ("i8", "u8", "i4", "i16"):
        v = values("i8" if k == "i4" else k, (4, 6), low=-8, high=8) if k in ("i4",) else values(k, (4, 6))
        for name, q in (("tensor", dict(scale=0.25)), ("zero", dict(scale=0.25, zero=3)), ("rows", dict(scale=[0.25, 0.5, 1, 0.1], axis=0)), ("columns", dict(scale=[1, 2, 3, 4, 5, 6], axis=1)), ("none", {})):
            for const_table in (True, False):
                for o in ("f32", k):
                    yield case("EMBEDDING_LOOKUP", f"hybrid_{k}_{name}_{int(const_table)}_{o}", [T(i32(3, 0, 1)), T(v, dtype=k, const=const_table, **q)],
                               [out(o, **(q if o != "f32" else {}))], version=4 if k == "i4" else 2)
    v = values("i8", (4, 3), low=-8, high=8)
    for name, q in (("tensor", dict(scale=0.25)), ("rows", dict(scale=[0.25, 0.5, 1, 0.1], axis=0))):
        yield case("EMBEDDING_LOOKUP", f"odd_i4_{name}", [T(i32(3, 0, 1)), T(v, dtype="i4", const=True, **q)], [out("f32")], version=4)
    for r, (shape, depth, axis) in enumerate([((2, 3), 4, 0), ((2, 3), 4, 1), ((2, 3), 4, 2), ((2, 3), 4, 3), ((2, 3), 4, -2), ((), 3, -1), ((), 3, 0), ((2,), 0, -1), ((0,), 3, -1), ((2,), -1, -1), ((2, 1, 2, 1), 2, 1)]):
        yield from both(np.array(depth, np.int32), "ONE_HOT", f"s{r}", lambda v: (
            [t("i64", shape, low=-1, high=5), v, T(np.array(2.5, np.float32)), T(np.array(-1, np.float32))], [out("f32")], ("OneHotOptions", {"axis": axis})))
    yield case("ONE_HOT", "depth64", [T(i32(1, 0)), const(np.array(2, np.int64)), T(np.array(2.5, np.float32)), T(np.array(-1, np.float32))], [out("f32")], ("OneHotOptions", {"axis": -1}))
    yield case("ONE_HOT", "depth1d", [T(i32(1, 0)), const(i32(2)), T(np.array([2.5], np.float32)), T(np.array([-1], np.float32))], [out("f32")], ("OneHotOptions", {"axis": -1}))
    for r, (shape, lens, seq, batch) in enumerate([((2, 3), (0, 2), 1, 0), ((2, 3), (4, 1), 1, 0), ((2, 3), (-1, 1), 1, 0), ((2, 3), (1, 1, 1), 1, 0), ((3, 2), (1, 1), 0, 0), ((2, 3), (1, 2), -1, 0), ((2, 3), (1, 2), 1, -2),
                                                   ((2, 3, 4), (1, 2, 3), 2, 1), ((2, 3, 4), (1, 2), 2, 0), ((2, 3, 4), (1, 2, 2, 1), 0, 2), ((2, 3, 4), (1, 2, 2), 0, 1), ((4,), (1,), 0, 0), ((2, 0), (0, 0), 1, 0)]):
        for k in ("f32", "i32"):
            yield case("REVERSE_SEQUENCE", f"{k}_s{r}", [t(k, shape), T(np.array(lens, np.int64))], [out(k)], ("ReverseSequenceOptions", {"seqDim": seq, "batchDim": batch}))
    for r, (shape, k) in enumerate([((5,), 5), ((5,), 6), ((5,), -1), ((), 1), ((2, 0), 0), ((0, 3), 2), ((2, 5), 0), ((2, 2, 3), 1)]):
        yield from both(np.array(k, np.int32), "TOPK_V2", f"s{r}", lambda v: ([t("f32", shape), v], [out("f32"), out("i32")], ("TopKV2Options", {})))
    nan = np.array([1, np.nan, 3, 2, np.nan, -np.inf, np.inf, -0.0, 0.0], np.float32)
    for k in range(1, 10):
        yield case("TOPK_V2", f"nan{k}", [T(nan), const(np.array(k, np.int32))], [out("f32"), out("i32")], ("TopKV2Options", {}))
    yield case("TOPK_V2", "k1d", [t("f32", (5,)), const(i32(2))], [out("f32"), out("i32")])
    yield case("TOPK_V2", "ties", [T(np.array([1, 2, 2, 1, 2, 0], np.int32)), const(np.array(4, np.int32))], [out("i32"), out("i32")])
    for name, v in (("nan", nan), ("twice", np.array([np.nan, np.nan, 0.0, -0.0, 1], np.float32)), ("empty", np.zeros(0, np.float32)), ("rank2", np.ones((2, 2), np.float32)), ("rank0", np.ones((), np.float32))):
        yield case("UNIQUE", name, [T(v)], [out("f32"), out("i32")], ("UniqueOptions", {"idxOutType": 2}))
    yield case("UNIQUE", "mismatch", [t("f32", (4,))], [out("f32"), out("i64")], ("UniqueOptions", {"idxOutType": 2}))
    yield case("UNIQUE", "none", [t("f32", (4,))], [out("f32"), out("i32")])
    for r, (shape, update, at) in enumerate([((4,), (2,), (-3,)), ((4,), (2,), (9,)), ((4,), (5,), (0,)), ((4,), (0,), (1,)), ((), (), ()), ((2, 3), (3,), (0, 0)), ((2, 3), (1, 1), (0,)), ((0,), (0,), (0,)), ((2, 2, 2, 2, 2, 2), (1, 1, 1, 1, 1, 2), (1, 1, 1, 1, 1, 1)),
                                             ((3, 4), (1, 4), (-5, 2))]):
        yield from both(np.array(at, np.int32), "DYNAMIC_UPDATE_SLICE", f"s{r}", lambda v: ([t("f32", shape), t("f32", update, seed=1), v], [out("f32")]))
    for r, (shape, pads) in enumerate([((3,), [[3, 0]]), ((3,), [[2, 2]]), ((3,), [[0, 4]]), ((3,), [[-1, 0]]), ((2, 3), [[0, 0], [1, 1]]), ((2, 3), [[1, 1]]), ((), np.zeros((0, 2))), ((0,), [[0, 0]]), ((2, 1, 2, 1, 2), [[1, 1], [0, 0], [1, 0], [0, 0], [0, 1]]), ((1,), [[1, 1]])]):
        for mode in (0, 1):
            for w in (np.int32, np.int64):
                yield from both(np.array(pads, w), "MIRROR_PAD", f"s{r}_{mode}_{w.__name__}", lambda v: ([t("i32", shape), v], [out("i32")], ("MirrorPadOptions", {"mode": mode})))
    for r, (shape, diag) in enumerate([((2, 3), (2,)), ((3, 2), (2,)), ((2, 2), (1,)), ((0, 2), (0,)), ((2, 0, 2), (2, 0)), ((2,), (2,)), ((2, 2), (3,)), ((2, 2, 2), (2,))]):
        yield case("MATRIX_SET_DIAG", f"s{r}", [t("i32", shape), t("i32", diag, seed=1)], [out("i32")], ("MatrixSetDiagOptions", {}))
    for r, shape in enumerate([(), (0,), (2, 0), (1, 1, 1, 2)]):
        yield case("MATRIX_DIAG", f"s{r}", [t("i32", shape)], [out("i32")], ("MatrixDiagOptions", {}))


def sums():
    for r, (shape, axis) in enumerate([((), 0), ((0,), 0), ((2, 3, 2), -1), ((2, 3, 2), -3), ((2, 3), 2), ((2, 3), -3), ((2, 0), 0), ((2, 3), 0)]):
        for k in ("f32", "i32"):
            for ex in (False, True):
                for rev in (False, True):
                    yield from both(np.array(axis, np.int32), "CUMSUM", f"{k}_s{r}_{int(ex)}{int(rev)}", lambda v: ([t(k, shape), v], [out(k)], ("CumsumOptions", {"exclusive": ex, "reverse": rev})))
    yield case("CUMSUM", "axis1d", [t("f32", (2, 3)), const(i32(1))], [out("f32")], ("CumsumOptions", {}))
    yield case("CUMSUM", "axis64", [t("f32", (2, 3)), const(np.array(1, np.int64))], [out("f32")], ("CumsumOptions", {}))
    yield case("CUMSUM", "overflow", [T(np.array([2**31 - 1, 5], np.int32)), const(np.array(0, np.int32))], [out("i32")], ("CumsumOptions", {}))
    edges = np.array([np.nan, np.inf, -np.inf, 0, 1.5, 2], np.float32)
    for name, v, b in (("edges", edges, [-1.0, 0.0, 1.5]), ("none", edges, []), ("unsorted", edges, [1.0, 0.0]), ("twice", edges, [1.5, 1.5]), ("rank0", np.array(1, np.float32), [0.0]), ("rank3", np.ones((2, 1, 2), np.int32), [0.5, 1.0]),
                       ("fine64", np.array([0.1], np.float64), [0.1]), ("large", np.array([2**24 + 1], np.int64), [2.0**24])):
        yield case("BUCKETIZE", name, [T(v)], [out("i32")], ("BucketizeOptions", {"boundaries": b}))
    for op in ("SUM", "PROD", "MIN", "MAX"):
        for r, (shape, ids, n) in enumerate([((3,), (0, 0, 1), 2), ((3,), (0, 5, 1), 2), ((3,), (-1, -2, 0), 1), ((0,), (), 2), ((2, 2), ((0, 1), (1, 2)), 3), ((3,), (0, 1), 2), ((3, 2), (0, 1, 0), 0), ((2, 2), (0, 1), -1), ((3,), 0, 1), ((3,), (0, 0, 1), 4)]):
            for k in ("f32", "i32"):
                yield from both(np.array(n, np.int32), "UNSORTED_SEGMENT_" + op, f"{k}_s{r}", lambda v: ([t(k, shape, low=-4, high=5), T(np.array(ids, np.int32)), v], [out(k)]))
        yield case("UNSORTED_SEGMENT_" + op, "constids", [t("f32", (3,)), const(i32(0, 2, 0)), const(np.array(3, np.int32))], [out("f32")])
        yield case("UNSORTED_SEGMENT_" + op, "n1d", [t("f32", (3,)), const(i32(0, 2, 0)), const(i32(3))], [out("f32")])
        yield case("UNSORTED_SEGMENT_" + op, "ids64", [t("f32", (3,)), const(np.array([0, 2, 0], np.int64)), const(np.array(3, np.int32))], [out("f32")])
    for r, (shape, ids) in enumerate([((3,), (0, 0, 0)), ((3,), (1, 1, 2)), ((3,), (0, 2, 2)), ((3,), (0, 1, 0)), ((3,), (-1, 0, 1)), ((0, 2), ()), ((3, 2), (0, 1)), ((3, 2, 2), (0, 1, 1)), ((3, 1), ((0,), (1,), (1,)))]):
        for k in ("f32", "i32"):
            yield from both(np.array(ids, np.int32), "SEGMENT_SUM", f"{k}_s{r}", lambda v: ([t(k, shape), v], [out(k)], ("SegmentSumOptions", {})))
    for r, (ids, at, dense, w, table) in enumerate([((1, 2, 0), ((0,), (0,), (2,)), (3,), (1.0, 2, 3), (4, 2)), ((1, 2), ((0, 0), (1, 1)), (2, 2), (1.0, 0), (4, 2)), ((1, 2), ((0, 0), (1, 1)), (2, 2), (1.0, 2), (4, 2, 3)), ((9,), ((0,),), (3,), (1.0,), (4, 2)),
                                                    ((1,), ((5,),), (3,), (1.0,), (4, 2)), ((1, 2), ((2,), (0,)), (3,), (1.0, 2.0), (4, 2)), ((-1,), ((0,),), (3,), (1.0,), (4, 2)), ((), np.zeros((0, 1)), (3,), (), (4, 2)), ((1, 1), ((0,), (0,)), (3,), (1.0, -1.0), (4, 2)),
                                                    ((1, 2, 3), ((0, 0), (0, 1), (1, 1)), (2, 3), (1.0, 2, 3), (4, 2)), ((1, 2), ((0, 0, 0), (1, 1, 1)), (2, 2, 2), (1.0, 2), (4, 2))]):
        for combiner in range(3):
            for f in (T, const):
                yield case("EMBEDDING_LOOKUP_SPARSE", f"s{r}_{combiner}_{f.__name__}", [T(np.array(ids, np.int32)), T(np.array(at, np.int32)), f(np.array(dense, np.int32)), T(np.array(w, np.float32)), t("f32", table)], [out("f32")],
                           ("EmbeddingLookupSparseOptions", {"combiner": combiner}))


def windows():
    for r, (shape, by) in enumerate([((), ()), ((3,), (1,)), ((3,), (0,)), ((3,), (-1,)), ((0, 2), (2, 2)), ((2, 3), (2,)), ((2, 1, 2, 1, 2, 1), (1, 2, 3, 1, 2, 1)), ((1,), (5,)), ((2,) * 7, (2,) * 7)]):
        for w in (np.int32, np.int64):
            yield from both(np.array(by, w), "DILATE", f"s{r}_{w.__name__}", lambda v: ([t("i32", shape), v, t("i32", (), seed=1)], [out("i32")]))
    yield case("DILATE", "pad1d", [t("i32", (3,)), const(i32(2)), t("i32", (1,), seed=1)], [out("i32")])
    for r, (shape, size, stride, window) in enumerate([((4,), (2,), (1,), (1,)), ((4,), (5,), (1,), (1,)), ((4,), (2,), (0,), (1,)), ((4,), (0,), (1,), (1,)), ((7,), (2,), (1,), (3,)), ((0,), (1,), (1,), (1,)),
                                                      ((2, 3, 2), (1, 2, 2), (1, 1, 1), (1, 2, 1)), ((), (), (), ()), ((4,), (2,), (1,), (-1,)), ((2, 3), (2,), (1,), (1,)), ((4,), (2,), (-1,), (1,)), ((2,) * 7, (1,) * 7, (1,) * 7, (1,) * 7)]):
        for f in (T, const):
            for w in (np.int64, np.int32):
                yield case("REDUCE_WINDOW", f"s{r}_{f.__name__}_{w.__name__}", [t("i32", shape), T(np.array(1, np.int32)), *[f(np.array(v, w)) for v in (size, stride, window)]], [out("i32")], ("ReduceWindowOptions", {"reduceFunction": 1}))
    for a in KINDS[:-1]:
        for b in KINDS[:-1]:
            yield case("BITCAST", f"{a}to{b}", [t(a, (2, 8))], [out(b)])
            yield case("BITCAST", f"{a}to{b}_pair", [t(a, (3, 2))], [out(b)])
        yield case("BITCAST", f"{a}_scalar", [t(a, ())], [out("i8")])
        yield case("BITCAST", f"{a}_nothing", [t(a, (0, 2))], [out("i16")])


def cases():
    for part in (blocks, broadcasts, by_index, indexed_shapes, sums, windows):
        yield from part()
