// exif: turns a photo as its EXIF orientation tag says.
#include "app/check.h"
#include "app/grid.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWords[] = {"apply"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "exif", kWords); }

/// Tags 1 to 8: where the first row and the first column of the stored picture belong.
Orientation orientation_of(int tag) {
  switch (tag) {
    case 2:
      return {.mirror_x = true};
    case 3:
      return {.mirror_x = true, .mirror_y = true};
    case 4:
      return {.mirror_y = true};
    case 5:
      return {.transpose = true};
    case 6:
      return {.mirror_y = true, .transpose = true};
    case 7:
      return {.mirror_x = true, .mirror_y = true, .transpose = true};
    case 8:
      return {.mirror_x = true, .transpose = true};
    default:
      return {};
  }
}

Result<void> apply(Value& value, const StepCall&) {
  WHYZERO_TRY(orient_value(value, orientation_of(value.exif)));
  value.exif = 1;
  return {};
}

}  // namespace

extern constinit const Step unit_exif{.name = "exif", .check = check, .apply = apply};

}  // namespace whyzero::app
