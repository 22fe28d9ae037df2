// letterbox: the whole picture at its own aspect ratio, the rest of the frame filled.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "app/check.h"
#include "app/grid.h"
#include "app/resample.h"
#include "app/step.h"
#include "image/geometry.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"width", "height", "fill", "method", "library"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "letterbox", kKeys));
  for (std::string_view side : {"width", "height"}) {
    const auto* length = member(value, side);
    WHYZERO_TRY(check_integer(length ? *length : nlohmann::json(), fmt::format("letterbox's \"{}\"", side), 1, kMaxSide));
  }
  if (const auto* fill = member(value, "fill")) WHYZERO_TRY(check_number(*fill, "letterbox's \"fill\""));
  return check_resampling(value);
}

Result<void> apply(Value& value, const StepCall& call) {
  WHYZERO_ASSIGN(const Grid before, grid_of(value));
  const auto width = static_cast<int>(number_or(call.value, "width", 1)),
             height = static_cast<int>(number_or(call.value, "height", 1));
  const double fill = number_or(call.value, "fill", 0);
  if (before.width < 1 || before.height < 1) return fail(ErrorCode::kShapeMismatch, "a picture without pixels cannot be resized");
  const auto place = image::letterbox_place(static_cast<int>(before.width), static_cast<int>(before.height), width, height);
  const int w = place.width, h = place.height;
  if (w < 1 || h < 1)
    return fail(ErrorCode::kShapeMismatch, fmt::format("a picture of {} x {} pixels, fitted into {} x {}, has no pixel left",
                                                       before.width, before.height, width, height));
  WHYZERO_TRY(resize_value(value, w, h, resampling_of(call.value)));
  if (value.dtype == DType::kUInt8 && (fill < 0 || fill > 255))
    return fail(ErrorCode::kInvalidArgument, fmt::format("fill {} does not fit into the picture's bytes (0 to 255)", fill));

  WHYZERO_ASSIGN(const Grid small, grid_of(value));
  Value out = value;
  out.shape[0] = height;
  out.shape[1] = width;
  const size_t row = static_cast<size_t>(w) * small.pixel_bytes, out_row = static_cast<size_t>(width) * small.pixel_bytes;
  out.bytes.assign(static_cast<size_t>(height) * out_row, static_cast<uint8_t>(value.dtype == DType::kUInt8 ? fill : 0));
  if (value.dtype == DType::kFloat32) std::fill_n(out.as<float>(), out.elements(), static_cast<float>(fill));
  const auto x = static_cast<size_t>(place.left), y = static_cast<size_t>(place.top);
  for (size_t i = 0; i < static_cast<size_t>(h) && row > 0; ++i)
    std::memcpy(out.bytes.data() + (y + i) * out_row + x * small.pixel_bytes, value.bytes.data() + i * row, row);
  value = std::move(out);
  return {};
}

}  // namespace

extern constinit const Step unit_letterbox{.name = "letterbox", .check = check, .apply = apply};

}  // namespace whyzero::app
