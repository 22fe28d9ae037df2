// A001 not-invoked: invoke() behind set_tensor's back, and a script that reads one answer late on purpose.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

Calls broken() {
  Calls calls;
  for (int i = 0; i < recorded_samples(); ++i)
    for (const json& call : {invoke_call(), set_call(i), get_call(std::max(0, i - 1))}) calls.push_back(call);
  return calls;
}

/// The next input is set while the last answer is still to be read, and every input is run.
Calls two_stages() {
  Calls calls = {set_call(0), invoke_call()};
  for (int i = 1; i < recorded_samples(); ++i)
    for (const json& call : {set_call(i), get_call(i - 1), invoke_call()}) calls.push_back(call);
  calls.push_back(get_call(recorded_samples() - 1));
  return calls;
}

TEST(NotInvoked, Fires) {
  expect_fires(standard(), recorded(broken()), "A001");
  const evidence::Finding& finding = standard().diagnose(recorded(broken())).findings.front();
  EXPECT_EQ(finding.where.line, "app.py:12");
  EXPECT_EQ(finding.proof, evidence::Proof::kCalls);
  // Never run at all.
  expect_fires(standard(), recorded({set_call(0), get_call(0)}), "A001");
  EXPECT_TRUE(graph::contains(standard().diagnose(recorded({set_call(0), get_call(0)})).findings.front().message, "before invoke() has ever run"));
}

TEST(NotInvoked, SilentOnHealthyTwin) {
  expect_silent(standard(), recorded(healthy_calls()));
  EXPECT_EQ(find(standard().diagnose(recorded(two_stages())), "A001"), nullptr);
  // A first look at the output tensor is curiosity.
  Calls curious = healthy_calls();
  curious.insert(curious.begin(), get_call(0));
  EXPECT_EQ(find(standard().diagnose(recorded(curious)), "A001"), nullptr);
  Calls early = healthy_calls();
  early.insert(early.begin() + 1, get_call(0));
  EXPECT_EQ(loud_codes(standard().diagnose(recorded(early))), "") << "set, but not run yet";
}

TEST(NotInvoked, FixRestores) {  // the fix is code: calls in the order that it shows are healthy
  const evidence::Finding& finding = standard().diagnose(recorded(broken())).findings.front();
  ASSERT_TRUE(finding.fix && finding.fix->code.contains("python"));
  EXPECT_EQ(finding.fix->safety, evidence::Safety::kDisplay);
  const auto code = finding.fix->code["python"].get<std::string>();
  EXPECT_LT(code.find("set_tensor"), code.find("invoke"));
  EXPECT_LT(code.find("invoke"), code.find("get_tensor"));
  expect_silent(standard(), recorded(healthy_calls()));
}

}  // namespace
}  // namespace whyzero::rules
