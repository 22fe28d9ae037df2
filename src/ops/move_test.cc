// Operators that move data, against their definitions written as plainly as possible.
#include <algorithm>
#include <map>
#include <numeric>

#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;
using graph::ModelBuilder;

constexpr auto kInt32 = DType::kInt32;

std::vector<int32_t> random_ints(Random& random, size_t count, int32_t below) {
  std::vector<int32_t> values(count);
  for (int32_t& v : values) v = static_cast<int32_t>(random.below(static_cast<uint64_t>(below)));
  return values;
}

/// A model of one node with one int32 input "x", constants and one output.
struct OneNode {
  ModelBuilder b;
  int x, y;
  explicit OneNode(Shape shape, DType dtype = kInt32) : x(b.input("x", dtype, shape)), y(b.tensor("y", dtype, {1})) {}
  int constant(Shape shape, const std::vector<int32_t>& values) { return b.constant<int32_t>("c", std::move(shape), values); }
};

TEST(BatchSpace, PaddedBlocksGoToTheBatchesAndComeBack) {
  Random random(1);
  const Shape shape{2, 3, 5, 2};
  const auto in = random_ints(random, 60, 1000);
  OneNode there(shape);
  there.b.node(schema::BuiltinOperator_SPACE_TO_BATCH_ND,
               {there.x, there.constant({2}, {2, 3}), there.constant({2, 2}, {1, 0, 0, 1})}, {there.y});
  there.b.output(there.y);
  Shape got_shape;
  const auto got = run<int32_t>(there.b, {in}, &got_shape);
  ASSERT_EQ(got_shape, (Shape{12, 2, 2, 2}));
  for (int n = 0; n < 12; ++n)
    for (int y = 0; y < 2; ++y)
      for (int x = 0; x < 2; ++x)
        for (int c = 0; c < 2; ++c) {
          const int row = y * 2 + n / 2 / 3 - 1, column = x * 3 + n / 2 % 3;
          const bool inside = row >= 0 && column < 5;
          const int32_t want = inside ? in[static_cast<size_t>(((n % 2 * 3 + row) * 5 + column) * 2 + c)] : 0;
          EXPECT_EQ(got[static_cast<size_t>(((n * 2 + y) * 2 + x) * 2 + c)], want);
        }
  OneNode back(got_shape);
  back.b.node(schema::BuiltinOperator_BATCH_TO_SPACE_ND,
              {back.x, back.constant({2}, {2, 3}), back.constant({2, 2}, {1, 0, 0, 1})}, {back.y});
  back.b.output(back.y);
  EXPECT_EQ(run<int32_t>(back.b, {got}), in);
}

TEST(BatchSpace, BlocksThatCannotBeAreRefused) {
  for (const std::vector<int32_t>& block : {std::vector<int32_t>{0, 2}, {-1, 2}, {2147483647, 2147483647}, {2, 3}}) {
    OneNode m({1, 4, 4, 1});
    m.b.node(schema::BuiltinOperator_SPACE_TO_BATCH_ND, {m.x, m.constant({2}, block), m.constant({2, 2}, {0, 0, 0, 0})}, {m.y});
    m.b.output(m.y);
    EXPECT_NE(refusal(m.b), ErrorCode::kNotFound);
  }
}

TEST(MirrorPad, PaddingReadsTheInputBackwards) {
  for (const auto mode : {schema::MirrorPadMode_REFLECT, schema::MirrorPadMode_SYMMETRIC}) {
    OneNode m({4});
    m.b.node(schema::BuiltinOperator_MIRROR_PAD, {m.x, m.constant({1, 2}, {3, 2})}, {m.y},
             [mode](auto& f) { return schema::CreateMirrorPadOptions(f, mode); });
    m.b.output(m.y);
    const auto got = run<int32_t>(m.b, {{1, 2, 3, 4}});
    EXPECT_EQ(got, mode == schema::MirrorPadMode_REFLECT ? (std::vector<int32_t>{4, 3, 2, 1, 2, 3, 4, 3, 2})
                                                         : (std::vector<int32_t>{3, 2, 1, 1, 2, 3, 4, 4, 3}));
  }
}

TEST(ScatterNd, SumsWhatGatherNdWouldRead) {
  Random random(2);
  const auto at = random_ints(random, 2 * 7, 3), updates = random_ints(random, 7 * 4, 100);
  OneNode m({7, 4});
  m.b.node(schema::BuiltinOperator_SCATTER_ND, {m.constant({7, 2}, at), m.x, m.constant({3}, {3, 3, 4})}, {m.y});
  m.b.output(m.y);
  const auto scattered = run<int32_t>(m.b, {updates});
  std::vector<int32_t> want(36, 0);
  for (size_t k = 0; k < 7; ++k)
    for (size_t i = 0; i < 4; ++i) want[static_cast<size_t>(at[2 * k] * 3 + at[2 * k + 1]) * 4 + i] += updates[k * 4 + i];
  EXPECT_EQ(scattered, want);
  OneNode g({3, 3, 4});
  g.b.node(schema::BuiltinOperator_GATHER_ND, {g.x, g.constant({7, 2}, at)}, {g.y});
  g.b.output(g.y);
  const auto gathered = run<int32_t>(g.b, {want});
  for (size_t k = 0; k < 28; ++k)
    EXPECT_EQ(gathered[k], want[static_cast<size_t>(at[k / 4 * 2] * 3 + at[k / 4 * 2 + 1]) * 4 + k % 4]);
}

TEST(ScatterNd, IndicesOutsideAreAnError) {
  for (const int32_t index : {-1, 3, 2147483647}) {
    OneNode m({1});
    m.b.node(schema::BuiltinOperator_SCATTER_ND, {m.constant({1, 1}, {index}), m.x, m.constant({1}, {3})}, {m.y});
    m.b.output(m.y);
    EXPECT_EQ(refusal(m.b), ErrorCode::kInvalidArgument);
  }
}

TEST(TopK, IsAStableSortFromTheLargest) {
  Random random(3);
  const auto in = random_ints(random, 5 * 40, 9);  // many ties
  ModelBuilder b;
  const int x = b.input("x", kInt32, {5, 40}), k = b.constant<int32_t>("k", {}, {17}), y = b.tensor("y", kInt32, {1}),
            places = b.tensor("places", kInt32, {1});
  b.node(schema::BuiltinOperator_TOPK_V2, {x, k}, {y, places});
  b.output(places);
  const auto got = run<int32_t>(b, {in});
  ASSERT_EQ(got.size(), 5u * 17u);
  for (size_t r = 0; r < 5; ++r) {
    std::vector<int32_t> order(40);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int32_t i, int32_t j) {
      return in[r * 40 + static_cast<size_t>(i)] > in[r * 40 + static_cast<size_t>(j)];
    });
    for (size_t i = 0; i < 17; ++i) EXPECT_EQ(got[r * 17 + i], order[i]);
  }
}

TEST(CumulativeSum, EveryDirectionWithAndWithoutTheElement) {
  for (const bool exclusive : {false, true})
    for (const bool reverse : {false, true}) {
      OneNode m({2, 3, 2});
      m.b.node(schema::BuiltinOperator_CUMSUM, {m.x, m.constant({}, {-2})}, {m.y},
               [=](auto& f) { return schema::CreateCumsumOptions(f, exclusive, reverse); });
      m.b.output(m.y);
      std::vector<int32_t> in(12);
      std::iota(in.begin(), in.end(), 1);
      const auto got = run<int32_t>(m.b, {in});
      for (int i = 0; i < 12; ++i) {
        int32_t want = 0;
        for (int j = 0; j < 3; ++j) {
          const int step = i / 2 % 3;
          const bool counts = (reverse ? j >= step : j <= step) && !(exclusive && j == step);
          if (counts) want += in[static_cast<size_t>(i / 6 * 6 + j * 2 + i % 2)];
        }
        EXPECT_EQ(got[static_cast<size_t>(i)], want);
      }
    }
}

TEST(ReduceWindow, SumsOfADilatedWindow) {
  Random random(4);
  const auto in = random_ints(random, 7 * 6, 50);
  OneNode m({7, 6});
  auto longs = [&](int64_t a, int64_t c) { return m.b.constant<int64_t>("w", {2}, {a, c}); };
  m.b.node(schema::BuiltinOperator_REDUCE_WINDOW, {m.x, m.constant({}, {1000}), longs(2, 3), longs(2, 1), longs(3, 1)}, {m.y},
           [](auto& f) { return schema::CreateReduceWindowOptions(f, schema::ReduceWindowFunction_ADD); });
  m.b.output(m.y);
  Shape shape;
  const auto got = run<int32_t>(m.b, {in}, &shape);
  ASSERT_EQ(shape, (Shape{2, 4}));
  for (size_t y = 0; y < 2; ++y)
    for (size_t x = 0; x < 4; ++x) {
      int32_t want = 1000;
      for (size_t i = 0; i < 2; ++i)
        for (size_t j = 0; j < 3; ++j) want += in[(y * 2 + i * 3) * 6 + x + j];
      EXPECT_EQ(got[y * 4 + x], want);
    }
}

TEST(EmbeddingLookup, RowsOfAQuantizedTableComeOutAsTheirRealValues) {
  ModelBuilder b;
  const int rows = b.input("rows", kInt32, {3}),
            table = b.constant<int8_t>("table", {2, 2}, {-128, 3, 7, 127}, graph::per_channel({0.5f, 0.25f}, 0)),
            y = b.tensor("y", DType::kFloat32, {1});
  b.node(schema::BuiltinOperator_EMBEDDING_LOOKUP, {rows, table}, {y});
  b.output(y);
  EXPECT_EQ((run<int32_t, float>(b, {{1, 0, 1}})), (std::vector<float>{1.75f, 31.75f, -64.0f, 1.5f, 1.75f, 31.75f}));
}

TEST(Segments, EmptyOnesHoldTheNeutralElementAndNegativeNumbersBelongToNone) {
  const std::map<schema::BuiltinOperator, std::vector<int32_t>> want = {
      {schema::BuiltinOperator_UNSORTED_SEGMENT_SUM, {8, 0, 3}},
      {schema::BuiltinOperator_UNSORTED_SEGMENT_PROD, {15, 1, 3}},
      {schema::BuiltinOperator_UNSORTED_SEGMENT_MAX, {5, INT32_MIN, 3}},
      {schema::BuiltinOperator_UNSORTED_SEGMENT_MIN, {3, INT32_MAX, 3}}};
  for (const auto& [op, values] : want) {
    OneNode m({4});
    m.b.node(op, {m.x, m.constant({4}, {0, 2, -1, 0}), m.constant({}, {3})}, {m.y});
    m.b.output(m.y);
    EXPECT_EQ(run<int32_t>(m.b, {{5, 3, 9, 3}}), values);
  }
}

TEST(Range, ExtremeBoundsDoNotOverflow) {
  ModelBuilder b;
  const int x = b.input("x", kInt32, {}), limit = b.constant<int32_t>("l", {}, {INT32_MAX}),
            step = b.constant<int32_t>("d", {}, {INT32_MAX}), y = b.tensor("y", kInt32, {1});
  b.node(schema::BuiltinOperator_RANGE, {x, limit, step}, {y});
  b.output(y);
  EXPECT_EQ(run<int32_t>(b, {{INT32_MIN}}), (std::vector<int32_t>{INT32_MIN, -1, INT32_MAX - 1}));
}

TEST(MatrixSetDiag, ReplacesTheDiagonalOfEveryMatrix) {
  OneNode m({2, 2, 3});
  m.b.node(schema::BuiltinOperator_MATRIX_SET_DIAG, {m.x, m.constant({2, 2}, {1, 2, 3, 4})}, {m.y});
  m.b.output(m.y);
  EXPECT_EQ(run<int32_t>(m.b, {std::vector<int32_t>(12, 9)}), (std::vector<int32_t>{1, 9, 9, 9, 2, 9, 3, 9, 9, 9, 4, 9}));
}

TEST(OneHot, IndicesOutsideOfTheDepthStayOff) {
  ModelBuilder b;
  const int x = b.input("x", kInt32, {2, 2}), depth = b.constant<int32_t>("d", {}, {3}), on = b.constant<int32_t>("on", {}, {7}),
            off = b.constant<int32_t>("off", {}, {-1}), y = b.tensor("y", kInt32, {1});
  b.node(schema::BuiltinOperator_ONE_HOT, {x, depth, on, off}, {y}, [](auto& f) { return schema::CreateOneHotOptions(f, 1); });
  b.output(y);
  Shape shape;
  const auto got = run<int32_t>(b, {{0, 2, 3, -1}}, &shape);
  EXPECT_EQ(shape, (Shape{2, 3, 2}));
  EXPECT_EQ(got, (std::vector<int32_t>{7, -1, -1, -1, -1, 7, -1, -1, -1, -1, -1, -1}));
}

TEST(Dilate, ElementsLieApart) {
  OneNode m({2, 2});
  m.b.node(schema::BuiltinOperator_DILATE, {m.x, m.constant({2}, {2, 3}), m.constant({}, {-5})}, {m.y});
  m.b.output(m.y);
  EXPECT_EQ(run<int32_t>(m.b, {{1, 2, 3, 4}}), (std::vector<int32_t>{1, -5, -5, 2, -5, -5, -5, -5, 3, -5, -5, 4}));
}

TEST(DynamicUpdateSlice, StartsAreMovedInside) {
  OneNode m({5});
  m.b.node(schema::BuiltinOperator_DYNAMIC_UPDATE_SLICE, {m.x, m.constant({2}, {1, 2}), m.constant({1}, {9})}, {m.y});
  m.b.output(m.y);
  EXPECT_EQ(run<int32_t>(m.b, {{0, 0, 0, 0, 0}}), (std::vector<int32_t>{0, 0, 0, 1, 2}));
}

}  // namespace
}  // namespace whyzero::ops
