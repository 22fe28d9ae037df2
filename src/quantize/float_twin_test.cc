// The real twin of a small quantized model, against the formula in double precision.
#include "quantize/float_twin.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "graph/builder.h"
#include "quantize/emulator.h"

namespace whyzero::quantize {
namespace {

/// y = x·w + b with x in steps of 0.5, w per channel, y in steps of 0.25 up to 31.75.
std::shared_ptr<const graph::Model> layer(float bias_scale = 0.05f, int64_t zero_point = 0) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {1, 3}, graph::quantized(0.5f, 2));
  const int w = b.constant<int8_t>("w", {2, 3}, {1, 2, 3, -4, 5, -6}, graph::per_channel({0.1f, 0.2f}, 0));
  const int v = b.constant<int32_t>("v", {2}, {10, -20}, graph::per_channel({bias_scale, 0.1f}, 0));
  const int y = b.tensor("y", DType::kInt8, {1, 2}, graph::quantized(0.25f, zero_point));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, v}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); }, 4);
  b.output(y);
  return b.build();
}

const std::vector<int8_t> kFed = {12, -8, 100};
/// Real x: 5, -5, 49. y[0] = 0.1·(5 - 10 + 147) + 10·0.05, y[1] = 0.2·(-20 - 25 - 294) - 20·0.1.
constexpr double kReal[] = {14.7, -69.8};

std::vector<int8_t> answer(const Emulation& emulation, ActivationRanges* ranges = nullptr) {
  auto emulator = Emulator::create(emulation, {});
  EXPECT_TRUE(emulator) << emulator.error().text();
  EXPECT_TRUE((*emulator)->set_input(0, {reinterpret_cast<const uint8_t*>(kFed.data()), kFed.size()}));
  EXPECT_TRUE((*emulator)->invoke(ranges));
  const auto bytes = (*emulator)->output(0);
  EXPECT_TRUE(bytes);
  std::vector<int8_t> values(bytes->size());
  std::memcpy(values.data(), bytes->data(), bytes->size());
  return values;
}

TEST(FloatTwin, ComputesTheRealFormulaAndAnswersOnTheOutputsIntegers) {
  const auto twin = make_float_twin(layer());
  ASSERT_TRUE(twin) << twin.error().text();
  ActivationRanges ranges;
  EXPECT_EQ(answer({*twin, {}}, &ranges), (std::vector<int8_t>{59, -128})) << "14.7 / 0.25, and an end";
  const ActivationRange& y = ranges[3];
  EXPECT_NEAR(y.high, kReal[0], 1e-5);
  EXPECT_NEAR(y.low, kReal[1], 1e-4);
  EXPECT_EQ(y.clipped, 1u);
  EXPECT_NEAR(y.clip_error, std::pow(kReal[1] + 32, 2), 0.01);
  EXPECT_NEAR(y.round_error, std::pow(kReal[0] - 14.75, 2), 1e-4);
}

TEST(FloatTwin, ABiasIsReadAsTheOperatorReadsItUnlessTheFileIsAskedFor) {
  const auto as_operator = make_float_twin(layer(0.5f)), as_file = make_float_twin(layer(0.5f), {.bias = BiasScale::kOfFile});
  ASSERT_TRUE(as_operator && as_file);
  EXPECT_EQ(answer({*as_operator, {}})[0], 59);
  EXPECT_EQ(answer({*as_file, {}})[0], 77) << "14.7 + 10·0.45 = 19.2";
}

TEST(FloatTwin, ModelsWithoutQuantizedActivationsHaveNone) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2}), y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_RELU, {x}, {y});
  b.output(y);
  const auto twin = make_float_twin(b.build());
  ASSERT_FALSE(twin);
  EXPECT_EQ(twin.error().code, ErrorCode::kUnsupported);
}

TEST(FloatTwin, QuantizeAndDequantizeDoNothingButTheirTensorsAreRoundedWhereAskedFor) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {4}), q = b.tensor("q", DType::kInt8, {4}, graph::quantized(0.5f)), y = b.tensor("y", DType::kFloat32, {4});
  b.node(schema::BuiltinOperator_QUANTIZE, {x}, {q}, [](auto& f) { return schema::CreateQuantizeOptions(f); });
  b.node(schema::BuiltinOperator_DEQUANTIZE, {q}, {y}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  b.output(y);
  const auto twin = make_float_twin(b.build());
  ASSERT_TRUE(twin) << twin.error().text();
  const std::vector<float> fed = {0.3f, -0.2f, 100, -7.4f}, rounded = {0.5f, 0, 63.5f, -7.5f};
  for (const bool round : {false, true}) {
    auto emulator = Emulator::create({*twin, {false, round, false}}, {});
    ASSERT_TRUE(emulator);
    ASSERT_TRUE((*emulator)->set_input(0, {reinterpret_cast<const uint8_t*>(fed.data()), 16}));
    ASSERT_TRUE((*emulator)->invoke());
    const auto bytes = (*emulator)->output(0);
    std::vector<float> values(4);
    std::memcpy(values.data(), bytes->data(), 16);
    EXPECT_EQ(values, round ? rounded : fed);
  }
}

TEST(FloatTwin, RedrawnWeightsStayWithinTheirRounding) {
  const auto model = layer();
  CoarseWeights weights{.tensor = 1, .node = 0, .axis = 0, .coarse = {true, false}, .few = 1};
  const auto twin = make_float_twin(model), drawn = make_float_twin(model, {.redrawn = {weights}, .seed = 7});
  ASSERT_TRUE(twin && drawn);
  const auto values = [](const FloatTwin& t) {
    std::vector<float> w(6);
    std::memcpy(w.data(), t.model.main().tensors[1].data.data(), 24);
    return w;
  };
  const std::vector<float> before = values(**twin), after = values(**drawn);
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_NE(before[k], after[k]);
    EXPECT_NEAR(before[k], after[k], 0.05f + 1e-6f) << "half a step of 0.1";
    EXPECT_EQ(before[k + 3], after[k + 3]);
  }
}

TEST(FloatTwin, CoarseWeightsAreThoseOfOneScaleWithFewLevels) {
  const auto model = [](bool per_channel, int8_t small) {
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kInt8, {1, 2}, graph::quantized(0.5f));
    const int w = b.constant<int8_t>("w", {4, 2}, {127, 3, small, 1, 90, 80, 0, 0}, per_channel ? graph::per_channel({1, 1, 1, 1}, 0) : graph::quantized(1));
    const int v = b.constant<int32_t>("v", {4}, {0, 0, 0, 0}, graph::quantized(0.5f));
    const int y = b.tensor("y", DType::kInt8, {1, 4}, graph::quantized(1));
    b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, v}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); }, 4);
    b.output(y);
    return b.build();
  };
  const auto found = find_coarse_weights(*model(false, -3));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].tensor, 1);
  EXPECT_EQ(found[0].coarse, (std::vector<bool>{false, true, false, false}));
  EXPECT_EQ(found[0].few, 2) << "the channel of zeros too";
  EXPECT_TRUE(find_coarse_weights(*model(true, -3)).empty());
  EXPECT_EQ(find_coarse_weights(*model(false, 4))[0].few, 1);
}

}  // namespace
}  // namespace whyzero::quantize
