// Label files as other programs leave them: the names that were meant, and files that are as they should be.
#include "rules/common/tidy_labels.h"

#include <gtest/gtest.h>

#include "app/label_lines.h"

namespace whyzero::rules {
namespace {

using Lines = std::vector<std::string>;

const Lines kNames = {"cat", "dog", "great ape"};

/// The last list, which has been tidied most.
Lines last(const Lines& lines) {
  const auto found = tidy_labels(lines, 3);
  return found.empty() ? Lines{} : found.back().labels;
}

TEST(TidyLabels, TakesTheNamesOutOfTheLines) {
  EXPECT_EQ(last({"\xef\xbb\xbf" "cat", "dog", "great ape"}), kNames);
  EXPECT_EQ(last({"cat ", "\tdog", "great ape"}), kNames);
  EXPECT_EQ(last({"cat", "", "dog", "", "great ape"}), kNames);
  EXPECT_EQ(last({"# pets", "cat", "dog", "// others", "great ape"}), kNames);
  EXPECT_EQ(last({"0 cat", "1 dog", "2 great ape"}), kNames);
  EXPECT_EQ(last({"1: cat", "2: dog", "3: great ape"}), kNames);
  EXPECT_EQ(last({"id,name", "2,great ape", "0,cat", "1,dog"}), kNames) << "in the order of the numbers";
  EXPECT_EQ(last({"cat,0", "dog,1", "great ape,2"}), kNames);
  EXPECT_EQ(last({"[\"cat\",", " \"dog\",", " \"great ape\"]"}), kNames);
  EXPECT_EQ(last({R"({"1": "dog", "0": "cat", "2": "great ape"})"}), kNames);
  EXPECT_EQ(last({"cat,dog,great ape"}), kNames);
  EXPECT_EQ(last({"'cat',", "'dog',", "'great ape'"}), kNames);
  EXPECT_EQ(last({"item {", "  id: 1", "  name: 'cat'", "}", "item {", "  name: 'dog'", "}", "item {", "  name: 'great ape'", "}"}), kNames);
  EXPECT_EQ(last({"cat", "cat", "dog", "great ape"}), kNames);
  EXPECT_EQ(last({"label", "", "cat", "dog", "great ape"}), kNames) << "a header among blank lines";
}

TEST(TidyLabels, ReadsUtf16) {
  for (const bool little : {true, false}) {
    std::string bytes = little ? "\xff\xfe" : "\xfe\xff";
    for (const char c : std::string("cat\r\ndog\r\ngreat ape\r\n")) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
    EXPECT_EQ(last(app::label_lines(bytes)), kNames) << little;
  }
}

TEST(TidyLabels, LeavesOtherListsAlone) {
  EXPECT_TRUE(tidy_labels(kNames, 3).empty());
  EXPECT_TRUE(tidy_labels({"cat", "cat", "dog"}, 3).empty()) << "two classes may have the same text";
  EXPECT_TRUE(tidy_labels({"3 tench", "7 shark", "9 ray"}, 3).empty()) << "numbers that do not count the classes";
  EXPECT_TRUE(tidy_labels({"", "cat", "dog"}, 3).empty()) << "a background without a name";
  EXPECT_TRUE(tidy_labels({}, 3).empty());
  EXPECT_TRUE(tidy_labels({"cat", "dog"}, 3).empty());
  for (const auto& tidy : tidy_labels({"{", "\xff\xfe", "item", std::string(1, '\0')}, 3)) EXPECT_EQ(tidy.labels.size(), 3u);
}

TEST(LabelLines, AreAlwaysUtf8) {
  EXPECT_EQ(app::label_lines("caf\xe9\nna\xc3\xafve\n"), (Lines{"caf\xc3\xa9", "na\xc3\xafve"}));
  EXPECT_EQ(app::as_utf8("\xe2\x82"), "\xc3\xa2\xc2\x82") << "a character that is cut off";
}

}  // namespace
}  // namespace whyzero::rules
