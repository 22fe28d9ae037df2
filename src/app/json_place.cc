#include "app/json_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace whyzero::app {
namespace {

/// Follows the parser and keeps nothing but the place where it gives up.
class Follower final : public nlohmann::json::json_sax_t {
 public:
  size_t position = 0;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t at, const std::string&, const nlohmann::detail::exception&) override {
    position = at;
    return false;
  }
};

}  // namespace

std::string place_of_json_error(std::string_view text) {
  Follower follower;
  nlohmann::json::sax_parse(text, &follower);
  if (follower.position > text.size()) return "the end";
  const std::string_view before = text.substr(0, follower.position > 0 ? follower.position - 1 : 0);
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", std::count(before.begin(), before.end(), '\n') + 1, before.size() - line_start + 1);
}

}  // namespace whyzero::app
