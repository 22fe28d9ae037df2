// Q005 sensitive-layer: to all logits the same large number is added, which fills the range of the sums and leaves their differences
// no steps.
#include "rules/quantization/test_support.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

std::vector<uint8_t> model(float common, std::pair<float, float> sums) {
  graph::ModelBuilder b;
  const qt::Linear& linear = qt::parts().linear;
  const auto classes = static_cast<int32_t>(linear.outputs());
  const graph::Quantization fed = qt::range({-1, 1});
  const int x = qt::quantized_input(b, fed);
  const int logits = qt::fully_connected(b, x, fed.scales[0], linear, qt::range(qt::parts().logits), {.name = "logits"});
  qt::Linear same{std::vector<float>(linear.inputs()), {0}};
  for (size_t k = 0; k < same.weights.size(); ++k) same.weights[k] = k % 2 ? common : -common;
  const int other = qt::fully_connected(b, x, fed.scales[0], same, qt::range(sums), {.name = "common"});
  const int sum = b.tensor("sum", DType::kInt8, {1, classes}, qt::range(sums));
  b.node(schema::BuiltinOperator_ADD, {logits, other}, {sum}, [](auto& f) { return schema::CreateAddOptions(f); }, 2);
  return qt::finished(b, sum, classes);
}

const nlohmann::json& broken() {
  static const nlohmann::json document = toy::standard().with_model("common.tflite", model(1000, {-6400, 6400}));
  return document;
}

TEST(SensitiveLayer, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q005");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "int16"));
}

TEST(SensitiveLayer, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().with_model("sum.tflite", model(1, {-60, 60}))); }

TEST(SensitiveLayer, FixIsShown) { qt::expect_shown(broken(), toy::standard().document()); }

}  // namespace
}  // namespace whyzero::rules
