// F005 unsupported-operator: a custom operator that the output needs, and one that it does not.
#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

/// The photo's mean and a custom operator beside it; one of them is the output.
std::vector<uint8_t> model(bool output_needs_it) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3}), y = b.tensor("relu", DType::kFloat32, {1, 8, 8, 3});
  const int z = b.tensor("secret", DType::kFloat32, {1, 8, 8, 3});
  b.node(schema::BuiltinOperator_RELU, {x}, {y});
  b.custom("MySecret", {y}, {z});
  b.output(output_needs_it ? z : y);
  return b.bytes();
}

TEST(UnsupportedOperator, Fires) {
  const auto& app = toy::standard();
  EXPECT_EQ(toy::loud_codes(app.diagnose(app.with_model("custom.tflite", model(true)))), "F005");
}

TEST(UnsupportedOperator, SilentOnHealthyTwin) {
  const auto& app = toy::standard();
  EXPECT_EQ(toy::find(app.diagnose(app.document()), "F005"), nullptr);
  const evidence::Finding* beside = toy::find(app.diagnose(app.with_model("beside.tflite", model(false))), "F005");
  ASSERT_TRUE(beside);
  EXPECT_EQ(beside->severity, evidence::Severity::kNote) << "the output does not need it";
}

TEST(UnsupportedOperator, FixRestores) {  // there is no patch: the message names operator and place
  const auto& app = toy::standard();
  const evidence::Finding finding = app.diagnose(app.with_model("custom.tflite", model(true))).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "MySecret"));
  EXPECT_EQ(finding.where.node, 1);
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
