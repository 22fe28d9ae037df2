// flip: a mirror image.
#include "app/check.h"
#include "app/grid.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWords[] = {"horizontal", "vertical"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "flip", kWords); }

Result<void> apply(Value& value, const StepCall& call) {
  const bool horizontal = text_of(call.value) == "horizontal";
  return orient_value(value, {.mirror_x = horizontal, .mirror_y = !horizontal});
}

}  // namespace

extern constinit const Step unit_flip{.name = "flip", .check = check, .apply = apply};

}  // namespace whyzero::app
