// standardize: (x - mean) / std for each feature.
#include "app/broadcast.h"
#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"mean", "std"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "standardize", kKeys));
  for (std::string_view key : kKeys) {
    const auto* numbers = member(value, key);
    WHYZERO_TRY(check_numbers(numbers ? *numbers : nlohmann::json(), "standardize's \"" + std::string(key) + "\""));
  }
  return check_same_length(*member(value, "mean"), *member(value, "std"), "\"mean\" and \"std\" of standardize");
}

Result<void> apply(Value& value, const StepCall& call) {
  return map_last_axis<2>(value, {floats_or(call.value, "mean", 0), floats_or(call.value, "std", 1)},
                          [](float x, float mean, float std) { return (x - mean) / std; });
}

}  // namespace

extern constinit const Step unit_standardize{.name = "standardize", .check = check, .apply = apply};

}  // namespace whyzero::app
