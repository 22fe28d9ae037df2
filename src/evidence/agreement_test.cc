// Agreement of the demo's photos with their middles: high where the app is right, nothing above chance where the input is dead.
#include "evidence/agreement.h"

#include <gtest/gtest.h>

#include "support/case.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

const toy::Fruit& fruit() {
  static const toy::Fruit fruit(5);
  return fruit;
}

TEST(Agreement, IsHighWhereTheAppIsRight) {
  const auto a_case = toy::case_of(fruit().document("app_healthy.json"), fruit().folder());
  const auto found = agreement(*a_case, a_case->app.document, {.threads = 2});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->samples, 50);
  EXPECT_GE(found->alike, 45);
  EXPECT_GT(found->above_chance, 0.85);
  EXPECT_LT(found->above_chance, double(found->alike) / found->samples + 1e-12);
}

TEST(Agreement, IsNoneWhereAllGetOneAnswer) {
  json dead = fruit().document("app_healthy.json");
  dead["input"]["pipeline"].push_back({{"constant", 0}});
  const auto a_case = toy::case_of(dead, fruit().folder());
  const auto found = agreement(*a_case, dead, {.threads = 2});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->alike, found->samples);
  EXPECT_EQ(found->above_chance, 0);
}

TEST(Agreement, CutsBeforeTheResize) {
  const auto a_case = toy::case_of(fruit().document("app_healthy.json"), fruit().folder());
  const auto nearer = from_nearer(*a_case, a_case->app.document);
  ASSERT_TRUE(nearer);
  const json& pipeline = (*nearer)["input"]["pipeline"];
  EXPECT_EQ(pipeline[0], json({{"crop", {{"central", 0.92}}}}));
  EXPECT_TRUE(pipeline[1].contains("resize"));
  json without = a_case->app.document;
  without["input"]["pipeline"].erase(0);
  EXPECT_FALSE(from_nearer(*a_case, without));
}

}  // namespace
}  // namespace whyzero::evidence
