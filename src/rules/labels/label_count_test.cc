// L003 label-count: fires on the broken twin, silent on the healthy one, its fix restores.
#include <gtest/gtest.h>

#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

json broken() { return toy::standard().with("/output/labels", json({"", "a-thing", "b-thing", "c-thing", "d-thing", "e-thing", "f-thing"})); }

TEST(LabelCount, Fires) { toy::expect_fires(toy::standard(), broken(), "L003"); }

TEST(LabelCount, SilentOnHealthyTwin) { toy::expect_silent(toy::standard(), toy::standard().document()); }

TEST(LabelCount, FixRestores) { toy::expect_restores(toy::standard(), broken()); }

TEST(LabelCount, FindsNamesAmongNumbersWithoutATest) {
  const json numbered = toy::standard().with("/output/labels", json({"0: a-thing", "1: b-thing", "2: c-thing", "3: d-thing", "4: e-thing", "5: f-thing"}));
  toy::expect_fires(toy::standard(), numbered, "L003");
  EXPECT_EQ(toy::standard().diagnose(numbered).findings.front().proof, evidence::Proof::kStatic);
  toy::expect_restores(toy::standard(), numbered);
}

TEST(LabelCount, FindsTheLineThatIsTooMany) {
  const json doubled = toy::standard().with("/output/labels", json({"a-thing", "b-thing", "# the rest", "c-thing", "d-thing", "e-thing", "f-thing"}));
  toy::expect_fires(toy::standard(), doubled, "L003");
  toy::expect_restores(toy::standard(), doubled);
  const json other = toy::standard().with("/output/labels", json({"a-thing", "b-thing", "things", "c-thing", "d-thing", "e-thing", "f-thing"}));
  toy::expect_fires(toy::standard(), other, "L003");
  toy::expect_restores(toy::standard(), other);
}

TEST(LabelCount, SurplusLinesAtTheEndAreANote) {
  const auto& diagnosis = toy::standard().diagnose(toy::standard().with("/output/labels", json({"a-thing", "b-thing", "c-thing", "d-thing", "e-thing", "f-thing", "", ""})));
  EXPECT_EQ(toy::loud_codes(diagnosis), "");
}

}  // namespace
}  // namespace whyzero::rules
