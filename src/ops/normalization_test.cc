// LOG_SOFTMAX, L2_NORMALIZATION and LOCAL_RESPONSE_NORMALIZATION against their formulas in double precision.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

graph::ModelBuilder unary(schema::BuiltinOperator op, DType dtype, std::vector<int32_t> shape, graph::Quantization in = {},
                          graph::Quantization out = {}) {
  graph::ModelBuilder b;
  const int x = b.input("x", dtype, shape, in), y = b.tensor("y", dtype, shape, out);
  b.node(op, {x}, {y});
  b.output(y);
  return b;
}

TEST(LogSoftmax, FloatsAndQuantizedValues) {
  Random random(1);
  const auto values = random_int8(random, 5 * 7);
  std::vector<float> reals(values.size());
  for (size_t k = 0; k < reals.size(); ++k) reals[k] = 0.1f * static_cast<float>(values[k] - 3);
  const auto floats = run<float>(unary(schema::BuiltinOperator_LOG_SOFTMAX, DType::kFloat32, {5, 7}), {reals});
  const auto bytes = run<int8_t>(unary(schema::BuiltinOperator_LOG_SOFTMAX, DType::kInt8, {5, 7}, graph::quantized(0.1f, 3),
                                       graph::quantized(1.0f / 16, 127)),
                                 {values});
  ASSERT_EQ(floats.size(), reals.size());
  ASSERT_EQ(bytes.size(), reals.size());
  for (size_t row = 0; row < 5; ++row) {
    double sum = 0;
    for (size_t k = 0; k < 7; ++k) sum += std::exp(static_cast<double>(reals[row * 7 + k]));
    for (size_t k = row * 7; k < row * 7 + 7; ++k) {
      const double want = static_cast<double>(reals[k]) - std::log(sum);
      EXPECT_NEAR(floats[k], want, 1e-5);
      EXPECT_NEAR(bytes[k], clamp_int8(want * 16 + 127), 0.51);
    }
  }
  EXPECT_EQ(refusal(unary(schema::BuiltinOperator_LOG_SOFTMAX, DType::kInt8, {5, 7}, graph::quantized(0.1f, 3),
                          graph::quantized(0.1f, 127))),
            ErrorCode::kQuantizationInvalid);
}

TEST(L2Normalization, RowsGetLengthOne) {
  Random random(2);
  const auto values = random_int8(random, 6 * 9);
  const auto bytes = run<int8_t>(unary(schema::BuiltinOperator_L2_NORMALIZATION, DType::kInt8, {6, 9}, graph::quantized(0.5f, -7),
                                       graph::quantized(1.0f / 128)),
                                 {values});
  const std::vector<float> reals(values.begin(), values.end());
  const auto floats = run<float>(unary(schema::BuiltinOperator_L2_NORMALIZATION, DType::kFloat32, {6, 9}), {reals});
  ASSERT_EQ(bytes.size(), values.size());
  ASSERT_EQ(floats.size(), values.size());
  for (size_t row = 0; row < 6; ++row) {
    double squares = 0, shifted = 0;
    for (size_t k = row * 9; k < row * 9 + 9; ++k) {
      squares += static_cast<double>(reals[k]) * static_cast<double>(reals[k]);
      shifted += (values[k] + 7.0) * (values[k] + 7.0);
    }
    for (size_t k = row * 9; k < row * 9 + 9; ++k) {
      EXPECT_NEAR(floats[k], static_cast<double>(reals[k]) / std::sqrt(squares), 1e-6);
      EXPECT_NEAR(bytes[k], clamp_int8(128 * (values[k] + 7) / std::sqrt(shifted)), 0.51);
    }
  }
  EXPECT_EQ(run<float>(unary(schema::BuiltinOperator_L2_NORMALIZATION, DType::kFloat32, {1, 2}), {{0, 0}}),
            (std::vector<float>{0, 0}));
}

TEST(LocalResponseNormalization, TheWindowReachesOverBothNeighbours) {
  Random random(3);
  const auto values = random_floats(random, 2 * 6);
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 1, 2, 6}), y = b.tensor("y", DType::kFloat32, {1, 1, 2, 6});
  b.node(schema::BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION, {x}, {y},
         [](auto& f) { return schema::CreateLocalResponseNormalizationOptions(f, 2, 0.5f, 2.0f, 0.75f); });
  b.output(y);
  const auto got = run<float>(b, {values});
  ASSERT_EQ(got.size(), values.size());
  for (int pixel = 0; pixel < 2; ++pixel)
    for (int c = 0; c < 6; ++c) {
      double squares = 0;
      for (int k = std::max(0, c - 2); k <= std::min(5, c + 2); ++k) {
        const double v = static_cast<double>(values[static_cast<size_t>(pixel * 6 + k)]);
        squares += v * v;
      }
      const size_t at = static_cast<size_t>(pixel * 6 + c);
      EXPECT_NEAR(got[at], static_cast<double>(values[at]) / std::pow(0.5 + 2 * squares, 0.75), 1e-6);
    }
}

}  // namespace
}  // namespace whyzero::ops
