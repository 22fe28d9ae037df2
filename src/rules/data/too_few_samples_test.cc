// D001 too-few-samples: a note, never more.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

const toy::App& small() {
  static const toy::App app({.samples = 12});
  return app;
}

TEST(TooFewSamples, Fires) {
  const evidence::Finding* finding = toy::find(small().diagnose(small().document()), "D001");
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->severity, evidence::Severity::kNote);
  EXPECT_EQ(small().diagnose(small().document()).verdict, diagnosis::Verdict::kHealthy);
}

TEST(TooFewSamples, SilentOnHealthyTwin) { EXPECT_EQ(toy::find(toy::standard().diagnose(toy::standard().document()), "D001"), nullptr); }

TEST(TooFewSamples, FixRestores) {  // there is no patch: the message says how many are there and are needed
  const evidence::Finding* finding = toy::find(small().diagnose(small().document()), "D001");
  ASSERT_TRUE(finding);
  EXPECT_TRUE(graph::contains(finding->message, "12 labelled samples"));
  EXPECT_TRUE(graph::contains(finding->message, "30"));
  EXPECT_FALSE(finding->fix);
}

}  // namespace
}  // namespace whyzero::rules
