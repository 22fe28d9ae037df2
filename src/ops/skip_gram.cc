// SKIP_GRAM: the groups of up to n words of a sentence whose neighbours have at most a given number of words between them.
#include <fmt/format.h>

#include <cctype>

#include "graph/options.h"
#include "ops/common/strings.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

constexpr size_t kMostSteps = size_t{1} << 26;  // the groups gone through grow exponentially with the options

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kString}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kString}));
  const auto& options = ctx.options<schema::SkipGramOptions>();
  if (options.ngram_size() < 1 || options.max_skip_size() < 0)
    return ctx.error(ErrorCode::kMalformed, fmt::format("has ngram_size {} and max_skip_size {}, expected at least 1 and 0",
                                                        options.ngram_size(), options.max_skip_size()));
  ctx.make_dynamic(0);
  return {};
}

/// The first character always belongs to a word or to none: a space there is part of the first word if nothing else ends it, and
/// hides it otherwise. That is what the official kernel makes of it.
std::vector<std::string_view> words_of(std::string_view sentence) {
  auto space = [&](size_t k) { return std::isspace(static_cast<unsigned char>(sentence[k])) != 0; };
  std::vector<std::string_view> words;
  size_t begin = 0;
  for (size_t k = 1; k < sentence.size(); ++k) {
    if (!space(k)) continue;
    if (k > begin && !space(begin)) words.push_back(sentence.substr(begin, k - begin));
    begin = k + 1;
  }
  if (sentence.size() > begin) words.push_back(sentence.substr(begin));
  return words;
}

/// Goes on from the words chosen so far; longer groups come before the one they begin with.
class Grams {
 public:
  Grams(Context& ctx, const std::vector<std::string_view>& words) : ctx_(ctx), words_(words) {
    const auto& options = ctx.options<schema::SkipGramOptions>();
    size_ = static_cast<size_t>(options.ngram_size());
    skip_ = static_cast<size_t>(options.max_skip_size());
    all_ = options.include_all_ngrams();
  }

  /// Without recursion: a long sentence and a large group would go deep.
  Result<void> collect() {
    std::vector<size_t> chosen;
    size_t next = 0;
    for (size_t step = 0; step < kMostSteps; ++step) {
      const bool fits = next < words_.size() && (chosen.empty() || next - chosen.back() <= skip_ + 1);
      if (chosen.size() < size_ && fits) {
        chosen.push_back(next);
        ++next;
        continue;
      }
      if (chosen.empty()) return {};
      if (all_ || chosen.size() == size_) WHYZERO_TRY(add(chosen));
      next = chosen.back() + 1;
      chosen.pop_back();
    }
    return ctx_.error(ErrorCode::kUnsupported, fmt::format("goes through more than {} groups of words; ngram_size and "
                                                           "max_skip_size are too large for {} words",
                                                           kMostSteps, words_.size()));
  }

  std::vector<std::string> found;

 private:
  Result<void> add(const std::vector<size_t>& chosen) {
    std::string gram;
    for (size_t k : chosen) {
      if (!gram.empty()) gram += ' ';
      gram += words_[k];
    }
    // Their number grows exponentially with the options.
    if (auto room = ctx_.host().reserve(sizeof gram + gram.size()); !room)
      return fail(std::move(room).error(), ctx_.node().label());
    found.push_back(std::move(gram));
    return {};
  }

  Context& ctx_;
  const std::vector<std::string_view>& words_;
  size_t size_ = 1, skip_ = 0;
  bool all_ = false;
};

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(const auto sentences, read_strings(ctx.input(0)));
  if (sentences.empty()) return ctx.error(ErrorCode::kShapeMismatch, "takes a sentence; " + ctx.input(0).label() + " has none");
  const auto words = words_of(sentences[0]);
  Grams grams(ctx, words);
  // A sentence with fewer words has no group at all, not even a smaller one.
  if (words.size() >= static_cast<size_t>(ctx.options<schema::SkipGramOptions>().ngram_size())) WHYZERO_TRY(grams.collect());
  return ctx.set_strings(0, grams.found, {static_cast<int32_t>(grams.found.size())});
}

}  // namespace

extern constinit const Operator unit_skip_gram{
    .name = "SKIP_GRAM", .builtin = schema::BuiltinOperator_SKIP_GRAM, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
