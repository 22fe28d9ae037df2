// P016 dtype-mismatch: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with_pipeline(json::array({toy::resize()})); }

TEST(DtypeMismatch, Fires) { toy::expect_fires(toy::standard(), broken(), "P016"); }

TEST(DtypeMismatch, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(DtypeMismatch, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

TEST(DtypeMismatch, FiresOnARefusedCall) {
  const json document = toy::recorded({toy::refused_call("float64", {1, 8, 8, 3})});
  toy::expect_fires(toy::standard(), document, "P016");
  const evidence::Finding& finding = toy::standard().diagnose(document).findings.front();
  EXPECT_EQ(finding.where.line, "app.py:10");
  EXPECT_EQ(finding.proof, evidence::Proof::kCalls);
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->code["python"], "x = x.astype(np.float32)");
}

}  // namespace
}  // namespace whyzero::rules
