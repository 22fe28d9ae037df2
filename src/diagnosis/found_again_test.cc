#include "diagnosis/found_again.h"

#include <gtest/gtest.h>

namespace whyzero::diagnosis {
namespace {

using evidence::Finding;
using evidence::Proof;
using evidence::Severity;

Finding finding(std::string code, Severity severity, bool with_fix, Proof proof = Proof::kStatic) {
  Finding f;
  f.code = std::move(code);
  f.severity = severity;
  f.proof = proof;
  f.message = "as it was.";
  if (with_fix) f.fix.emplace();
  return f;
}

TEST(FoundAgain, WhatWasMendedMustBeGone) {
  const Finding mended = finding("L003", Severity::kError, true);
  EXPECT_EQ(found_again({mended}, {finding("L003", Severity::kError, true)}), "L003 is found in the mended app again: as it was.");
  EXPECT_EQ(found_again({mended}, {}), "");
}

TEST(FoundAgain, WhatNobodyMendedMayStay) {
  EXPECT_EQ(found_again({finding("L003", Severity::kError, true), finding("M005", Severity::kError, false)}, {finding("M005", Severity::kError, false)}), "");
  EXPECT_EQ(found_again({finding("L003", Severity::kError, true)}, {finding("L003", Severity::kNote, false)}), "");
}

TEST(FoundAgain, CallsAndCapturedTensorsAreOfTheAppAsItWas) {
  const Finding mended = finding("P004", Severity::kError, true, Proof::kCalls);
  EXPECT_EQ(found_again({mended}, {finding("P004", Severity::kError, false, Proof::kCalls)}), "");
  EXPECT_EQ(found_again({mended}, {finding("P004", Severity::kError, false, Proof::kTensor)}), "");
}

}  // namespace
}  // namespace whyzero::diagnosis
