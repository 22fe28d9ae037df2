// A label file's lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace whyzero::app {

/// A text that JSON can hold: what is no UTF-8 is taken for Latin-1.
std::string as_utf8(std::string_view bytes);

/// Exactly the texts between newlines: a final newline makes no line, a CR is stripped, blank lines and a BOM count. In UTF-8, as `as_utf8` reads it.
std::vector<std::string> label_lines(std::string_view text);

}  // namespace whyzero::app
