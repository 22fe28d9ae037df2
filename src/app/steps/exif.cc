// exif: turns a photo as its EXIF orientation tag says.
#include "app/check.h"
#include "app/grid.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWords[] = {"apply"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "exif", kWords); }

Result<void> apply(Value& value, const StepCall&) {
  WHYZERO_TRY(orient_value(value, image::upright_from_exif(value.exif)));
  value.exif = 1;
  return {};
}

}  // namespace

extern constinit const Step unit_exif{.name = "exif", .check = check, .apply = apply};

}  // namespace whyzero::app
