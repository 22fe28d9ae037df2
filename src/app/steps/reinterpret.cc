// reinterpret: the bytes so far lie in the tensor's memory as they are.
#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

Result<void> check(const nlohmann::json& value) { return check_dtype(value, "reinterpret"); }

Result<void> apply(Value& value, const StepCall& call) {
  return reinterpret_value(value, dtype_from_name(text_of(call.value)).value_or(value.dtype), call.tensor.shape);
}

}  // namespace

extern constinit const Step unit_reinterpret{.name = "reinterpret", .check = check, .apply = apply};

}  // namespace whyzero::app
