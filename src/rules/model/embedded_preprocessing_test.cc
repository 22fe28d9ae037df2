// M008 embedded-preprocessing: a toy whose graph begins with x / 127.5 - 1, and one whose app does that.
#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

const toy::App& rescaling() {
  static const toy::App app({.pipeline = nlohmann::json::array({toy::resize(), {{"cast", "float32"}}}), .rescales_inside = true});
  return app;
}

TEST(EmbeddedPreprocessing, Fires) {
  const diagnosis::Diagnosis& diagnosis = rescaling().diagnose(rescaling().document());
  const evidence::Finding* finding = toy::find(diagnosis, "M008");
  ASSERT_NE(finding, nullptr);
  EXPECT_TRUE(graph::contains(finding->message, "0…255 becomes -1…1"));
  EXPECT_EQ(finding->where.node, 0);
}

TEST(EmbeddedPreprocessing, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::find(toy::standard().diagnose(toy::standard().document()), "M008"), nullptr);
  toy::expect_silent(rescaling(), rescaling().document());  // a note is no fault
}

TEST(EmbeddedPreprocessing, FixRestores) {  // there is nothing to mend in the model
  EXPECT_FALSE(toy::find(rescaling().diagnose(rescaling().document()), "M008")->fix);
}

TEST(EmbeddedPreprocessing, TellsOfColumnsThatTheModelNormalizes) {
  const auto table = [](size_t constants) {
    graph::ModelBuilder b;
    const int x = b.input("columns", DType::kFloat32, {1, 3}), y = b.tensor("y", DType::kFloat32, {1, 3});
    const int mean = b.constant<float>("mean", {1, static_cast<int32_t>(constants)}, std::vector<float>(constants, 40));
    b.node(schema::BuiltinOperator_SUB, {x, mean}, {y}, [](auto& f) { return schema::CreateSubOptions(f); });
    b.output(y);
    return b.bytes();
  };
  EXPECT_NE(toy::find(toy::diagnose_model(table(3)), "M008"), nullptr);
  EXPECT_EQ(toy::find(toy::diagnose_model(table(1)), "M008"), nullptr) << "one constant for all may be anything";
}

}  // namespace
}  // namespace whyzero::rules
