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

TEST(FullyConnected, RoundsOnceWithTiesAwayFromZero) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kUInt8, {8, 1}, graph::quantized(0.5f, 128)), y = b.tensor("y", DType::kUInt8, {8, 1}, graph::quantized(1.0f, 100));
  const int w = b.constant<uint8_t>("w", {1, 1}, {129}, graph::quantized(0.5f, 128));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  EXPECT_EQ(run<uint8_t>(b, {{116, 117, 118, 119, 122, 126, 130, 138}}), (std::vector<uint8_t>{97, 97, 97, 98, 98, 99, 101, 103}));
}

TEST(FullyConnected, Int16BesideAnInt32BiasRoundsTwiceWithTiesUp) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt16, {6, 1}, graph::quantized(0.5f, 0)), y = b.tensor("y", DType::kInt16, {6, 1}, graph::quantized(1.0f, 0));
  const int w = b.constant<int8_t>("w", {1, 1}, {1}, graph::quantized(0.5f, 0)), bias = b.constant<int32_t>("bias", {1}, {0}, graph::quantized(0.25f, 0));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); }, 4);
  b.output(y);
  EXPECT_EQ(run<int16_t>(b, {{-12, -11, -7, -3, 1, 9}}), (std::vector<int16_t>{-3, -2, -1, 0, 1, 3}));
}

TEST(Pow, OneWholeExponentIsAMatterOfProducts) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt32, {4}), e = b.constant<int32_t>("e", {1}, {14}), y = b.tensor("y", DType::kInt32, {4});
  b.node(schema::BuiltinOperator_POW, {x, e}, {y});
  b.output(y);
  EXPECT_EQ(run<int32_t>(b, {{3, -7, 19, 1000}}), (std::vector<int32_t>{4782969, -381759919, -281002215, 0}));
  graph::ModelBuilder f;
  const int real = f.input("x", DType::kFloat32, {3}), three = f.constant<float>("e", {1}, {3}), power = f.tensor("y", DType::kFloat32, {3});
  f.node(schema::BuiltinOperator_POW, {real, three}, {power});
  f.output(power);
  const float infinity = std::numeric_limits<float>::infinity(), largest = std::numeric_limits<float>::max();
  EXPECT_EQ(run<float>(f, {{-infinity, 2, 1e30f}}), (std::vector<float>{-largest, 8, largest}));
}

TEST(Ceil, DenormalsAreZero) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {4}), y = b.tensor("y", DType::kFloat32, {4});
  b.node(schema::BuiltinOperator_CEIL, {x}, {y});
  b.output(y);
  EXPECT_EQ(run<float>(b, {{1e-40f, -1e-40f, 1e-30f, 0.5f}}), (std::vector<float>{0, 0, 1, 1}));
}

TEST(ReduceMax, NanIsPassedOverUnlessItBeginsTheWhole) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const bool whole : {false, true}) {
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kFloat32, {3, 3}), axes = whole ? b.constant<int32_t>("axes", {2}, {0, 1}) : b.constant<int32_t>("axes", {1}, {1});
    const int y = b.tensor("y", DType::kFloat32, whole ? std::vector<int32_t>{} : std::vector<int32_t>{3});
    b.node(schema::BuiltinOperator_REDUCE_MAX, {x, axes}, {y}, [](auto& f) { return schema::CreateReducerOptions(f); });
    b.output(y);
    const auto got = run<float>(b, {{nan, 1, 0, 2, nan, 1, 5, 4, nan}});
    if (whole)
      EXPECT_TRUE(std::isnan(got.at(0)));
    else
      EXPECT_EQ(got, (std::vector<float>{1, 2, 5}));
  }
}

TEST(Mul, Int16WithAnEightBitProductIsFixedPoint) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt16, {5}, graph::quantized(1.0f / 32768, 0)), z = b.input("z", DType::kInt16, {5}, graph::quantized(0.5f, 0));
  const int y = b.tensor("y", DType::kInt8, {5}, graph::quantized(1.0f / 128, 3));
  b.node(schema::BuiltinOperator_MUL, {x, z}, {y}, [](auto& f) { return schema::CreateMulOptions(f); }, 2);
  b.output(y);
  const auto got = run<int16_t, int8_t>(b, {{84, -32768, -13697, 32767, 27096}, {-25059, -32768, 5112, 11539, -32768}});
  EXPECT_EQ(got, (std::vector<int8_t>{3, 127, -5, 48, -103}));
}

TEST(Elu, Int8RoundsTiesToEvenWithTheZeroPoint) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {6}, graph::quantized(0.05f, 4)), y = b.tensor("y", DType::kInt8, {6}, graph::quantized(0.08f, -75));
  b.node(schema::BuiltinOperator_ELU, {x}, {y});
  b.output(y);
  EXPECT_EQ(run<int8_t>(b, {{8, 16, 24, 32, 40, -20}}), (std::vector<int8_t>{-72, -68, -62, -58, -52, -84}));
}

TEST(AddN, SumsAreHeldToFiniteNumbers) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2}), z = b.input("z", DType::kFloat32, {2}), y = b.tensor("y", DType::kFloat32, {2});
  b.node(schema::BuiltinOperator_ADD_N, {x, z, z}, {y}, [](auto& f) { return schema::CreateAddNOptions(f); });
  b.output(y);
  EXPECT_EQ(run<float>(b, {{std::numeric_limits<float>::infinity(), 1}, {1, 2}}), (std::vector<float>{std::numeric_limits<float>::max(), 5}));
}

TEST(Lstm, BasicInUInt8) {
  graph::ModelBuilder b;
  const auto value = graph::quantized(1.0f / 128, 128), state = graph::quantized(1.0f / 2048, 0);
  const int x = b.constant<uint8_t>("x", {1, 2}, {30, 200}, value), h = b.constant<uint8_t>("h", {1, 2}, {100, 160}, value);
  std::vector<uint8_t> weights(32);
  for (size_t k = 0; k < weights.size(); ++k) weights[k] = static_cast<uint8_t>(7 * k);
  const int w = b.constant<uint8_t>("w", {8, 4}, weights, graph::quantized(0.02f, 120));
  const int bias = b.constant<int32_t>("bias", {8}, {-1500, -1000, -500, 0, 500, 1000, 1500, 2000}, graph::quantized(0.02f / 128, 0));
  const int c = b.input("c", DType::kInt16, {1, 2}, state);
  const int out = b.tensor("out", DType::kUInt8, {1, 2}, value), next = b.tensor("next", DType::kInt16, {1, 2}, state);
  const int joined = b.tensor("joined", DType::kUInt8, {1, 4}, value), gates = b.tensor("gates", DType::kInt16, {1, 8}, graph::quantized(1.0f / 4096, 0));
  b.node(schema::BuiltinOperator_LSTM, {x, h, w, bias, c}, {out, next, joined, gates},
         [](auto& f) { return schema::CreateLSTMOptions(f, schema::ActivationFunctionType_TANH, 0, 0, schema::LSTMKernelType_BASIC); }, 2);
  b.output(out);
  b.output(next);
  EXPECT_EQ((run<int16_t, uint8_t>(b, {{1500, -2000}})), (std::vector<uint8_t>{163, 101}));
}

}  // namespace
}  // namespace whyzero::ops
