#include "app/plain_hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "app/console_text.h"

namespace whyzero::app {
namespace {

/// More words of data than a time stamp and a process number look like: the line is one of a dump.
constexpr size_t kSurelyData = 4;
/// Rows that hexdump leaves out may stand for this many bytes.
constexpr uint64_t kMostRepeated = uint64_t{1} << 26;

bool is_hex(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos; }

/// "0x7f", "\x7f" (the backslash is gone already).
std::string_view without_prefix(std::string_view word) {
  for (std::string_view prefix : {"0x", "0X", "x"})
    if (word.starts_with(prefix)) return word.substr(prefix.size());
  return word;
}

/// The hex digits of a word of data: "7f", "0x7f", "7fh", "7f80", "7f:80:81:82"; empty where it is none.
std::string digits_of(std::string_view word) {
  word = without_prefix(word);
  if (word.size() == 3 && (word[2] == 'h' || word[2] == 'H')) word.remove_suffix(1);
  if (is_hex(word)) return word.size() % 2 == 0 ? std::string(word) : std::string();
  // Four pairs or more: three are a time of day.
  if (word.size() < 11 || (word[2] != ':' && word[2] != '-')) return {};
  std::string digits;
  for (size_t i = 0; i < word.size(); i += 3) {
    if (!is_hex(word.substr(i, 2)) || word.size() - i < 2 || (i + 2 < word.size() && word[i + 2] != word[2])) return {};
    digits += word.substr(i, 2);
  }
  return digits;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view kBetween(" \t\r\v\f\0,;{}[]()\"'=\\", 18);
  for (size_t at = line.find_first_not_of(kBetween); at != std::string_view::npos; at = line.find_first_not_of(kBetween, at)) {
    const size_t end = std::min(line.find_first_of(kBetween, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<uint64_t> number_of(std::string_view digits) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

/// "00000010:" and "0x0010:".
std::optional<uint64_t> address_of(std::string_view word) {
  if (!word.ends_with(':') || word.size() < 5) return std::nullopt;
  return number_of(without_prefix(word.substr(0, word.size() - 1)));
}

/// The column of characters behind xxd's bytes begins after two spaces; a gap in the middle of the bytes is as wide.
std::string_view without_characters(std::string_view line) {
  line = line.substr(0, line.find('|'));
  for (size_t colon = line.find(": "); colon != std::string_view::npos; colon = line.find(": ", colon + 1)) {
    const size_t begin = line.find_last_of(" \t", colon) + 1;
    if (!address_of(line.substr(begin, colon + 1 - begin))) continue;
    const size_t gap = line.find("  ", std::min(line.find_first_not_of(" \t", colon + 1), line.size()));
    if (gap == std::string_view::npos) return line;
    const auto rest = words_of(line.substr(gap));
    const bool bytes = rest.size() >= kSurelyData && std::all_of(rest.begin(), rest.end(), [](std::string_view word) { return digits_of(word).size() == 2; });
    return bytes ? line : line.substr(0, gap);
  }
  return line;
}

class HexReader {
 public:
  Result<void> line(std::string_view text);
  std::vector<uint8_t> bytes;

 private:
  Result<void> arrive(uint64_t address);

  std::optional<uint64_t> base_;   // address of the first byte
  size_t agreeing_ = 0;            // addresses that count the bytes
  bool counted_ = true, star_ = false;
  size_t last_row_ = 0;            // its bytes
};

/// What the addresses say of rows that are missing.
Result<void> HexReader::arrive(uint64_t address) {
  if (!base_) base_ = address - bytes.size();
  const uint64_t here = address - *base_;
  if (here == bytes.size()) {
    ++agreeing_;
  } else if (star_ && here > bytes.size() && here < kMostRepeated && last_row_ > 0) {
    const size_t from = bytes.size() - last_row_, size = last_row_;
    for (size_t i = 0; bytes.size() < here; ++i) bytes.push_back(bytes[from + i % size]);
  } else if (counted_ && agreeing_ > 1 && here < bytes.size()) {
    return fail(ErrorCode::kMalformed, "the addresses begin again: put each sample into a file of its own");
  } else if (counted_ && agreeing_ > 1) {
    return fail(ErrorCode::kMalformed, fmt::format("bytes {} to {} are missing: the console lost lines; print slower, or flush after each line", bytes.size(), here));
  } else {
    counted_ = false;  // they count something else, or in decimal
  }
  return {};
}

Result<void> HexReader::line(std::string_view text) {
  const auto words = words_of(without_characters(text));
  size_t first = words.size();
  while (first > 0 && !digits_of(words[first - 1]).empty()) --first;
  std::vector<std::string> data;
  for (size_t i = first; i < words.size(); ++i) data.push_back(digits_of(words[i]));
  const std::string_view before = first > 0 ? words[first - 1] : std::string_view();
  const auto spoilt = std::count_if(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first), [](std::string_view word) { return !digits_of(word).empty(); });
  if (static_cast<size_t>(spoilt) >= kSurelyData)
    return fail(ErrorCode::kMalformed, fmt::format("\"{}\" is no pair of hex digits{}", before.substr(0, 40),
                                                   before.starts_with('-') ? "; print bytes as %02x, not as decimal numbers" : ""));

  std::optional<uint64_t> address = address_of(before);
  const bool counts_words = first == 1 && before.size() == 7 && is_hex(before);  // hexdump, od
  if (first > 0 && !address && !counts_words && data.size() == 1 && data[0].size() < 8) data.clear();  // a number in a message
  const auto as_wide = [&](size_t from, size_t digits) {
    return std::all_of(data.begin() + static_cast<std::ptrdiff_t>(from), data.end(), [&](const std::string& word) { return word.size() == digits; });
  };
  const bool wide = !data.empty() && (data[0].size() == 8 || (data[0].size() >= 4 && without_prefix(words[first]).size() < words[first].size()));
  if (!address && wide && data.size() > 1 && as_wide(1, 2)) {
    address = number_of(data[0]);
    data.erase(data.begin());
  } else if (data.size() == 1 && data[0].size() == 8 && first == 0 && base_) {
    data.clear();                                                                // hexdump -C ends with the size
  }
  if (counts_words && as_wide(0, 4))                                             // of 16 bits, little-endian
    for (std::string& word : data) word = word.substr(2) + word.substr(0, 2);
  if (!data.empty() && address) {
    if (auto arrived = arrive(*address); !arrived) return arrived;
  }
  star_ = words.size() == 1 && words[0] == "*";
  if (!data.empty()) last_row_ = 0;
  for (const std::string& word : data)
    for (size_t i = 0; i < word.size(); i += 2, ++last_row_) bytes.push_back(static_cast<uint8_t>(*number_of(std::string_view(word).substr(i, 2))));
  return {};
}

}  // namespace

Result<std::vector<uint8_t>> parse_plain_hex(std::string_view saved) {
  const std::string whole = console_text(saved);
  std::string_view text = whole;
  HexReader reader;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (auto read = reader.line(text.substr(0, end)); !read) return fail(std::move(read).error(), fmt::format("line {}", number));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (reader.bytes.empty()) return fail(ErrorCode::kMalformed, "there are no rows of hex digits");
  return std::move(reader.bytes);
}

}  // namespace whyzero::app
