// Numbers as people write them into tables.
#pragma once

#include <optional>
#include <string_view>

namespace whyzero::app {

/// What a cell says, as Python's float() reads it ("nan" and "inf" are numbers); nothing where it is no number.
std::optional<double> number_from_text(std::string_view text);

}  // namespace whyzero::app
