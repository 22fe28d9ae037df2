"""The STABLEHLO operators of the official CPU runtime."""
import os
import sys
import numpy as np
from record_ops import T, case, const, out
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from move import KINDS, NUMPY, t, values  # noqa: E402

TYPES = tuple(k for k in KINDS if k != "str")


def arithmetic():
    for op in ("ADD", "MAXIMUM", "MINIMUM", "MULTIPLY", "AND", "SHIFT_LEFT"):
        for k in TYPES:
            yield case("STABLEHLO_" + op, k, [t(k, (2, 3), low=0 if op == "SHIFT_LEFT" else -100, high=5 if op == "SHIFT_LEFT" else 100), t(k, (2, 3), seed=1, low=0 if op == "SHIFT_LEFT" else -100, high=5 if op == "SHIFT_LEFT" else 100)], [out(k)])
        k = "bool" if op == "AND" else "i32"
        for r, (a, b) in enumerate([((), ()), ((0,), (0,)), ((2, 3), (3,)), ((1,), (3,)), ((3,), (1,)), ((2, 1, 2, 1, 2, 1, 2), (2, 1, 2, 1, 2, 1, 2)), ((2, 3), (3, 2))]):
            yield case("STABLEHLO_" + op, f"s{r}", [t(k, a), t(k, b, seed=1)], [out(k)])
        yield case("STABLEHLO_" + op, "q", [T(values("i8", (4,)), scale=0.5, zero=3), T(values("i8", (4,), seed=1), scale=0.25, zero=-3)], [out("i8", scale=1.0, zero=1)])
    nan = np.array([np.nan, 1, np.nan, np.inf, -0.0, 0.0], np.float32)
    for op in ("ADD", "MAXIMUM", "MINIMUM", "MULTIPLY"):
        yield case("STABLEHLO_" + op, "nan", [T(nan), T(nan[::-1].copy())], [out("f32")])
        yield case("STABLEHLO_" + op, "over", [T(np.array([2**31 - 1, -2**31], np.int32)), T(np.array([2**31 - 1, -2**31], np.int32))], [out("i32")])
    for k in ("i8", "i16", "i32"):
        yield case("STABLEHLO_SHIFT_LEFT", k + "_far", [T(np.array([1, -1, 3, 5, 7, -128], NUMPY[k])), T(np.array([7, 8, 31, 32, -1, 1], NUMPY[k]))], [out(k)])


def moving():
    for k in TYPES:
        yield case("STABLEHLO_PAD", k, [t(k, (2, 3)), t(k, (), seed=1)], [out(k)], ("StablehloPadOptions", {"edgePaddingLow": [1, -1], "edgePaddingHigh": [0, 2], "interiorPadding": [2, 1]}))
        for w in ("i32", "i64", "i8", "i16", "u32"):
            yield case("STABLEHLO_GATHER", f"{k}_{w}", [t(k, (3, 4, 2)), T(np.array([[[0, 0], [1, 0], [2, 1]], [[0, 1], [1, 1], [0, 9]]], NUMPY[w]))], [out(k, model_shape=[2, 3, 2, 2])],
                       ("StablehloGatherOptions", {"offsetDims": [2, 3], "collapsedSliceDims": [0], "startIndexMap": [1, 0], "indexVectorDim": 2, "sliceSizes": [1, 2, 2]}))
            for name in ("ADD", "MAXIMUM", "MINIMUM", "MULTIPLY"):
                body = ("STABLEHLO_" + name, [T(values(k, ())), T(values(k, ()))], [out(k)], None, 1)
                yield case("STABLEHLO_SCATTER", f"{k}_{w}_{name}", [t(k, (3, 4, 2), high=9, low=-9), T(np.array([[[0, 2], [1, 0], [2, 1]], [[0, 1], [1, 0], [0, 9]]], NUMPY[w])), t(k, (2, 3, 2, 2), seed=2, high=9, low=-9)], [out(k)],
                           ("StablehloScatterOptions", {"updateWindowDims": [2, 3], "insertedWindowDims": [0], "scatterDimsToOperandDims": [1, 0], "indexVectorDim": 2, "updateComputationSubgraphIndex": 1}), subgraphs=[body])
        for name in ("STABLEHLO_ADD", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM", "STABLEHLO_MULTIPLY", "STABLEHLO_AND", "ADD"):
            body = (name, [T(values(k, ())), T(values(k, ()))], [out(k)], None, 1)
            yield case("STABLEHLO_REDUCE_WINDOW", f"{k}_{name}", [t(k, (3, 4), low=-3, high=4), T(np.asarray(values(k, (), low=1, high=2)))], [out(k)],
                       ("StablehloReduceWindowOptions", {"windowDimensions": [2, 2], "windowStrides": [1, 2], "baseDilations": [2, 1], "windowDilations": [1, 2], "padding": [1, 0, 0, 2], "bodySubgraphIndex": 1}), subgraphs=[body])
    for r, (shape, low, high, inner) in enumerate([((3,), [0], [0], [0]), ((3,), [-1], [-1], [0]), ((3,), [-2], [-2], [0]), ((3,), [-3], [5], [0]), ((3,), [0], [0], [-1]), ((0,), [2], [1], [1]), ((), [], [], []), ((3,), [0], [-1], [1]), ((3,), [-1], [0], [2]),
                                                   ((2, 3), [0], [0], [0]), ((2, 2, 2, 2, 2, 2), [1] * 6, [0] * 6, [1] * 6), ((3,), [-4], [8], [0]), ((1,), [-1], [3], [0])]):
        yield case("STABLEHLO_PAD", f"s{r}", [t("i32", shape), t("i32", (), seed=1)], [out("i32")], ("StablehloPadOptions", {"edgePaddingLow": low, "edgePaddingHigh": high, "interiorPadding": inner}))
    yield case("STABLEHLO_PAD", "value1d", [t("i32", (3,)), t("i32", (1,), seed=1)], [out("i32")], ("StablehloPadOptions", {"edgePaddingLow": [1], "edgePaddingHigh": [1], "interiorPadding": [1]}))
    gathers = [((5, 3), [0, 2, 4, 9, -1], [1], [0], [0], 1, [1, 3], [5, 3]), ((5, 3), [[0], [2]], [1], [0], [0], 1, [1, 3], [2, 3]), ((5, 3), [[0, 1]], [], [0, 1], [0, 1], 1, [1, 1], [1]), ((5, 3), [[0, 4], [1, 2]], [1, 2], [], [0, 1], 0, [2, 2], [2, 2, 2]),
               ((5, 3), [1], [0, 1], [], [0], 0, [2, 3], [2, 3]), ((5, 3), 1, [0, 1], [], [0], 0, [2, 3], [2, 3]), ((5, 3), [[1, 1]], [0], [1], [0, 1], 1, [2, 1], [2, 1]), ((5, 3), [[4, 4]], [0], [0], [1, 0], 1, [1, 2], [2, 1])]
    for r, (shape, at, offset, collapsed, start, vector, sizes, to) in enumerate(gathers):
        yield case("STABLEHLO_GATHER", f"s{r}", [t("f32", shape), T(np.array(at, np.int32))], [out("f32", model_shape=to)], ("StablehloGatherOptions", {"offsetDims": offset, "collapsedSliceDims": collapsed, "startIndexMap": start, "indexVectorDim": vector, "sliceSizes": sizes}))
    scatters = [((5, 3), [[3], [4]], (2, 2, 3), [1, 2], [], [0], 1), ((5, 3), [0, 2, 4, 9, -1], (5, 3), [1], [0], [0], 1), ((5, 3), [[0], [2]], (2, 3), [1], [0], [0], 1), ((5, 3), [[0, 1]], (1,), [], [0, 1], [0, 1], 1), ((5, 3), [[0, 2], [1, 1]], (2, 2, 2), [1, 2], [], [0, 1], 0),
                ((5, 3), [1], (2, 3), [0, 1], [], [0], 0), ((5, 3), [[0], [0], [0]], (3, 3), [1], [0], [0], 1)]
    for r, (shape, at, updates, window, inserted, to, vector) in enumerate(scatters):
        for name in ("ADD", "MAXIMUM", "MINIMUM", "MULTIPLY"):
            body = ("STABLEHLO_" + name, [T(np.float32(1)), T(np.float32(1))], [out("f32")], None, 1)
            yield case("STABLEHLO_SCATTER", f"s{r}_{name}", [t("f32", shape), T(np.array(at, np.int64)), t("f32", updates, seed=2)], [out("f32")],
                       ("StablehloScatterOptions", {"updateWindowDims": window, "insertedWindowDims": inserted, "scatterDimsToOperandDims": to, "indexVectorDim": vector, "updateComputationSubgraphIndex": 1}), subgraphs=[body])
    windows = [((5,), [2], [], [], [], []), ((5,), [2], [1], [1], [1], [0, 0]), ((5,), [2], [2], [3], [2], [1, 1]), ((5,), [6], [1], [1], [1], [0, 0]), ((5,), [6], [1], [1], [1], [4, 0]), ((2, 3, 2), [1, 2, 1], [1, 1, 1], [1, 1, 1], [1, 1, 2], [0, 0, 1, 0, 0, 3]),
               ((5,), [2], [1], [1], [1], [-1, 0]), ((5,), [2], [1], [1], [1], [-1, -2]), ((5,), [2], [0], [1], [1], [0, 0]), ((), [], [], [], [], []), ((0,), [1], [1], [1], [1], [0, 0])]
    for r, (shape, size, stride, base, window, pad) in enumerate(windows):
        body = ("STABLEHLO_ADD", [T(np.int32(1)), T(np.int32(1))], [out("i32")], None, 1)
        yield case("STABLEHLO_REDUCE_WINDOW", f"s{r}", [t("i32", shape), T(np.array(100, np.int32))], [out("i32")],
                   ("StablehloReduceWindowOptions", {"windowDimensions": size, "windowStrides": stride, "baseDilations": base, "windowDilations": window, "padding": pad, "bodySubgraphIndex": 1}), subgraphs=[body])


def random_bits():
    for algorithm in (0, 1, 2):
        for k in ("i32", "i64", "u32", "u64", "i8", "u8", "i16", "u16", "f32"):
            for n in (2, 3, 1):
                state = np.array([2**63 + 5, 2**64 - 2, 7][:n], np.uint64)
                yield case("STABLEHLO_RNG_BIT_GENERATOR", f"{algorithm}_{k}_{n}", [T(state)], [out("u64", model_shape=[n]), out(k, model_shape=[3, 3])], ("StablehloRngBitGeneratorOptions", {"algorithm": algorithm}))
        for r, shape in enumerate([(), (0,), (1,), (2,), (4,), (5, 1), (16,)]):
            yield case("STABLEHLO_RNG_BIT_GENERATOR", f"{algorithm}_s{r}", [T(np.array([1, 2**64 - 1], np.uint64))], [out("u64", model_shape=[2]), out("u32", model_shape=list(shape))], ("StablehloRngBitGeneratorOptions", {"algorithm": algorithm}))


def control():
    relu = [("RELU", [t("f32", (3,))], [out("f32")], None, 1), ("NEG", [t("f32", (3,))], [out("f32")], ("NegOptions", {}), 1), ("ABS", [t("f32", (3,))], [out("f32")], ("AbsOptions", {}), 1)]
    for index in (0, 1, 2, -1, 7):
        yield case("STABLEHLO_CASE", f"i{index}", [T(np.array(index, np.int32)), t("f32", (3,))], [out("f32")], ("StablehloCaseOptions", {"branchSubgraphIndices": [1, 2, 3]}), subgraphs=relu)
        yield case("STABLEHLO_CASE", f"1d{index}", [T(np.array([index], np.int32)), t("f32", (3,))], [out("f32")], ("StablehloCaseOptions", {"branchSubgraphIndices": [1, 2, 3]}), subgraphs=relu)
    yield case("STABLEHLO_CASE", "i64", [T(np.array(1, np.int64)), t("f32", (3,))], [out("f32")], ("StablehloCaseOptions", {"branchSubgraphIndices": [1, 2, 3]}), subgraphs=relu)
    yield case("STABLEHLO_CASE", "none", [T(np.array(0, np.int32)), t("f32", (3,))], [out("f32")], ("StablehloCaseOptions", {"branchSubgraphIndices": []}), subgraphs=relu)
    for r in (0, 1, 2):
        yield case("STABLEHLO_COMPOSITE", f"g{r}", [t("f32", (3,))], [out("f32")], ("StableHLOCompositeOptions", {"name": "any.name", "decompositionSubgraphIndex": r + 1, "compositeAttributes": [0]}), subgraphs=relu)


def cases():
    for part in (arithmetic, moving, random_bits, control):
        yield from part()
