#include "app/label_lines.h"

#include <algorithm>

namespace whyzero::app {
namespace {

/// Bytes of the UTF-8 character that begins here; 0 where there is none.
size_t utf8_length(std::string_view text) {
  const auto c = static_cast<unsigned char>(text[0]);
  const size_t length = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
  if (length == 0 || length > text.size()) return 0;
  const auto second = length > 1 ? static_cast<unsigned char>(text[1]) : 0;
  if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) || (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f)) return 0;
  const bool follow = std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), [](char x) { return (static_cast<unsigned char>(x) & 0xc0) == 0x80; });
  return follow ? length : 0;
}

}  // namespace

std::string as_utf8(std::string_view bytes) {
  std::string latin1;
  bool valid = true;
  for (size_t i = 0; valid && i < bytes.size();) {
    const size_t length = utf8_length(bytes.substr(i));
    valid = length > 0;
    i += length;
  }
  if (valid) return std::string(bytes);
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    if (c < 0x80) latin1 += byte;
    else latin1 += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
  }
  return latin1;
}

std::vector<std::string> label_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const size_t last = line.find_last_not_of('\r');
    lines.push_back(as_utf8(line.substr(0, last == std::string_view::npos ? 0 : last + 1)));
  }
  return lines;
}

}  // namespace whyzero::app
