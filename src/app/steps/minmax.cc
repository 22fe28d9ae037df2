// minmax: each feature from its own range to a common one.
#include "app/broadcast.h"
#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"min", "max", "to"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "minmax", kKeys));
  for (std::string_view key : {"min", "max"}) {
    const auto* numbers = member(value, key);
    WHYZERO_TRY(check_numbers(numbers ? *numbers : nlohmann::json(), "minmax's \"" + std::string(key) + "\""));
  }
  if (const auto* to = member(value, "to")) {
    if (!to->is_array() || to->size() != 2)
      return fail(ErrorCode::kInvalidArgument, "minmax's \"to\" must be a list of two numbers, given: " + shown(*to));
    WHYZERO_TRY(check_numbers(*to, "minmax's \"to\""));
  }
  return check_same_length(*member(value, "min"), *member(value, "max"), "\"min\" and \"max\" of minmax");
}

Result<void> apply(Value& value, const StepCall& call) {
  double low = 0, high = 1;
  if (const auto* to = member(call.value, "to"); to && to->is_array() && to->size() == 2) {
    low = (*to)[0].get<double>();
    high = (*to)[1].get<double>();
  }
  const auto width = static_cast<float>(high - low), start = static_cast<float>(low);
  return map_last_axis<2>(value, {floats_or(call.value, "min", 0), floats_or(call.value, "max", 1)},
                          [=](float x, float min, float max) { return (x - min) / (max - min) * width + start; });
}

}  // namespace

extern constinit const Step unit_minmax{.name = "minmax", .check = check, .apply = apply};

}  // namespace whyzero::app
