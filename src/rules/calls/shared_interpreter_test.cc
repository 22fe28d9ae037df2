// A005 shared-interpreter: two threads on one interpreter, and the same behind a lock.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

json by_thread(json call, int thread) {
  call["thread"] = thread;
  return call;
}

/// Two threads set, then run, then read: both read the answer to the second input.
Calls interleaved() {
  Calls calls;
  for (int i = 0; i + 1 < recorded_samples(); i += 2) {
    for (int t : {0, 1}) calls.push_back(by_thread(set_call(i + t), t));
    for (int t : {0, 1}) calls.push_back(by_thread(invoke_call(), t));
    for (int t : {0, 1}) calls.push_back(by_thread(get_call(i + 1), t));
  }
  return calls;
}

Calls locked() {
  Calls calls = healthy_calls();
  for (size_t i = 0; i < calls.size(); ++i) calls[i] = by_thread(calls[i], static_cast<int>(i / 3 % 2));
  return calls;
}

TEST(SharedInterpreter, Fires) {
  expect_fires(standard(), recorded(interleaved()), "A005");
  const evidence::Finding& finding = standard().diagnose(recorded(interleaved())).findings.front();
  EXPECT_EQ(finding.where.line, "app.py:10");
  EXPECT_TRUE(graph::contains(finding.message, "24 of 48 outputs")) << finding.message;
  // Without thread numbers the values alone tell.
  Calls swapped = healthy_calls();
  for (size_t i = 2; i + 3 < swapped.size(); i += 6) std::swap(swapped[i], swapped[i + 3]);
  expect_fires(standard(), recorded(swapped), "A005");
}

TEST(SharedInterpreter, SilentOnHealthyTwin) { expect_silent(standard(), recorded(locked())); }

TEST(SharedInterpreter, FixRestores) {
  const evidence::Finding& finding = standard().diagnose(recorded(interleaved())).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_TRUE(graph::contains(finding.fix->code["python"].get<std::string>(), "with lock:"));
  expect_silent(standard(), recorded(locked()));
}

}  // namespace
}  // namespace whyzero::rules
