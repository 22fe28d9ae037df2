// Against the reference on random shapes: int8 and uint8, one scale or one a channel, int4 filters, groups.
#include "fast/test_support.h"

namespace whyzero::fast::test {
namespace {

constexpr const char* kName = "q8_conv_2d_indirect";

Layer random_layer(Random& random) {
  Layer layer = random_window(random, schema::BuiltinOperator_CONV_2D, between(random, 1, 20), between(random, 1, 70));
  layer.dtype = random.below(2) ? DType::kInt8 : DType::kUInt8;
  const bool int8 = layer.dtype == DType::kInt8;
  layer.per_channel = int8 && random.below(2);
  layer.int4 = int8 && random.below(4) == 0;
  return layer;
}

TEST(Q8Conv2dIndirect, RandomShapesGiveTheReferencesBits) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    expect_same(random_layer(random), seed, kName);
    if (HasFailure()) return;
  }
}

TEST(Q8Conv2dIndirect, Groups) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    Layer layer = random_layer(random);
    const int32_t groups = between(random, 2, 3), in = between(random, 1, 5), out = between(random, 8, 20);
    layer.input[3] = groups * in;
    layer.filter = {groups * out, layer.filter[1], layer.filter[2], in};
    layer.output[3] = groups * out;
    expect_same(layer, seed, kName);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace whyzero::fast::test
