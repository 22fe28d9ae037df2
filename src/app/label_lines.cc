#include "app/label_lines.h"

namespace whyzero::app {

std::vector<std::string> label_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const size_t last = line.find_last_not_of('\r');
    lines.emplace_back(line.substr(0, last == std::string_view::npos ? 0 : last + 1));
  }
  return lines;
}

}  // namespace whyzero::app
