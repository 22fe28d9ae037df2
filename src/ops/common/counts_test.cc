// SPLIT, SPLIT_V, UNPACK and PACK say twice how many parts there are; in RESHAPE 0 and -1 exclude each other.
#include <gtest/gtest.h>

#include "ops/common/memory.h"
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using graph::ModelBuilder;

/// Two outputs of one row each, or whatever `parts` claims.
template <class Options>
ErrorCode two_parts(schema::BuiltinOperator op, Options&& options, std::vector<int32_t> part) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2, 3}), axis = b.constant<int32_t>("axis", {}, {0});
  const int y0 = b.tensor("y0", DType::kFloat32, part), y1 = b.tensor("y1", DType::kFloat32, part);
  std::vector<int> inputs = {x};
  if (op == schema::BuiltinOperator_SPLIT) inputs = {axis, x};
  if (op == schema::BuiltinOperator_SPLIT_V) inputs = {x, b.constant<int32_t>("sizes", {2}, {1, 1}), axis};
  b.node(op, inputs, {y0, y1}, options);
  b.output(y0);
  return test::refusal(b);
}

TEST(Counts, PartsMustBeTheOutputs) {
  for (int parts : {1, 2, 3}) {
    const ErrorCode expected = parts == 2 ? ErrorCode::kNotFound : ErrorCode::kMalformed;  // kNotFound: nothing is refused
    EXPECT_EQ(two_parts(schema::BuiltinOperator_SPLIT, [&](auto& f) { return schema::CreateSplitOptions(f, parts); }, {1, 3}), expected);
    EXPECT_EQ(two_parts(schema::BuiltinOperator_SPLIT_V, [&](auto& f) { return schema::CreateSplitVOptions(f, parts); }, {1, 3}), expected);
    EXPECT_EQ(two_parts(schema::BuiltinOperator_UNPACK, [&](auto& f) { return schema::CreateUnpackOptions(f, parts, 0); }, {3}), expected);
  }
}

TEST(Counts, ValuesMustBeTheInputs) {
  for (int values : {1, 2, 3}) {
    ModelBuilder b;
    const int x = b.input("x", DType::kFloat32, {3}), y = b.input("y", DType::kFloat32, {3}), z = b.tensor("z", DType::kFloat32, {2, 3});
    b.node(schema::BuiltinOperator_PACK, {x, y}, {z}, [&](auto& f) { return schema::CreatePackOptions(f, values, 0); });
    b.output(z);
    EXPECT_EQ(test::refusal(b), values == 2 ? ErrorCode::kNotFound : ErrorCode::kMalformed);
  }
}

TEST(Counts, ReshapeCopiesADimensionOnlyWithoutMinusOne) {
  for (int32_t last : {3, -1}) {
    ModelBuilder b;
    const int x = b.input("x", DType::kFloat32, {2, 3}), shape = b.constant<int32_t>("shape", {2}, {0, last}),
              y = b.tensor("y", DType::kFloat32, {2, 3});
    b.node(schema::BuiltinOperator_RESHAPE, {x, shape}, {y}, [](auto& f) { return schema::CreateReshapeOptions(f); });
    b.output(y);
    EXPECT_EQ(test::refusal(b), last == 3 ? ErrorCode::kNotFound : ErrorCode::kMalformed);
  }
}

TEST(Counts, EmptyTensorsAreWalkable) {
  EXPECT_TRUE(walkable(Shape{0, 1 << 20}));
  EXPECT_TRUE(walkable(Shape{1 << 15, 1 << 15}));
  EXPECT_FALSE(walkable(Shape{1 << 15, 0, 1 << 15}));
  EXPECT_FALSE(walkable(Shape{0, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX}));
  EXPECT_FALSE(tensor_bytes(DType::kFloat32, Shape{1 << 15, 0, 1 << 15}));
}

}  // namespace
}  // namespace whyzero::ops
