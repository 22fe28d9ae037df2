// Code for causes that the bytes of captured tensors prove, and none for the others.
#include "rules/common/hand_code.h"

#include <gtest/gtest.h>

#include "graph/test_support.h"

namespace whyzero::rules {
namespace {

using graph::contains;

app::TensorInfo tensor(DType dtype, std::vector<int32_t> shape) { return {"x", 0, dtype, std::move(shape), 0, 0}; }

TEST(HandCode, TheTensorDecides) {
  EXPECT_TRUE(contains(hand_code("P007", tensor(DType::kFloat32, {1, 4, 5, 3}))["cpp"].get<std::string>(), "input[3 * p + c] = x[c * 20 + p];"));
  EXPECT_TRUE(contains(hand_code("P007", tensor(DType::kFloat32, {1, 3, 4, 5}))["cpp"].get<std::string>(), "input[c * 20 + p] = x[3 * p + c];"));
  EXPECT_TRUE(contains(hand_code("P005", tensor(DType::kInt8, {1, 4, 5, 3}))["python"].get<std::string>(), "- 128"));
  EXPECT_FALSE(contains(hand_code("P005", tensor(DType::kUInt8, {1, 4, 5, 3}))["python"].get<std::string>(), "- 128)"));
  EXPECT_TRUE(contains(hand_code("P006", tensor(DType::kFloat32, {1, 4, 5, 3}))["kotlin"].get<std::string>(), "putFloat"));
}

TEST(HandCode, NothingIsMadeUp) {
  EXPECT_TRUE(hand_code("P006", tensor(DType::kUInt8, {1, 4, 5, 3})).is_null());
  EXPECT_TRUE(hand_code("P007", tensor(DType::kFloat32, {1, 60})).is_null());
  EXPECT_TRUE(hand_code("P001", tensor(DType::kFloat32, {1, 4, 5, 3})).is_null());
}

}  // namespace
}  // namespace whyzero::rules
