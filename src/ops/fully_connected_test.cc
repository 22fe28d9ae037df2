// FULLY_CONNECTED against the matrix product in double precision.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

TEST(FullyConnected, FloatsAreTheProductWithTheTransposedWeights) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto rows = 1 + random.below(4), depth = 1 + random.below(40), units = 1 + random.below(9);
    const auto input = random_floats(random, rows * depth), weights = random_floats(random, units * depth),
               bias = random_floats(random, units);
    graph::ModelBuilder b;
    const auto r = static_cast<int32_t>(rows), d = static_cast<int32_t>(depth), u = static_cast<int32_t>(units);
    const int x = b.input("x", DType::kFloat32, {r, d}), w = b.constant<float>("w", {u, d}, weights),
              k = b.constant<float>("bias", {u}, bias);
    const int y = b.tensor("y", DType::kFloat32, {r, u});
    b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, k}, {y},
           [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU); });
    b.output(y);
    const auto got = run<float>(b, {input});
    ASSERT_EQ(got.size(), rows * units);
    for (size_t i = 0; i < got.size(); ++i) {
      double sum = static_cast<double>(bias[i % units]);
      for (size_t c = 0; c < depth; ++c)
        sum += static_cast<double>(input[i / units * depth + c]) * static_cast<double>(weights[i % units * depth + c]);
      ASSERT_NEAR(got[i], std::max(sum, 0.0), 40 * 40 * 0x1p-24) << i;  // 40 roundings of a sum of at most 40
    }
  }
}

TEST(FullyConnected, HybridDiffersByTheQuantizationOfTheInputOnly) {
  Random random(7);
  const auto input = random_floats(random, 2 * 16);
  const auto weights = random_int8(random, 3 * 16);
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2, 16}), w = b.constant<int8_t>("w", {3, 16}, weights, graph::quantized(0.01f));
  const int y = b.tensor("y", DType::kFloat32, {2, 3});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, -1}, {y},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  const auto got = run<float>(b, {input});
  ASSERT_EQ(got.size(), 6u);
  for (size_t i = 0; i < got.size(); ++i) {
    double sum = 0, magnitude = 0;
    for (size_t c = 0; c < 16; ++c) {
      const double weight = static_cast<double>(0.01f) * weights[i % 3 * 16 + c];
      sum += static_cast<double>(input[i / 3 * 16 + c]) * weight;
      magnitude += std::abs(weight);
    }
    EXPECT_NEAR(got[i], sum, magnitude * 0.5 / 127 + 1e-5) << i;  // half a step of an input of at most 1
  }
}

}  // namespace
}  // namespace whyzero::ops
