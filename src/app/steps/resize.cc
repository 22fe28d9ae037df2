// resize: the picture in another size, to the pixel as the named library does it.
#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "app/grid.h"
#include "app/resample.h"
#include "app/step.h"
#include "image/geometry.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"width", "height", "shorter", "method", "library"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "resize", kKeys));
  if (const auto* shorter = member(value, "shorter")) {
    if (member(value, "width") || member(value, "height"))
      return fail(ErrorCode::kInvalidArgument,
                  "resize takes either \"shorter\" or \"width\" and \"height\", given: " + shown(value));
    WHYZERO_TRY(check_integer(*shorter, "resize's \"shorter\"", 1, kMaxSide));
  } else {
    for (std::string_view side : {"width", "height"}) {
      const auto* length = member(value, side);
      WHYZERO_TRY(check_integer(length ? *length : nlohmann::json(), fmt::format("resize's \"{}\"", side), 1, kMaxSide));
    }
  }
  return check_resampling(value);
}

Result<void> apply(Value& value, const StepCall& call) {
  auto width = static_cast<int>(number_or(call.value, "width", 1)), height = static_cast<int>(number_or(call.value, "height", 1));
  if (const auto* shorter = member(call.value, "shorter")) {
    WHYZERO_ASSIGN(const Grid grid, grid_of(value));
    if (grid.width < 1 || grid.height < 1) return fail(ErrorCode::kShapeMismatch, "a picture without pixels cannot be resized");
    const auto size = image::shorter_size(static_cast<int>(grid.width), static_cast<int>(grid.height), shorter->get<int64_t>());
    if (size[0] > kMaxPixels || size[1] > kMaxPixels)
      return fail(ErrorCode::kOutOfMemory, fmt::format("the longer side would have {} pixels", std::max(size[0], size[1])));
    width = static_cast<int>(size[0]);
    height = static_cast<int>(size[1]);
  }
  WHYZERO_TRY(resize_value(value, width, height, resampling_of(call.value), value.box));
  value.box.reset();
  return {};
}

}  // namespace

extern constinit const Step unit_resize{.name = "resize", .check = check, .apply = apply};

}  // namespace whyzero::app
