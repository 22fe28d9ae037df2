// Checks and reads of JSON values that people wrote.
#include "app/check.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "app/value.h"
#include "app/words.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

Unexpected wrong(std::string_view what, std::string_view needed, const json& value) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} must be {}, given: {}", what, needed, shown(value)));
}

constexpr std::string_view kDtypes[] = {"float32", "float64", "float16", "uint8", "int8",   "int16",
                                        "uint16",  "int32",   "uint32",  "int64", "uint64", "bool"};

}  // namespace

std::string shown(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr size_t kLongest = 120;
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
  return text;
}

Result<void> check_object(const json& value, std::string_view what, Words known) {
  if (!value.is_object()) return wrong(what, "an object with keys " + join_words(known), value);
  for (const auto& [key, ignored] : value.items())
    if (std::find(known.begin(), known.end(), std::string_view(key)) == known.end())
      return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", what, unknown_word("key", key, known)));
  return {};
}

Result<void> check_word(const json& value, std::string_view what, Words known) {
  if (!value.is_string()) return wrong(what, "one of " + join_words(known), value);
  if (std::find(known.begin(), known.end(), text_of(value)) != known.end()) return {};
  return fail(ErrorCode::kInvalidArgument, fmt::format("{}: {}", what, unknown_word("value", text_of(value), known)));
}

Result<void> check_integer(const json& value, std::string_view what, int64_t low, int64_t high) {
  const bool in_range = value.is_number_unsigned() ? value.get<uint64_t>() <= static_cast<uint64_t>(std::max<int64_t>(high, 0)) &&
                                                         static_cast<int64_t>(value.get<uint64_t>()) >= low
                        : value.is_number_integer() ? value.get<int64_t>() >= low && value.get<int64_t>() <= high
                                                    : false;
  if (!in_range) return wrong(what, fmt::format("an integer from {} to {}", low, high), value);
  return {};
}

Result<void> check_number(const json& value, std::string_view what) {
  if (!value.is_number() || !(std::fabs(value.get<double>()) <= std::numeric_limits<float>::max()))
    return wrong(what, "a number", value);
  return {};
}

Result<void> check_numbers(const json& value, std::string_view what) {
  if (!value.is_array() && !value.is_number()) return wrong(what, "a number or a list of numbers", value);
  if (value.is_number()) return check_number(value, what);
  if (value.empty()) return wrong(what, "a list of at least one number", value);
  for (size_t i = 0; i < value.size(); ++i) WHYZERO_TRY(check_number(value[i], fmt::format("{}[{}]", what, i)));
  return {};
}

Result<void> check_same_length(const json& a, const json& b, std::string_view what) {
  const size_t length_a = a.is_array() ? a.size() : 1, length_b = b.is_array() ? b.size() : 1;
  if (length_a != length_b && length_a != 1 && length_b != 1)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{} must have as many numbers as each other, given {} and {}", what, length_a, length_b));
  return {};
}

Result<void> check_string(const json& value, std::string_view what) {
  if (!value.is_string() || text_of(value).empty()) return wrong(what, "a text", value);
  if (text_of(value).find('\0') != std::string_view::npos) return wrong(what, "a text without a zero byte", value);
  return {};
}

Result<void> check_strings(const json& value, std::string_view what) {
  if (!value.is_array() || value.empty()) return wrong(what, "a list of at least one text", value);
  for (size_t i = 0; i < value.size(); ++i)
    if (!value[i].is_string()) return wrong(fmt::format("{}[{}]", what, i), "a text", value[i]);
  return {};
}

Result<void> check_dtype(const json& value, std::string_view what) { return check_word(value, what, kDtypes); }

const json* member(const json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

double number_or(const json& object, std::string_view key, double otherwise) {
  const json* value = member(object, key);
  return value && value->is_number() ? value->get<double>() : otherwise;
}

std::string_view text_of(const json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text ? std::string_view(*text) : std::string_view();
}

std::string_view text_or(const json& object, std::string_view key, std::string_view otherwise) {
  const json* value = member(object, key);
  return value && value->is_string() ? text_of(*value) : otherwise;
}

std::vector<float> floats_or(const json& object, std::string_view key, float otherwise) {
  const json* value = member(object, key);
  if (value && value->is_number()) return {static_cast<float>(value->get<double>())};
  if (!value || !value->is_array() || value->empty()) return {otherwise};
  std::vector<float> numbers;
  for (const json& item : *value) numbers.push_back(item.is_number() ? static_cast<float>(item.get<double>()) : otherwise);
  return numbers;
}

}  // namespace whyzero::app
