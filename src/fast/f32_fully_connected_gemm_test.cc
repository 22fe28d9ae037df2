// Against the reference on random shapes.
#include "fast/test_support.h"

namespace whyzero::fast::test {
namespace {

TEST(F32FullyConnectedGemm, RandomShapesGiveTheReferencesBits) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    Layer layer;
    layer.op = schema::BuiltinOperator_FULLY_CONNECTED;
    const int32_t rows = random.below(2) ? 1 : between(random, 1, 21);
    const int32_t depth = between(random, 1, 90), units = between(random, 1, 150);
    layer.input = {rows, depth};
    layer.filter = {units, depth};
    layer.output = {rows, units};
    layer.bias = random.below(3) != 0;
    layer.activation = static_cast<schema::ActivationFunctionType>(random.below(4));
    expect_same(layer, seed, "f32_fully_connected_gemm");
    if (HasFailure()) return;
  }
}

TEST(F32FullyConnectedGemm, WeightsThatAreComputedAreLeftToTheReference) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2}), w = b.input("w", DType::kFloat32, {1, 2});
  const int y = b.tensor("y", DType::kFloat32, {1, 1});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  EXPECT_EQ(run(b.build(), {}, bytes_of(std::vector<float>{1, 2})).kernel, "");
}

}  // namespace
}  // namespace whyzero::fast::test
