// Q004 per-tensor-weights: hidden channels forty times apart on one scale, and the twin with a scale each. All have a large part in
// common, so that three steps hold nothing of what tells them apart. The activations are int16: only the weights can be to blame.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

/// Logits of which all but the first are a fortieth in between.
std::vector<uint8_t> model(bool per_channel) {
  graph::ModelBuilder b;
  const qt::Linear linear = qt::with_common_part(300);
  const auto classes = static_cast<int32_t>(linear.outputs()), inputs = static_cast<int32_t>(linear.inputs());
  const auto small = [](size_t c) { return c == 0 ? 1.0f : 0.025f; };
  const auto scale16 = [](float most) { return most / 32767; };
  const float fed = scale16(1), between = scale16(4000);
  const int x = qt::quantized_input(b, graph::quantized(fed), DType::kInt16);
  const auto layer = [&](const char* name, int in, float in_scale, const std::vector<float>& weights, const std::vector<float>& bias, bool one_scale) {
    const size_t n = weights.size() / bias.size();
    std::vector<float> scales;
    for (size_t c = 0; c < bias.size(); ++c) {
      scales.push_back(1e-6f);
      for (size_t k = 0; k < n; ++k) scales.back() = std::max(scales.back(), std::fabs(weights[c * n + k]) / 127);
    }
    if (one_scale) scales.assign(1, *std::max_element(scales.begin(), scales.end()));
    std::vector<int8_t> w;
    std::vector<int64_t> v;
    std::vector<float> bias_scales;
    for (float s : scales) bias_scales.push_back(s * in_scale);
    for (size_t c = 0; c < bias.size(); ++c) {
      const float s = scales[c % scales.size()];
      for (int8_t q : qt::rounded<int8_t>({weights.data() + c * n, n}, s, 127)) w.push_back(q);
      v.push_back(qt::rounded<int64_t>({&bias[c], 1}, s * in_scale, 1e15)[0]);
    }
    const int kernel = b.constant<int8_t>(std::string(name) + "/kernel", {classes, static_cast<int32_t>(n)}, w, graph::per_channel(scales, 0));
    const int offset = b.constant<int64_t>(std::string(name) + "/bias", {classes}, v, graph::per_channel(bias_scales, 0));
    const int y = b.tensor(std::string(name) + "/out", DType::kInt16, {1, classes}, graph::quantized(between));
    b.node(schema::BuiltinOperator_FULLY_CONNECTED, {in, kernel, offset}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); }, 11);
    return y;
  };
  std::vector<float> first = linear.weights, bias = linear.bias, second;
  for (size_t c = 0; c < bias.size(); ++c) {
    bias[c] *= small(c);
    for (int k = 0; k < inputs; ++k) first[c * static_cast<size_t>(inputs) + static_cast<size_t>(k)] *= small(c);
    for (size_t k = 0; k < bias.size(); ++k) second.push_back(k == c ? 1 / small(c) : 0);
  }
  const int hidden = layer("hidden", x, fed, first, bias, !per_channel);
  return qt::finished(b, layer("head", hidden, between, second, std::vector<float>(bias.size()), false), classes);
}

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("one_scale.tflite", model(false));
  return document;
}

TEST(PerTensorWeights, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q004");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "hidden/kernel"));
}

TEST(PerTensorWeights, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().with_model("scales.tflite", model(true))); }

TEST(PerTensorWeights, FixIsShown) {  // what was rounded away is not in the file: only shown
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  const evidence::Finding& finding = toy::standard().diagnose(broken()).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->safety, evidence::Safety::kDisplay);
  EXPECT_EQ(finding.where.stage, "model");
}

}  // namespace
}  // namespace whyzero::rules
