// Against the reference on random shapes: int8 and uint8, int4 weights.
#include "fast/test_support.h"

namespace whyzero::fast::test {
namespace {

constexpr const char* kName = "q8_fully_connected_gemm";

Layer random_layer(Random& random) {
  Layer layer;
  layer.op = schema::BuiltinOperator_FULLY_CONNECTED;
  const int32_t rows = random.below(2) ? 1 : between(random, 1, 21);
  const int32_t depth = between(random, 1, 90), units = between(random, 1, 150);
  layer.dtype = random.below(2) ? DType::kInt8 : DType::kUInt8;
  layer.input = {rows, depth};
  layer.filter = {units, depth};
  layer.output = {rows, units};
  layer.bias = random.below(3) != 0;
  layer.activation = static_cast<schema::ActivationFunctionType>(random.below(4));
  return layer;
}

TEST(Q8FullyConnectedGemm, RandomShapesGiveTheReferencesBits) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    Layer layer = random_layer(random);
    layer.int4 = layer.dtype == DType::kInt8 && random.below(3) == 0;
    expect_same(layer, seed, kName);
    if (HasFailure()) return;
  }
}

TEST(Q8FullyConnectedGemm, ScalesPerChannelGiveTheReferencesBits) {
  for (bool int4 : {false, true}) {
    Random random(1);
    Layer layer = random_layer(random);
    layer.dtype = DType::kInt8;
    layer.int4 = int4;
    layer.per_channel = true;
    layer.filter[0] = layer.output[1] = 5;
    expect_same(layer, 1, kName);
  }
}

}  // namespace
}  // namespace whyzero::fast::test
