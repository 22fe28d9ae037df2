// cast: the plain cast of a program, which wraps where the number does not fit.
#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

Result<void> check(const nlohmann::json& value) { return check_dtype(value, "cast"); }

Result<void> apply(Value& value, const StepCall& call) {
  return cast_value(value, dtype_from_name(text_of(call.value)).value_or(value.dtype));
}

}  // namespace

extern constinit const Step unit_cast{.name = "cast", .check = check, .apply = apply};

}  // namespace whyzero::app
