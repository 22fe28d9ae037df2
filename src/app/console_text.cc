#include "app/console_text.h"

namespace whyzero::app {
namespace {

std::string narrowed(std::string_view wide, bool little_endian) {
  std::string text;
  text.reserve(wide.size() / 2);
  for (size_t i = 0; i + 1 < wide.size(); i += 2) {
    const char low = wide[i + (little_endian ? 0 : 1)], high = wide[i + (little_endian ? 1 : 0)];
    text += high == 0 ? low : '?';
  }
  return text;
}

/// Where an escape sequence that begins here ends: "\x1b[0;32m".
size_t end_of_escape(std::string_view text, size_t at) {
  if (at + 1 >= text.size() || text[at + 1] != '[') return at + 1;
  for (at += 2; at < text.size(); ++at)
    if (text[at] >= '@' && text[at] <= '~') return at + 1;
  return at;
}

}  // namespace

std::string console_text(std::string_view saved) {
  std::string wide;
  if (saved.starts_with("\xFF\xFE") || saved.starts_with("\xFE\xFF")) {
    wide = narrowed(saved.substr(2), saved[0] == '\xFF');
    saved = wide;
  }
  if (saved.starts_with("\xEF\xBB\xBF")) saved.remove_prefix(3);
  std::string text;
  text.reserve(saved.size());
  for (size_t i = 0; i < saved.size();) {
    if (saved[i] == '\x1b')
      i = end_of_escape(saved, i);
    else
      text += saved[i++];
  }
  return text;
}

}  // namespace whyzero::app
