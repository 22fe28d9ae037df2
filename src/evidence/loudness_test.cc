// How loud an app is: against the deviation of the bytes that its photos hold.
#include "evidence/loudness.h"

#include <gtest/gtest.h>

#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::evidence {
namespace {

TEST(Loudness, ScalesWithTheNumbersAndNotWithTheirOffset) {
  const toy::App& app = toy::standard();
  const auto a_case = toy::case_of(app.document(), app.folder().path());
  const auto loud = [&](double scale, double offset) { return loudness(*a_case, app.with_pipeline({toy::resize(), toy::normalize(scale, offset)})).value_or(-1); };
  const double raw = loud(1, 0);
  EXPECT_GT(raw, 1);
  EXPECT_NEAR(loud(1 / 127.5, -1), raw / 127.5, 1e-4 * raw / 127.5);
  EXPECT_NEAR(loud(1 / 255.0, 7), raw / 255, 1e-3 * raw / 255);
  EXPECT_FALSE(loudness(*a_case, {{"whyzero", 1}})) << "no app at all";
}

}  // namespace
}  // namespace whyzero::evidence
