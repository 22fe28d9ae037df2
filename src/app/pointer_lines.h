// On which line of an app file something stands, for annotations beside the file's text.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace whyzero::app {

/// JSON pointer → line, from 1, of every value in a JSON text ("" is the document). Empty where the text is no JSON.
std::map<std::string, int> pointer_lines(std::string_view text);

}  // namespace whyzero::app
