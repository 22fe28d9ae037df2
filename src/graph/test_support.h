// Small checks that the tests of this layer share.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace whyzero::graph {

inline testing::AssertionResult contains(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << text << "\" lacks \"" << part << "\"";
}

/// A vector or span as a vector, for EXPECT_EQ.
template <class List>
auto values(const List& list) {
  return std::vector<std::remove_cvref_t<decltype(*list.begin())>>(list.begin(), list.end());
}

}  // namespace whyzero::graph
