// A002 stale-output: an output copied once, and values that lag behind their inputs.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

Calls copied_once() {
  Calls calls = {set_call(0), invoke_call(), get_call(0)};
  for (int i = 1; i < recorded_samples(); ++i)
    for (const json& call : {set_call(i), invoke_call()}) calls.push_back(call);
  return calls;
}

/// Every read value is the answer to the sample before.
Calls lagging() {
  Calls calls = healthy_calls();
  for (size_t i = 5; i < calls.size(); i += 3) calls[i] = get_call(static_cast<int>(i / 3) - 1);
  return calls;
}

TEST(StaleOutput, Fires) {
  for (const Calls& calls : {copied_once(), lagging()}) {
    expect_fires(standard(), recorded(calls), "A002");
    EXPECT_EQ(standard().diagnose(recorded(calls)).findings.front().where.line, "app.py:12");
  }
}

TEST(StaleOutput, SilentOnHealthyTwin) {
  expect_silent(standard(), recorded(healthy_calls()));
  // A loop that only measures time runs one and the same input.
  Calls timed = {set_call(0), invoke_call(), get_call(0), invoke_call(), invoke_call(), invoke_call()};
  EXPECT_EQ(find(standard().diagnose(recorded(timed)), "A002"), nullptr);
  Calls timed_after = healthy_calls();
  for (int i = 0; i < 5; ++i)
    for (const json& call : {set_call(i), invoke_call()}) timed_after.push_back(call);
  EXPECT_EQ(find(standard().diagnose(recorded(timed_after)), "A002"), nullptr);
}

TEST(StaleOutput, FixRestores) {
  const evidence::Finding& finding = standard().diagnose(recorded(copied_once())).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->code["python"], "interpreter.invoke()\ny = interpreter.get_tensor(output_index)");
  expect_silent(standard(), recorded(healthy_calls()));
}

}  // namespace
}  // namespace whyzero::rules
