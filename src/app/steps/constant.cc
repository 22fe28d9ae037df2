// constant: what an app sends that never fills its buffer.
#include <cstring>

#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

Result<void> check(const nlohmann::json& value) { return check_number(value, "constant"); }

Result<void> apply(Value& value, const StepCall& call) {
  Value one;
  one.dtype = DType::kFloat64;
  one.bytes.resize(sizeof(double));
  *one.as<double>() = call.value.is_number() ? call.value.get<double>() : 0;
  WHYZERO_TRY(cast_value(one, value.dtype));
  const size_t size = one.bytes.size();
  for (size_t i = 0; i + size <= value.bytes.size(); i += size) std::memcpy(value.bytes.data() + i, one.bytes.data(), size);
  return {};
}

}  // namespace

extern constinit const Step unit_constant{.name = "constant", .check = check, .apply = apply};

}  // namespace whyzero::app
