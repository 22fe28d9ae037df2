// The text of a saved log: what consoles and shells add to it is taken away.
#pragma once

#include <string>
#include <string_view>

namespace whyzero::app {

/// Without a byte order mark, colour escapes and, where PowerShell saved it as UTF-16, the bytes between; characters beyond ASCII
/// of such a file become question marks.
std::string console_text(std::string_view saved);

}  // namespace whyzero::app
