// FLOOR_DIV, FLOOR_MOD, POW, ADD_N, PRELU and FAKE_QUANT against their formulas in double precision.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

graph::ModelBuilder binary(schema::BuiltinOperator op, DType dtype, int32_t count) {
  graph::ModelBuilder b;
  const int x = b.input("x", dtype, {count}), z = b.input("z", dtype, {count}), y = b.tensor("y", dtype, {count});
  b.node(op, {x, z}, {y});
  b.output(y);
  return b;
}

TEST(FloorDiv, RoundsDownAndFloorModTakesTheDivisorsSign) {
  Random random(1);
  std::vector<int32_t> a(200), c(200);
  for (size_t k = 0; k < a.size(); ++k) {
    a[k] = static_cast<int32_t>(random.below(2001)) - 1000;
    c[k] = (static_cast<int32_t>(random.below(40)) + 1) * (random.below(2) ? 1 : -1);
  }
  const auto quotient = run<int32_t>(binary(schema::BuiltinOperator_FLOOR_DIV, DType::kInt32, 200), {a, c});
  const auto remainder = run<int32_t>(binary(schema::BuiltinOperator_FLOOR_MOD, DType::kInt32, 200), {a, c});
  ASSERT_EQ(quotient.size(), a.size());
  ASSERT_EQ(remainder.size(), a.size());
  for (size_t k = 0; k < a.size(); ++k) {
    const double floor = std::floor(static_cast<double>(a[k]) / c[k]);
    EXPECT_EQ(quotient[k], floor) << a[k] << " / " << c[k];
    EXPECT_EQ(remainder[k], a[k] - floor * c[k]) << a[k] << " mod " << c[k];
  }
}

TEST(FloorDiv, FloatsAndTheLowestIntegersByMinusOne) {
  const std::vector<float> x{7, -7, 7, -7, 1}, z{2, 2, -2, -2, 0.1f};
  EXPECT_EQ(run<float>(binary(schema::BuiltinOperator_FLOOR_DIV, DType::kFloat32, 5), {x, z}),
            (std::vector<float>{3, -4, -4, 3, 9}));
  const auto remainder = run<float>(binary(schema::BuiltinOperator_FLOOR_MOD, DType::kFloat32, 5), {x, z});
  ASSERT_EQ(remainder.size(), 5u);
  EXPECT_EQ(std::vector<float>(remainder.begin(), remainder.begin() + 4), (std::vector<float>{1, 1, -1, -1}));
  EXPECT_EQ(run<int64_t>(binary(schema::BuiltinOperator_FLOOR_MOD, DType::kInt64, 1), {{INT64_MIN}, {-1}}),
            (std::vector<int64_t>{0}));
  EXPECT_EQ(run<int32_t>(binary(schema::BuiltinOperator_FLOOR_DIV, DType::kInt32, 1), {{INT32_MIN}, {-1}}),
            (std::vector<int32_t>{INT32_MIN}));
}

TEST(FloorDiv, ZeroDivisorsAndNegativeIntegerExponentsAreErrors) {
  for (const auto op : {schema::BuiltinOperator_FLOOR_DIV, schema::BuiltinOperator_FLOOR_MOD})
    EXPECT_EQ(refusal(binary(op, DType::kInt32, 3)), ErrorCode::kInvalidArgument);  // inputs are zeros
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt32, {1}), e = b.constant<int32_t>("e", {1}, {-1}), y = b.tensor("y", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_POW, {x, e}, {y});
  b.output(y);
  EXPECT_EQ(refusal(b), ErrorCode::kInvalidArgument);
}

TEST(Pow, FloatsAndIntegers) {
  EXPECT_EQ(run<int32_t>(binary(schema::BuiltinOperator_POW, DType::kInt32, 4), {{2, -3, 0, 7}, {10, 3, 0, 1}}),
            (std::vector<int32_t>{1024, -27, 1, 7}));
  const auto got =
      run<float>(binary(schema::BuiltinOperator_POW, DType::kFloat32, 3), {{2.0f, 9.0f, 0.5f}, {0.5f, -0.5f, 10.0f}});
  ASSERT_EQ(got.size(), 3u);
  EXPECT_NEAR(got[0], std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(got[1], 1.0 / 3.0, 1e-6);
  EXPECT_NEAR(got[2], std::exp2(-10.0), 1e-9);
}

TEST(AddN, SumsAllInputsAndWantsOneShape) {
  graph::ModelBuilder b, broken;
  const int x = b.input("x", DType::kFloat32, {2}), z = b.input("z", DType::kFloat32, {2}),
            w = b.input("w", DType::kFloat32, {2});
  const int y = b.tensor("y", DType::kFloat32, {2});
  b.node(schema::BuiltinOperator_ADD_N, {x, z, w}, {y});
  b.output(y);
  EXPECT_EQ(run<float>(b, {{1, 2}, {10, 20}, {100, 200}}), (std::vector<float>{111, 222}));
  const int p = broken.input("p", DType::kFloat32, {2}), q = broken.input("q", DType::kFloat32, {1});
  const int r = broken.tensor("r", DType::kFloat32, {2});
  broken.node(schema::BuiltinOperator_ADD_N, {p, q}, {r});
  broken.output(r);
  EXPECT_EQ(refusal(broken), ErrorCode::kMalformed);
}

TEST(Prelu, QuantizedIsWithinAStepOfTheRealFunction) {
  Random random(4);
  const auto x = random_int8(random, 4 * 6), alpha = random_int8(random, 6);
  graph::ModelBuilder b;
  const int in = b.input("x", DType::kInt8, {4, 6}, graph::quantized(0.05f, 3));
  const int slope = b.constant<int8_t>("alpha", {6}, alpha, graph::quantized(0.01f, -4));
  const int y = b.tensor("y", DType::kInt8, {4, 6}, graph::quantized(0.06f, -10));
  b.node(schema::BuiltinOperator_PRELU, {in, slope}, {y});
  b.output(y);
  const auto got = run<int8_t>(b, {x});
  ASSERT_EQ(got.size(), x.size());
  for (size_t k = 0; k < x.size(); ++k) {
    const double real = 0.05 * (x[k] - 3), sloped = real >= 0 ? real : real * 0.01 * (alpha[k % 6] + 4);
    EXPECT_NEAR(got[k], clamp_int8(sloped / 0.06 - 10), 0.52) << k;  // one rounding, and one far below the step
  }
}

TEST(FakeQuant, ValuesLieOnAGridThatHoldsZero) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {101}), y = b.tensor("y", DType::kFloat32, {101});
  b.node(schema::BuiltinOperator_FAKE_QUANT, {x}, {y}, [](auto& f) { return schema::CreateFakeQuantOptions(f, -0.9f, 2.1f, 4); });
  b.output(y);
  std::vector<float> values(101);
  for (size_t k = 0; k < values.size(); ++k) values[k] = 0.05f * (static_cast<float>(k) - 50.0f);
  const auto got = run<float>(b, {values});
  ASSERT_EQ(got.size(), values.size());
  EXPECT_EQ(got[50], 0.0f);
  const double scale = 3.0 / 15, low = -5 * scale, high = 10 * scale;  // -0.9 / 0.2 = -4.5 moves to -5
  for (size_t k = 0; k < got.size(); ++k) {
    const double held = std::min(high, std::max(low, static_cast<double>(values[k])));
    EXPECT_LE(std::abs(static_cast<double>(got[k]) - held), scale / 2 + 1e-6) << values[k];
    EXPECT_NEAR(static_cast<double>(got[k]) / scale, std::round(static_cast<double>(got[k]) / scale), 1e-5);
  }
}

}  // namespace
}  // namespace whyzero::ops
