// Where a text stops being JSON.
#pragma once

#include <string>
#include <string_view>

namespace whyzero::app {

/// "line 7, column 12" of what cannot stand there; "the end" where the text is cut off.
std::string place_of_json_error(std::string_view text);

}  // namespace whyzero::app
