// Q006 shared-scale: logits joined with a constant of 30000, and a twin that is joined with one of their own size.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

/// logits and `beside`, concatenated on one scale; the head takes the logits out again.
std::vector<uint8_t> model(float beside, std::pair<float, float> shared) {
  graph::ModelBuilder b;
  const qt::Linear& linear = qt::parts().linear;
  const auto classes = static_cast<int32_t>(linear.outputs());
  const graph::Quantization fed = qt::range({-1, 1}), joined = qt::range(shared);
  const int x = qt::quantized_input(b, fed);
  const int logits = qt::fully_connected(b, x, fed.scales[0], linear, joined, {.name = "logits"});
  qt::Linear constant{std::vector<float>(linear.inputs()), {beside}};
  constant.weights[0] = 1;  // a bias that large needs weights with a scale
  const int other = qt::fully_connected(b, x, fed.scales[0], constant, joined, {.name = "beside"});
  const int both = b.tensor("joined", DType::kInt8, {1, classes + 1}, joined);
  b.node(schema::BuiltinOperator_CONCATENATION, {logits, other}, {both}, [](auto& f) { return schema::CreateConcatenationOptions(f, 1); }, 2);
  qt::Linear head;
  head.bias.resize(static_cast<size_t>(classes));
  for (int c = 0; c < classes; ++c)
    for (int k = 0; k <= classes; ++k) head.weights.push_back(c == k);
  return qt::finished(b, qt::fully_connected(b, both, joined.scales[0], head, qt::range(qt::parts().logits), {.name = "head"}), classes);
}

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("joined.tflite", model(30000, {qt::parts().logits.first, 30000}));
  return document;
}

TEST(SharedScale, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q006");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "logits/out")) << toy::standard().diagnose(broken()).findings.front().message;
}

TEST(SharedScale, SilentOnHealthyTwin) {
  toy::expect_silent(toy::standard(), toy::standard().with_model("alike.tflite", model(qt::parts().logits.second, qt::parts().logits)));
}

TEST(SharedScale, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

}  // namespace
}  // namespace whyzero::rules
