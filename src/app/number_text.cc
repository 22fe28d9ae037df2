#include "app/number_text.h"

#include <charconv>
#include <cmath>

namespace whyzero::app {

std::optional<double> number_from_text(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  if (text.front() == '+' && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // Too big or too small for a double; from_chars does not say which, the exponent's sign does.
    const size_t exponent = text.find_first_of("eE");
    const bool tiny = exponent != std::string_view::npos ? text.substr(exponent).find('-') != std::string_view::npos
                                                         : text.find_first_of("123456789") > text.find('.');
    return std::copysign(tiny ? 0.0 : HUGE_VAL, text.front() == '-' ? -1.0 : 1.0);
  }
  if (error != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace whyzero::app
