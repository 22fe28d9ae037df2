// A003 wrong-tensor: literal indices, and a look at inner tensors that is no fault.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

Calls with_index(const char* call, int tensor) {
  Calls calls = healthy_calls();
  for (json& one : calls)
    if (one["call"] == call) one["tensor"] = tensor;
  return calls;
}

TEST(WrongTensor, Fires) {
  expect_fires(standard(), recorded(with_index("get_tensor", 1)), "A003");
  EXPECT_EQ(standard().diagnose(recorded(with_index("get_tensor", 1))).findings.front().where.line, "app.py:12");
  expect_fires(standard(), recorded(with_index("set_tensor", 2)), "A003");
  EXPECT_EQ(standard().diagnose(recorded(with_index("set_tensor", 2))).findings.front().where.line, "app.py:10");
}

TEST(WrongTensor, SilentOnHealthyTwin) {
  expect_silent(standard(), recorded(healthy_calls()));
  Calls looked = healthy_calls();
  looked.push_back({{"call", "get_tensor"}, {"tensor", 1}, {"line", "app.py:20"}});
  EXPECT_EQ(find(standard().diagnose(recorded(looked)), "A003"), nullptr);
}

TEST(WrongTensor, FixRestores) {
  const evidence::Finding& finding = standard().diagnose(recorded(with_index("get_tensor", 1))).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->code["python"], "y = interpreter.get_tensor(interpreter.get_output_details()[0][\"index\"])");
  expect_silent(standard(), recorded(with_index("get_tensor", kLogits)));
}

}  // namespace
}  // namespace whyzero::rules
