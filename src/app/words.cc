// Words in messages.
#include "app/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace whyzero::app {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Insertions, deletions, exchanges and swaps of neighbours; capitals do not count.
size_t edits(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  std::iota(last.begin(), last.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t k = 1; k <= b.size(); ++k) {
      const bool same = lower(a[i - 1]) == lower(b[k - 1]);
      now[k] = std::min({last[k] + 1, now[k - 1] + 1, last[k - 1] + (same ? 0 : 1)});
      if (i > 1 && k > 1 && lower(a[i - 1]) == lower(b[k - 2]) && lower(a[i - 2]) == lower(b[k - 1]))
        now[k] = std::min(now[k], before[k - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string join_words(std::span<const std::string_view> words) {
  std::string text;
  for (std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::string_view nearest_word(std::string_view given, std::span<const std::string_view> known) {
  constexpr size_t kLongestWorthComparing = 64;
  if (given.empty() || given.size() > kLongestWorthComparing) return {};
  std::string_view best;
  // A third of the letters may be wrong, at least one, but never all of them.
  size_t fewest = std::min(std::max<size_t>(1, given.size() / 3), given.size() - 1) + 1;
  for (std::string_view word : known) {
    const size_t count = edits(given, word);
    if (count < fewest) {
      fewest = count;
      best = word;
    }
  }
  return best;
}

std::string unknown_word(std::string_view kind, std::string_view given, std::span<const std::string_view> known) {
  std::string text = fmt::format("unknown {} \"{}\"", kind, given);
  const std::string_view nearest = nearest_word(given, known);
  if (!nearest.empty()) text += fmt::format("; did you mean \"{}\"?", nearest);
  return text + (nearest.empty() ? "; known: " : " Known: ") + join_words(known);
}

}  // namespace whyzero::app
