// Against the reference on random shapes.
#include "fast/test_support.h"

namespace whyzero::fast::test {
namespace {

constexpr const char* kName = "f32_depthwise_conv_2d_direct";

TEST(F32DepthwiseConv2dDirect, RandomShapesGiveTheReferencesBits) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const int32_t channels = between(random, 1, 40);
    expect_same(random_window(random, schema::BuiltinOperator_DEPTHWISE_CONV_2D, channels, channels), seed, kName);
    if (HasFailure()) return;
  }
}

TEST(F32DepthwiseConv2dDirect, AMultiplierIsLeftToTheReference) {
  Random random(1);
  expect_same(random_window(random, schema::BuiltinOperator_DEPTHWISE_CONV_2D, 4, 8), 1, "");
}

}  // namespace
}  // namespace whyzero::fast::test
