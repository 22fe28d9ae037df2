// A label file's lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace whyzero::app {

/// Exactly the texts between newlines: a final newline makes no line, a CR is stripped, blank lines and a BOM count.
std::vector<std::string> label_lines(std::string_view text);

}  // namespace whyzero::app
