// Checks and reads of JSON values that people wrote: nothing here throws, every message names what was wrong and what is known.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "whyzero/result.h"

namespace whyzero::app {

using Words = std::span<const std::string_view>;

/// The sides that a step may ask for, and the pixels of its result.
inline constexpr int64_t kMaxSide = 1 << 15, kMaxPixels = 1 << 26;

/// An object that has known keys only.
Result<void> check_object(const nlohmann::json& value, std::string_view what, Words known);
/// One of the known words.
Result<void> check_word(const nlohmann::json& value, std::string_view what, Words known);
/// An integer in [low, high].
Result<void> check_integer(const nlohmann::json& value, std::string_view what, int64_t low, int64_t high);
/// A number that float32 can hold.
Result<void> check_number(const nlohmann::json& value, std::string_view what);
/// A number or a list of them, one a channel or feature.
Result<void> check_numbers(const nlohmann::json& value, std::string_view what);
/// Lists of numbers that are used together must have the same length; a single number goes with any.
Result<void> check_same_length(const nlohmann::json& a, const nlohmann::json& b, std::string_view what);
Result<void> check_string(const nlohmann::json& value, std::string_view what);
/// A list of strings, not empty.
Result<void> check_strings(const nlohmann::json& value, std::string_view what);
/// The name of a dtype that numbers in memory can have.
Result<void> check_dtype(const nlohmann::json& value, std::string_view what);

/// The member of an object, or null (a JSON null counts as a member).
const nlohmann::json* member(const nlohmann::json& object, std::string_view key);
double number_or(const nlohmann::json& object, std::string_view key, double otherwise);
/// A string, otherwise an empty text.
std::string_view text_of(const nlohmann::json& value);
std::string_view text_or(const nlohmann::json& object, std::string_view key, std::string_view otherwise);
/// A number or a list of numbers as float32; `otherwise` where there is none.
std::vector<float> floats_or(const nlohmann::json& object, std::string_view key, float otherwise);
/// The value as it would stand in a message, cut short.
std::string shown(const nlohmann::json& value);

}  // namespace whyzero::app
