// Against the reference on random shapes, and where padding meets weights that are no numbers.
#include <cmath>
#include <limits>

#include "fast/test_support.h"

namespace whyzero::fast::test {
namespace {

constexpr const char* kName = "f32_conv_2d_indirect";

TEST(F32Conv2dIndirect, RandomShapesGiveTheReferencesBits) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    const Layer layer = random_window(random, schema::BuiltinOperator_CONV_2D, between(random, 1, 20), between(random, 1, 70));
    expect_same(layer, seed, kName);
    if (HasFailure()) return;
  }
}

TEST(F32Conv2dIndirect, Groups) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const int32_t groups = between(random, 2, 3), in = between(random, 1, 5), out = between(random, 8, 20);
    Layer layer = random_window(random, schema::BuiltinOperator_CONV_2D, groups * in, groups * out);
    layer.filter[3] = in;
    expect_same(layer, seed, kName);
    if (HasFailure()) return;
  }
}

TEST(F32Conv2dIndirect, FewOutputChannelsInAGroupAreLeftToTheReference) {
  Layer layer;
  layer.input = {1, 4, 4, 6};
  layer.filter = {6, 3, 3, 1};
  layer.output = {1, 4, 4, 6};
  expect_same(layer, 1, "");
}

/// A 3x3 filter on one channel with padding; the weight in the corner is given.
float corner_of(float weight, bool constant, runtime::Kernels kernels) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 3, 3, 1});
  std::vector<float> values(9, 1.0f);
  values[0] = weight;
  const int w = constant ? b.constant<float>("w", {1, 3, 3, 1}, values) : b.input("w", DType::kFloat32, {1, 3, 3, 1});
  const int y = b.tensor("y", DType::kFloat32, {1, 3, 3, 1});
  b.node(schema::BuiltinOperator_CONV_2D, {x, w}, {y},
         [](auto& f) { return schema::CreateConv2DOptions(f, schema::Padding_SAME, 1, 1); });
  b.output(y);
  auto interpreter = runtime::Interpreter::create(b.build(), {.kernels = kernels});
  if (!interpreter) return -1;
  EXPECT_TRUE((*interpreter)->set_input(0, bytes_of(std::vector<float>(9, 2.0f))));
  if (!constant) {
    EXPECT_TRUE((*interpreter)->set_input(1, bytes_of(values)));
  }
  EXPECT_TRUE((*interpreter)->invoke());
  EXPECT_EQ((*interpreter)->kernel_name(0), kernels == runtime::Kernels::kFast ? kName : "");
  return (*interpreter)->output(0).as<float>()[0];
}

TEST(F32Conv2dIndirect, WeightsThatAreNoNumbersCountNothingOutsideTheImage) {
  // The first pixel's window has its first row and column outside: four taps of 2 are left.
  for (float weight : {1.0f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (bool constant : {true, false}) {
      EXPECT_EQ(corner_of(weight, constant, runtime::Kernels::kFast), 8.0f) << weight << constant;
      EXPECT_EQ(corner_of(weight, constant, runtime::Kernels::kReference), 8.0f) << weight << constant;
    }
}

TEST(F32Conv2dIndirect, WithoutMemoryForPackedWeightsTheReferenceRuns) {
  Layer layer;
  layer.input = {1, 1, 1, 64};
  layer.filter = {64, 1, 1, 64};
  layer.output = {1, 1, 1, 64};
  Random random(1);
  const auto model = build(layer, random);
  const auto input = bytes_of(random_floats(random, 64));
  const Outcome tight = run(model, {.max_memory_bytes = 8192}, input), roomy = run(model, {}, input);
  EXPECT_EQ(tight.kernel, "");
  EXPECT_EQ(roomy.kernel, kName);
  EXPECT_EQ(tight.bytes, roomy.bytes);
}

}  // namespace
}  // namespace whyzero::fast::test
