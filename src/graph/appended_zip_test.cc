// The zip behind a model, wherever its offsets count from, and bytes that only look like one.
#include "graph/appended_zip.h"

#include <gtest/gtest.h>

#include "support/toy_metadata.h"

namespace whyzero::graph {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(AppendedZip, IsFoundBehindWhateverStandsBefore) {
  for (const size_t before : {size_t{0}, size_t{1}, size_t{1000}})
    for (const bool from_the_beginning : {true, false}) {
      const AppendedZip zip = find_appended_zip(toy::with_zip(Bytes(before, 7), {{"a.txt", "text"}, {"b.txt", "more"}}, from_the_beginning));
      ASSERT_NE(zip.end_record, 0u);
      EXPECT_EQ(zip.start, before);
      EXPECT_EQ(zip.entries, 2u);
      EXPECT_EQ(zip.shift, from_the_beginning ? 0 : before);
    }
}

TEST(AppendedZip, IsNotMadeOutOfAnythingElse) {
  const Bytes whole = toy::with_zip(Bytes(10, 7), {{"a.txt", "text"}});
  EXPECT_EQ(find_appended_zip({}).end_record, 0u);
  EXPECT_EQ(find_appended_zip(Bytes(100, 0)).end_record, 0u);
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(find_appended_zip(std::span(whole).first(size)).end_record, 0u) << size;
  Bytes behind = whole;
  behind.push_back(0);
  EXPECT_EQ(find_appended_zip(behind).end_record, 0u) << "something stands behind it";
}

TEST(AppendedZip, DirectoryEntriesFillTheDirectory) {
  const Bytes whole = toy::with_zip(Bytes(10, 7), {{"a.txt", "text"}, {"b", ""}});
  AppendedZip zip = find_appended_zip(whole);
  const auto entries = directory_entries(whole, zip);
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->front(), zip.directory);
  zip.entries = 1;
  EXPECT_FALSE(directory_entries(whole, zip));
  zip.entries = 3;
  EXPECT_FALSE(directory_entries(whole, zip));
}

}  // namespace
}  // namespace whyzero::graph
