// normalize: x * scale + offset, or (x - mean) / std, in float32.
#include "app/broadcast.h"
#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"scale", "offset", "mean", "std"};
constexpr std::string_view kAffineKeys[] = {"scale", "offset"}, kMeanKeys[] = {"mean", "std"};

bool is_affine(const nlohmann::json& value) { return member(value, "scale") || member(value, "offset"); }

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "normalize", kKeys));
  WHYZERO_TRY(is_affine(value) ? check_object(value, "normalize (scale, offset)", kAffineKeys)
                               : check_object(value, "normalize (mean, std)", kMeanKeys));
  for (const auto& [key, numbers] : value.items()) WHYZERO_TRY(check_numbers(numbers, "normalize's \"" + key + "\""));
  const auto* first = member(value, is_affine(value) ? "scale" : "mean");
  const auto* second = member(value, is_affine(value) ? "offset" : "std");
  return first && second ? check_same_length(*first, *second, "the lists of normalize") : Result<void>{};
}

Result<void> apply(Value& value, const StepCall& call) {
  if (is_affine(call.value))
    return map_last_axis<2>(value, {floats_or(call.value, "scale", 1), floats_or(call.value, "offset", 0)},
                            [](float x, float scale, float offset) { return x * scale + offset; });
  return map_last_axis<2>(value, {floats_or(call.value, "mean", 0), floats_or(call.value, "std", 1)},
                          [](float x, float mean, float std) { return (x - mean) / std; });
}

}  // namespace

extern constinit const Step unit_normalize{.name = "normalize", .check = check, .apply = apply};

}  // namespace whyzero::app
