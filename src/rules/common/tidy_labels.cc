#include "rules/common/tidy_labels.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/label_lines.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

constexpr std::string_view kBlank = " \t\r\v\f";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
/// U+FFFE and U+FEFF as bytes that were read as Latin-1.
constexpr std::string_view kLittleEndian = "\xc3\xbf\xc3\xbe", kBigEndian = "\xc3\xbe\xc3\xbf";

std::string_view trimmed(std::string_view text, std::string_view what = kBlank) {
  const size_t first = text.find_first_not_of(what);
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(what) - first + 1);
}

std::string joined(const Lines& lines) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) text += (i > 0 ? "\n" : "") + lines[i];
  return text;
}

void append_utf8(std::string& text, uint32_t point) {
  if (point < 0x80) text += static_cast<char>(point);
  else if (point < 0x800) text += {static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f))};
  else text += {static_cast<char>(0xe0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3f)), static_cast<char>(0x80 | (point & 0x3f))};
}

/// The bytes that were read as Latin-1, again.
std::string latin1_bytes(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool pair = (c == 0xc2 || c == 0xc3) && i + 1 < text.size();
    bytes += pair ? static_cast<char>((c & 3) << 6 | (text[++i] & 0x3f)) : text[i];
  }
  return bytes;
}

/// A file of two bytes a character was cut at every byte that is a newline: put together, it is read as what it is.
std::optional<Lines> from_utf16(const Lines& lines) {
  if (lines.empty()) return std::nullopt;
  const bool little = lines[0].starts_with(kLittleEndian), big = lines[0].starts_with(kBigEndian);
  const bool zeros = std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return line.find('\0') != std::string::npos; });
  if (!zeros && !little && !big) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < lines.size(); ++i) bytes += (i > 0 ? "\n" : "") + latin1_bytes(lines[i]);
  const size_t low = big || (!little && !bytes.empty() && bytes[0] == '\0') ? 1 : 0;
  std::string text;
  for (size_t i = little || big ? 2 : 0; i + 1 < bytes.size(); i += 2)
    append_utf8(text, static_cast<unsigned char>(bytes[i + low]) | uint32_t{static_cast<unsigned char>(bytes[i + 1 - low])} << 8);
  return app::label_lines(text);
}

/// ["cat", "dog"], or {"0": "cat", "1": "dog"} with the numbers as places.
std::optional<Lines> from_json(const Lines& lines) {
  const json document = json::parse(joined(lines), nullptr, false);
  if (!document.is_array() && !document.is_object()) return std::nullopt;
  std::vector<std::pair<int, std::string>> found;
  for (const auto& [key, value] : document.items()) {
    int place = static_cast<int>(found.size());
    if (!value.is_string() || (document.is_object() && std::from_chars(key.data(), key.data() + key.size(), place).ec != std::errc{})) return std::nullopt;
    found.emplace_back(place, value.get<std::string>());
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Lines names;
  for (auto& [place, name] : found) names.push_back(std::move(name));
  return names;
}

/// item { id: 1  name: 'cat' }, with the name that is shown where there are two.
std::optional<Lines> from_items(const Lines& lines) {
  const bool items = std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return trimmed(line).starts_with("item"); });
  if (!items) return std::nullopt;
  Lines names, shown;
  for (const std::string& line : lines) {
    const std::string_view text = trimmed(line);
    for (const auto& [key, list] : {std::pair{std::string_view("name:"), &names}, std::pair{std::string_view("display_name:"), &shown}})
      if (text.starts_with(key)) list->emplace_back(trimmed(text.substr(key.size()), " \t\"',"));
  }
  return shown.size() == names.size() && !shown.empty() ? shown : names;
}

/// All names in one line.
std::optional<Lines> from_one_line(const Lines& lines, size_t classes) {
  if (lines.size() != 1 || classes < 2) return std::nullopt;
  for (const char separator : {',', ';', '\t', '|', ' '}) {
    Lines names;
    std::string_view rest = trimmed(lines[0], " \t[]");
    for (size_t end = 0; end != std::string_view::npos; rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1)) {
      end = rest.find(separator);
      names.emplace_back(trimmed(rest.substr(0, end), " \t\"'"));
    }
    if (names.size() == classes) return names;
  }
  return std::nullopt;
}

/// 3 of "3: cat", "3,cat", "3 cat" and "3 - cat", with the name.
std::optional<std::pair<int, std::string>> numbered(std::string_view line) {
  int number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  const std::string_view rest = line.substr(static_cast<size_t>(end - line.data()));
  const std::string_view name = trimmed(rest, " \t:,;.)-=\"'");
  if (name.empty() || rest.find_first_of(" \t:,;.)=") != 0) return std::nullopt;
  return std::pair{number, std::string(name)};
}

/// "cat,3" likewise.
std::optional<std::pair<int, std::string>> numbered_behind(std::string_view line) {
  const size_t comma = line.find_last_of(",;\t:");
  if (comma == std::string_view::npos || comma == 0) return std::nullopt;
  const std::string_view digits = trimmed(line.substr(comma + 1));
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number < 0) return std::nullopt;
  return std::pair{number, std::string(trimmed(line.substr(0, comma), " \t\"'"))};
}

/// Lines that count the classes from 0 or 1, in any order, below a header or not: the names by their numbers.
std::optional<Lines> from_numbered(const Lines& lines) {
  for (const auto& read : {&numbered, &numbered_behind})
    for (const size_t header : {size_t{0}, size_t{1}}) {
      std::vector<std::pair<int, std::string>> found;
      for (size_t i = header; i < lines.size(); ++i)
        if (auto one = read(lines[i])) found.push_back(std::move(*one));
      if (found.size() < 2 || found.size() + header != lines.size()) continue;
      std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      const int first = found.front().first;
      if (first > 1) continue;
      bool counts = true;
      Lines names;
      for (size_t i = 0; i < found.size(); ++i) {
        counts = counts && found[i].first == first + static_cast<int>(i);
        names.push_back(std::move(found[i].second));
      }
      if (counts) return names;
    }
  return std::nullopt;
}

bool is_comment(const std::string& line) { return line.starts_with("#") || line.starts_with("//"); }

}  // namespace

std::vector<TidyLabels> tidy_labels(const Lines& lines, int classes) {
  std::vector<TidyLabels> found;
  Lines now = lines;
  std::string done;
  const auto step = [&](std::string_view text, std::optional<Lines> next) {
    if (!next || *next == now) return;
    now = std::move(*next);
    done += (done.empty() ? "" : ", ") + std::string(text);
    const bool fits = classes > 1 && now.size() == static_cast<size_t>(classes) && now != lines;
    if (fits) found.push_back({done, now});
  };
  const auto without = [&](auto left_out) {
    Lines rest = now;
    std::erase_if(rest, left_out);
    return rest;
  };
  step("read the label file as UTF-16", from_utf16(now));
  Lines cleaned;
  for (const std::string& line : now) {
    const std::string_view text = line;
    cleaned.emplace_back(trimmed(text.substr(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0)));
  }
  step("leave out the byte order mark and the blanks around the names", cleaned);
  step("leave out blank lines", without([](const std::string& line) { return line.empty(); }));
  step("take the names out of the JSON text", from_json(now));
  step("take the names out of the items", from_items(now));
  step("put every name on a line of its own", from_one_line(now, static_cast<size_t>(std::max(classes, 0))));
  step("leave out the comments", without(&is_comment));
  step("leave out the numbers, which count the classes", from_numbered(now));
  Lines bare;
  for (const std::string& line : now) bare.emplace_back(trimmed(line, " \t\"',;"));
  step("leave out quotes and commas", bare);
  Lines once;
  for (const std::string& line : now)
    if (once.empty() || once.back() != line) once.push_back(line);
  if (now.size() > static_cast<size_t>(std::max(classes, 0))) step("leave out lines that repeat the one before", once);
  // A header below a mark or among blank lines; one that stands alone is no more than a line too many.
  if (now != lines && now.size() == static_cast<size_t>(std::max(classes, 0)) + 1) step("leave out the first line", Lines(now.begin() + 1, now.end()));
  return found;
}

}  // namespace whyzero::rules
