// The STABLEHLO operators, against the definitions of their specification and published vectors of the generators.
#include <numeric>

#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;
using graph::ModelBuilder;
using Longs = std::vector<int64_t>;

constexpr auto kInt32 = DType::kInt32;

/// Subgraph 1: a sum of two scalars. The main graph is the current one again.
void add_sum(ModelBuilder& b) {
  b.subgraph("sum");
  const int a = b.input("a", kInt32, {}), c = b.input("c", kInt32, {}), y = b.tensor("y", kInt32, {});
  b.node(schema::BuiltinOperator_STABLEHLO_ADD, {a, c}, {y});
  b.output(y);
  b.select(0);
}

TEST(StablehloPad, PutsValuesBetweenAndCrops) {
  ModelBuilder b;
  const int x = b.input("x", kInt32, {3}), v = b.constant<int32_t>("v", {}, {0}), y = b.tensor("y", kInt32, {1});
  b.node(schema::BuiltinOperator_STABLEHLO_PAD, {x, v}, {y}, [](auto& f) {
    return schema::CreateStablehloPadOptions(f, f.CreateVector(Longs{-1}), f.CreateVector(Longs{2}), f.CreateVector(Longs{1}));
  });
  b.output(y);
  EXPECT_EQ(run<int32_t>(b, {{1, 2, 3}}), (std::vector<int32_t>{0, 2, 0, 3, 0, 0}));
}

TEST(StablehloGather, SlicesThatWouldStickOutAreMovedInside) {
  ModelBuilder b;
  const int x = b.input("x", kInt32, {4, 3}), at = b.constant<int32_t>("at", {3, 1}, {1, 9, -2}),
            y = b.tensor("y", kInt32, {3, 2, 3});
  b.node(schema::BuiltinOperator_STABLEHLO_GATHER, {x, at}, {y}, [](auto& f) {
    return schema::CreateStablehloGatherOptions(f, f.CreateVector(Longs{1, 2}), f.CreateVector(Longs{}), f.CreateVector(Longs{0}),
                                                1, f.CreateVector(Longs{2, 3}));
  });
  b.output(y);
  std::vector<int32_t> in(12);
  std::iota(in.begin(), in.end(), 0);
  const auto got = run<int32_t>(b, {in});
  ASSERT_EQ(got.size(), 18u);
  const int starts[] = {1, 2, 0};
  for (int k = 0; k < 18; ++k) EXPECT_EQ(got[static_cast<size_t>(k)], starts[k / 6] * 3 + k % 6);
}

TEST(StablehloScatter, UpdatesOfTheSameElementAddUpAndThoseOutsideAreLeftOut) {
  ModelBuilder b;
  const int x = b.input("x", kInt32, {4, 2}), at = b.constant<int32_t>("at", {4, 1}, {2, 0, 2, 7}),
            u = b.constant<int32_t>("u", {4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), y = b.tensor("y", kInt32, {4, 2});
  b.node(schema::BuiltinOperator_STABLEHLO_SCATTER, {x, at, u}, {y}, [](auto& f) {
    return schema::CreateStablehloScatterOptions(f, false, f.CreateVector(Longs{1}), f.CreateVector(Longs{0}),
                                                 f.CreateVector(Longs{0}), 1, false, 1);
  });
  b.output(y);
  add_sum(b);
  EXPECT_EQ(run<int32_t>(b, {{10, 10, 20, 20, 30, 30, 40, 40}}), (std::vector<int32_t>{13, 14, 20, 20, 36, 38, 40, 40}));
}

TEST(StablehloReduceWindow, PaddingAndHolesCountAsTheInitialValue) {
  ModelBuilder b;
  const int x = b.input("x", kInt32, {3}), v = b.constant<int32_t>("v", {}, {100}), y = b.tensor("y", kInt32, {1});
  b.node(schema::BuiltinOperator_STABLEHLO_REDUCE_WINDOW, {x, v}, {y}, [](auto& f) {
    return schema::CreateStablehloReduceWindowOptions(f, f.CreateVector(Longs{2}), f.CreateVector(Longs{2}),
                                                      f.CreateVector(Longs{2}), f.CreateVector(Longs{1}),
                                                      f.CreateVector(Longs{1, 0}), 1);
  });
  b.output(y);
  add_sum(b);
  // Dilated and padded: 100 1 100 2 100 3; windows of two, every second one, on top of the initial value.
  EXPECT_EQ(run<int32_t>(b, {{1, 2, 3}}), (std::vector<int32_t>{201, 202, 203}));
}

TEST(StablehloCase, AnIndexWithoutABranchChoosesTheLast) {
  for (const auto& [index, want] : std::vector<std::pair<int32_t, int32_t>>{{0, -4}, {1, 8}, {2, 8}, {-1, 8}}) {
    ModelBuilder b;
    const int x = b.input("x", kInt32, {1}), k = b.constant<int32_t>("k", {}, {index}), y = b.tensor("y", kInt32, {1});
    b.node(schema::BuiltinOperator_STABLEHLO_CASE, {k, x}, {y}, [](auto& f) {
      return schema::CreateStablehloCaseOptions(f, f.CreateVector(std::vector<int32_t>{1, 2}));
    });
    b.output(y);
    b.subgraph("negative");
    const int a = b.input("a", kInt32, {1}), c = b.tensor("c", kInt32, {1});
    b.node(schema::BuiltinOperator_NEG, {a}, {c});
    b.output(c);
    b.subgraph("double");
    const int d = b.input("d", kInt32, {1}), e = b.tensor("e", kInt32, {1});
    b.node(schema::BuiltinOperator_STABLEHLO_ADD, {d, d}, {e});
    b.output(e);
    EXPECT_EQ(run<int32_t>(b, {{4}}), (std::vector<int32_t>{want}));
  }
}

/// The first known-answer vectors that the authors of the generators publish: key and counter zero.
TEST(StablehloRngBitGenerator, GivesThePublishedBits) {
  const std::vector<std::pair<schema::RngAlgorithm, std::vector<uint32_t>>> vectors = {
      {schema::RngAlgorithm_PHILOX, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {schema::RngAlgorithm_THREEFRY, {0x6b200159, 0x99ba4efe}}};
  for (const auto& [algorithm, want] : vectors) {
    ModelBuilder b;
    const int state = b.input("state", DType::kUInt64, {2}), after = b.tensor("after", DType::kUInt64, {2}),
              bits = b.tensor("bits", DType::kUInt32, {static_cast<int32_t>(want.size())});
    b.node(schema::BuiltinOperator_STABLEHLO_RNG_BIT_GENERATOR, {state}, {after, bits},
           [a = algorithm](auto& f) { return schema::CreateStablehloRngBitGeneratorOptions(f, a); });
    b.output(bits);
    EXPECT_EQ((run<uint64_t, uint32_t>(b, {{0, 0}})), want);
  }
}

}  // namespace
}  // namespace whyzero::ops
