// M008 embedded-preprocessing: a toy whose graph begins with x / 127.5 - 1, and one whose app does that.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace whyzero::rules
