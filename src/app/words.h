// Words in messages: lists, and the known word that is nearest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace whyzero::app {

/// "a, b, c".
std::string join_words(std::span<const std::string_view> words);
/// The word with the fewest edits to it, if those are few; otherwise empty.
std::string_view nearest_word(std::string_view given, std::span<const std::string_view> known);
/// "unknown step "resise"; did you mean "resize"? Known: crop, resize".
std::string unknown_word(std::string_view kind, std::string_view given, std::span<const std::string_view> known);

}  // namespace whyzero::app
