// Statistics of a small table against numbers worked out by hand, and the steps that keep them.
#include "app/table_statistics.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "support/folder.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

class TableStatistics : public testing::Test {
 protected:
  std::filesystem::path table(const std::string& text) {
    EXPECT_TRUE(write_text(folder_ / "t.csv", text));
    return folder_ / "t.csv";
  }
  toy::Folder folder_;
};

TEST_F(TableStatistics, NumbersAndCategories) {
  const auto columns = table_statistics(table("age,colour,sick,flat\n2,red,1,5\n4,blue,0,5\n4,red,1,5\n6,,0,5\n,green,1,5\n"), {}, "sick");
  ASSERT_TRUE(columns) << columns.error().text();
  ASSERT_EQ(columns->size(), 3u);
  const auto& age = (*columns)[0];
  EXPECT_EQ(age.name, "age");
  EXPECT_DOUBLE_EQ(age.mean, 4);
  EXPECT_DOUBLE_EQ(age.deviation, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(age.min, 2);
  EXPECT_DOUBLE_EQ(age.max, 6);
  EXPECT_EQ(age.left_out, 1u);
  EXPECT_EQ((*columns)[1].categories, (std::vector<std::string>{"blue", "green", "red"}));
  const json onehot = {{"onehot", {{"feature", "colour"}, {"categories", {"blue", "green", "red"}}}}};
  EXPECT_EQ(scaling_steps(*columns, Scaling::kStandardize),
            json::array({onehot, {{"standardize", {{"mean", {4.0, 0, 0, 0, 5.0}}, {"std", {std::sqrt(2.0), 1, 1, 1, 1}}}}}}));
  EXPECT_EQ(scaling_steps(*columns, Scaling::kMinMax), json::array({onehot, {{"minmax", {{"min", {2.0, 0, 0, 0, 5.0}}, {"max", {6.0, 1, 1, 1, 6.0}}, {"to", {0, 1}}}}}}));
}

TEST_F(TableStatistics, FeaturesInTheOrderAsked) {
  const auto columns = table_statistics(table("a,b,y\n1,10,0\n3,30,1\n"), {"b", "a"}, "y");
  ASSERT_TRUE(columns);
  EXPECT_EQ((*columns)[0].name, "b");
  EXPECT_DOUBLE_EQ((*columns)[0].mean, 20);
  EXPECT_DOUBLE_EQ((*columns)[1].mean, 2);
}

TEST_F(TableStatistics, WhatIsNoTable) {
  EXPECT_FALSE(table_statistics(folder_ / "missing.csv", {}, ""));
  EXPECT_FALSE(table_statistics(table(""), {}, ""));
  EXPECT_FALSE(table_statistics(table("a,b\n"), {}, ""));
  EXPECT_FALSE(table_statistics(table("a,b\n1,\n2,\n"), {}, "")) << "an empty column";
  EXPECT_FALSE(table_statistics(table("a,b\n1,2\n"), {"c"}, ""));
  std::string names = "name\n";
  for (int i = 0; i < 300; ++i) names += "n" + std::to_string(i) + "\n";
  const auto many = table_statistics(table(names), {}, "");
  ASSERT_FALSE(many);
  EXPECT_NE(many.error().text().find("name"), std::string::npos);
}

}  // namespace
}  // namespace whyzero::app
