// rotate: quarter turns, clockwise.
#include "app/check.h"
#include "app/grid.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

Result<void> check(const nlohmann::json& value) {
  if (value == nlohmann::json(90) || value == nlohmann::json(180) || value == nlohmann::json(270)) return {};
  return fail(ErrorCode::kInvalidArgument, "rotate must be 90, 180 or 270 (clockwise degrees), given: " + shown(value));
}

Result<void> apply(Value& value, const StepCall& call) {
  return orient_value(value, image::turned_clockwise(call.value.is_number() ? call.value.get<int>() : 0));
}

}  // namespace

extern constinit const Step unit_rotate{.name = "rotate", .check = check, .apply = apply};

}  // namespace whyzero::app
