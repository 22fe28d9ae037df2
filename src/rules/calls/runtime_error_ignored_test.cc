// A006 runtime-error-ignored: a refused value, and the run that follows all the same.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

Calls swallowed() {
  Calls calls;
  for (int i = 0; i < recorded_samples(); ++i)
    for (const json& call : {refused_call("float64", {1, 8, 8, 3}), invoke_call(), get_call(0)}) calls.push_back(call);
  return calls;
}

TEST(RuntimeErrorIgnored, Fires) {
  const json document = recorded(swallowed(), std::vector<int>(3, -1));
  const diagnosis::Diagnosis& diagnosis = standard().diagnose(document);
  ASSERT_FALSE(diagnosis.findings.empty());
  const evidence::Finding& finding = diagnosis.findings.front();
  EXPECT_EQ(finding.code, "A006");
  EXPECT_EQ(finding.where.line, "app.py:10");
  EXPECT_EQ(finding.alternatives, std::vector<std::string>{"P016"});
  EXPECT_TRUE(graph::contains(finding.message, "it happens 48 times")) << finding.message;
  // An invoke() that fails, after which the output is read.
  json failed = invoke_call();
  failed["exception"] = "RuntimeError: Input tensor 0 lacks data";
  expect_fires(standard(), recorded({set_call(0), invoke_call(), get_call(0), set_call(1), failed, get_call(0)}), "A006");
}

TEST(RuntimeErrorIgnored, SilentOnHealthyTwin) {
  expect_silent(standard(), recorded(healthy_calls()));
  // Refused, then done right before the model runs: only a note says so.
  Calls again = healthy_calls();
  again.insert(again.begin(), refused_call("float32", {8, 8, 3}));
  expect_silent(standard(), recorded(again));
  EXPECT_NE(find(standard().diagnose(recorded(again)), "P015"), nullptr);
}

TEST(RuntimeErrorIgnored, FixRestores) {
  const evidence::Finding& finding = standard().diagnose(recorded(swallowed(), std::vector<int>(3, -1))).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_TRUE(graph::contains(finding.fix->code["python"].get<std::string>(), "x = x.astype(np.float32)"));
  expect_silent(standard(), recorded(healthy_calls()));
}

}  // namespace
}  // namespace whyzero::rules
