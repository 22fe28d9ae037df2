// What the official reference kernels gave where a formula does not tell: roundings, ties and what they pass over.
#include <limits>

#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

TEST(Sub, Int16WithPowersOfTwoRoundsTheShiftedInputAlone) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt16, {4}, graph::quantized(1.0f / 32768, 0)), z = b.input("z", DType::kInt16, {4}, graph::quantized(1.0f / 4096, 0));
  const int y = b.tensor("y", DType::kInt16, {4}, graph::quantized(1.0f / 4096, 0));
  b.node(schema::BuiltinOperator_SUB, {x, z}, {y}, [](auto& f) { return schema::CreateSubOptions(f); });
  b.output(y);
  EXPECT_EQ(run<int16_t>(b, {{4, -4, 12, 20}, {5, -5, 7, -3}}), (std::vector<int16_t>{-4, 4, -5, 6}));
}

TEST(Equal, Int16IsBroughtToOneScale) {
  for (const auto& [op, expected] : {std::pair(schema::BuiltinOperator_EQUAL, std::vector<uint8_t>{0, 1, 1, 0}), std::pair(schema::BuiltinOperator_NOT_EQUAL, std::vector<uint8_t>{1, 0, 0, 1})}) {
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kInt16, {4}, graph::quantized(0.001f, 0)), z = b.input("z", DType::kInt16, {4}, graph::quantized(0.0007f, 0));
    const int y = b.tensor("y", DType::kBool, {4});
    b.node(op, {x, z}, {y});
    b.output(y);
    const auto got = run<int16_t, uint8_t>(b, {{-32768, 5, 0, 7}, {-32768, 5, 1, 3}});
    EXPECT_EQ(got, expected);
  }
}

TEST(Softmax, UInt8MeansTwoHundredFiftySixths) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kUInt8, {1, 4}, graph::quantized(0.5f, 128)), y = b.tensor("y", DType::kUInt8, {1, 4}, graph::quantized(0.01f, 148));
  b.node(schema::BuiltinOperator_SOFTMAX, {x}, {y}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); });
  b.output(y);
  EXPECT_EQ(run<uint8_t>(b, {{97, 98, 99, 100}}), (std::vector<uint8_t>{26, 43, 71, 116}));
}

TEST(Softmax, UInt8MayGiveInt16) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kUInt8, {1, 4}, graph::quantized(0.5f, 128)), y = b.tensor("y", DType::kInt16, {1, 4}, graph::quantized(1.0f / 65536, -32768));
  b.node(schema::BuiltinOperator_SOFTMAX, {x}, {y}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); });
  b.output(y);
  EXPECT_EQ((run<uint8_t, int16_t>(b, {{97, 98, 99, 100}})), (std::vector<int16_t>{-26114, -21797, -14680, -2946}));
}

TEST(Sign, NanStays) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {3}), y = b.tensor("y", DType::kFloat32, {3});
  b.node(schema::BuiltinOperator_SIGN, {x}, {y});
  b.output(y);
  const auto got = run<float>(b, {{std::numeric_limits<float>::quiet_NaN(), -2, 3}});
  ASSERT_EQ(got.size(), 3u);
  EXPECT_TRUE(std::isnan(got[0]));
  EXPECT_EQ(got[1], -1);
  EXPECT_EQ(got[2], 1);
}

TEST(Sum, OfBoolsIsTheirDisjunction) {
  for (const auto& [op, expected] : {std::pair(schema::BuiltinOperator_SUM, std::vector<uint8_t>{1, 1}), std::pair(schema::BuiltinOperator_REDUCE_PROD, std::vector<uint8_t>{0, 1})}) {
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kBool, {2, 2}), axis = b.constant<int32_t>("axis", {1}, {1}), y = b.tensor("y", DType::kBool, {2});
    b.node(op, {x, axis}, {y}, [](auto& f) { return schema::CreateReducerOptions(f); });
    b.output(y);
    EXPECT_EQ(run<uint8_t>(b, {{1, 0, 1, 1}}), expected);
  }
}

TEST(LogSoftmax, OfASingleNumberIsZero) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {}), y = b.tensor("y", DType::kFloat32, {});
  b.node(schema::BuiltinOperator_LOG_SOFTMAX, {x}, {y});
  b.output(y);
  EXPECT_EQ(run<float>(b, {{3.5f}}), std::vector<float>{0});
}

}  // namespace
}  // namespace whyzero::ops
