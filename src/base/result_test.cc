// Result and its macros: values, errors, context, ways out of a function.
#include "whyzero/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace whyzero {
namespace {

Result<int> half(int x) {
  if (x % 2 != 0) return fail(ErrorCode::kInvalidArgument, std::to_string(x) + " is odd");
  return x / 2;
}

Result<int> quarter(int x) {
  WHYZERO_ASSIGN(const int once, half(x));
  WHYZERO_ASSIGN(const int twice, half(once));
  return twice;
}

Result<void> check(int x, int& reached) {
  WHYZERO_TRY(half(x));
  reached = x;
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const auto good = half(4), bad = half(3);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 2);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bad.error().message, "3 is odd");
}

TEST(Result, MacrosLeaveAtTheFirstError) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().message, "3 is odd");
  EXPECT_EQ(quarter(7).error().message, "7 is odd");
  int reached = 0;
  EXPECT_FALSE(check(5, reached));
  EXPECT_EQ(reached, 0);
  EXPECT_TRUE(check(6, reached));
  EXPECT_EQ(reached, 6);
}

TEST(Result, ContextIsReadFromTheOutside) {
  Result<int> inner = half(1);
  Result<int> middle = fail(std::move(inner).error(), "node #3 ADD");
  const Result<int> outer = fail(std::move(middle).error(), "model.tflite");
  EXPECT_EQ(outer.error().text(), "model.tflite: node #3 ADD: 1 is odd");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> made = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(made);
  EXPECT_EQ(*taken, 5);
  const Result<std::string> from_literal = "text";
  EXPECT_EQ(from_literal->size(), 4u);
}

TEST(Result, EveryCodeHasItsOwnWord) {
  std::set<std::string> words;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kCancelled); ++code) words.insert(error_code_name(static_cast<ErrorCode>(code)));
  EXPECT_EQ(words.size(), static_cast<size_t>(ErrorCode::kCancelled) + 1);
  EXPECT_FALSE(words.contains("unknown"));
}

}  // namespace
}  // namespace whyzero
