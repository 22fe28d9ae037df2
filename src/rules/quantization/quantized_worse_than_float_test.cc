// Q008 quantized-worse-than-float: weights of three levels beside the recorded outputs of the float model; no range is to blame.
#include "rules/quantization/test_support.h"
#include "trace/npz.h"

namespace whyzero::rules {
namespace {

namespace qt = quantized_toy;

/// What the float model gives, as the app file's `expect` wants it.
void record(const char* name) {
  const toy::App& app = toy::standard();
  const auto parsed = app::parse_app(app.document(), app.folder().path());
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(*read_file(parsed->model)));
  const auto evaluation = app::evaluate(*parsed, reading.model, {.keep_outputs = true});
  trace::Array array;
  array.shape = {static_cast<int64_t>(evaluation->outputs.size()), static_cast<int64_t>(qt::parts().linear.outputs())};
  for (const auto& output : evaluation->outputs) array.data.insert(array.data.end(), output.begin(), output.end());
  ASSERT_TRUE(trace::write_npz(app.folder() / name, {{"answer", array}}));
}

nlohmann::json document(const char* file, double weight_levels) {
  record("desk.npz");
  nlohmann::json app = toy::standard().with_model(file, qt::model(qt::parts().linear, {-1, 1}, qt::parts().logits, {.weight_levels = weight_levels}));
  app["expect"] = {{"model_outputs", "desk.npz"}};
  return app;
}

const nlohmann::json& broken() {
  static const nlohmann::json made = document("three_levels.tflite", 0.6);
  return made;
}

TEST(QuantizedWorseThanFloat, Fires) {
  toy::expect_fires(toy::standard(), broken(), "Q008");
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  EXPECT_TRUE(graph::contains(toy::standard().diagnose(broken()).findings.front().message, "weights"));
}

TEST(QuantizedWorseThanFloat, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), document("recorded.tflite", 127)); }

TEST(QuantizedWorseThanFloat, FixIsShown) {  // the desk's own metric stands in the evidence
  ASSERT_FALSE(toy::standard().diagnose(broken()).findings.empty());
  const evidence::Finding& finding = toy::standard().diagnose(broken()).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->safety, evidence::Safety::kDisplay);
  ASSERT_FALSE(finding.evidence.empty());
  EXPECT_EQ(finding.evidence.back().after, toy::standard().value(toy::standard().document()));
}

}  // namespace
}  // namespace whyzero::rules
