// Against the reference on random shapes: int8 and uint8, one scale or one a channel, int4 filters.
#include "fast/test_support.h"

namespace whyzero::fast::test {
namespace {

TEST(Q8DepthwiseConv2dDirect, RandomShapesGiveTheReferencesBits) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const int32_t channels = between(random, 1, 40);
    Layer layer = random_window(random, schema::BuiltinOperator_DEPTHWISE_CONV_2D, channels, channels);
    layer.dtype = random.below(2) ? DType::kInt8 : DType::kUInt8;
    const bool int8 = layer.dtype == DType::kInt8;
    layer.per_channel = int8 && random.below(2);
    layer.int4 = int8 && random.below(4) == 0;
    expect_same(layer, seed, "q8_depthwise_conv_2d_direct");
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace whyzero::fast::test
