// SKIP_GRAM against all groups of words found by trying every subset.
#include <algorithm>
#include <bit>

#include "ops/common/strings.h"
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

std::vector<std::string> grams(const std::string& sentence, int size, int skip, bool all) {
  graph::ModelBuilder b;
  const int in = b.strings("sentence", {1}, {sentence}), out = b.tensor("grams", DType::kString, {1});
  b.node(schema::BuiltinOperator_SKIP_GRAM, {in}, {out},
         [&](auto& f) { return schema::CreateSkipGramOptions(f, size, skip, all); });
  b.output(out);
  auto made = runtime::Interpreter::create(b.build(), {.kernels = runtime::Kernels::kReference});
  if (!made || !(*made)->invoke()) return {"cannot run"};
  for (const auto& skipped : (*made)->coverage().skipped) return {skipped.error.text()};
  const auto views = read_strings((*made)->output(0));
  return views ? std::vector<std::string>(views->begin(), views->end()) : std::vector<std::string>{views.error().text()};
}

TEST(SkipGramTest, FindsEveryGroupOnce) {
  const std::vector<std::string> words = {"a", "b", "c", "d", "e", "f"};
  for (int size : {1, 2, 3})
    for (int skip : {0, 1, 2})
      for (bool all : {false, true}) {
        std::vector<std::string> want;
        for (unsigned subset = 1; subset < 1u << words.size(); ++subset) {
          const int count = std::popcount(subset);
          if (all ? count > size : count != size) continue;
          std::string gram;
          int last = -1;
          bool near = true;
          for (int k = 0; k < static_cast<int>(words.size()); ++k) {
            if (!(subset >> k & 1)) continue;
            near = near && (last < 0 || k - last <= skip + 1);
            gram += (last < 0 ? "" : " ") + words[static_cast<size_t>(k)];
            last = k;
          }
          if (near) want.push_back(gram);
        }
        auto got = grams("a b c d e f", size, skip, all);
        std::sort(got.begin(), got.end());
        std::sort(want.begin(), want.end());
        EXPECT_EQ(got, want) << size << " " << skip << " " << all;
      }
}

TEST(SkipGramTest, SpacesDoNotMakeWords) {
  EXPECT_EQ(grams("one   two ", 2, 0, false), std::vector<std::string>{"one two"});
  EXPECT_TRUE(grams("", 1, 0, true).empty());
}

/// Recorded from the official runtime, which has a view of its own of a space at the front and of short sentences.
TEST(SkipGramTest, OddSentences) {
  EXPECT_EQ(grams(" lead", 1, 0, true), std::vector<std::string>{" lead"});
  EXPECT_EQ(grams(" a  b ", 1, 0, true), std::vector<std::string>{"b"});
  EXPECT_TRUE(grams("two  spaces here", 5, 1, true).empty());
}

TEST(SkipGramTest, TooManyGroupsAreAnError) {
  std::string sentence;
  for (int k = 0; k < 200; ++k) sentence += "w ";
  const auto got = grams(sentence, 100, 100, false);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_NE(got[0].find("SKIP_GRAM"), std::string::npos) << got[0];
}

}  // namespace
}  // namespace whyzero::ops
