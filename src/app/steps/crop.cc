// crop: a part of the picture, central or a box, with each library's own rounding.
#include "app/check.h"
#include "app/grid.h"
#include "app/step.h"
#include "image/geometry.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"central", "library", "center", "square", "box"};
constexpr std::string_view kCentralKeys[] = {"central", "library"}, kCenterKeys[] = {"center"}, kSquareKeys[] = {"square"},
                           kBoxKeys[] = {"box"};
constexpr std::string_view kLibraries[] = {"pillow", "tensorflow"};

Result<void> check_integers(const nlohmann::json& value, std::string_view what, size_t count, size_t sizes_from) {
  if (!value.is_array() || value.size() != count)
    return fail(ErrorCode::kInvalidArgument,
                std::string(what) + " must be a list of " + std::to_string(count) + " integers, given: " + shown(value));
  for (size_t i = 0; i < count; ++i) WHYZERO_TRY(check_integer(value[i], what, i < sizes_from ? 0 : 1, kMaxPixels));
  return {};
}

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "crop", kKeys));
  if (const auto* central = member(value, "central")) {
    WHYZERO_TRY(check_object(value, "crop (central)", kCentralKeys));
    if (const auto* library = member(value, "library")) WHYZERO_TRY(check_word(*library, "crop's \"library\"", kLibraries));
    if (!central->is_number() || !(central->get<double>() > 0 && central->get<double>() <= 1))
      return fail(ErrorCode::kInvalidArgument,
                  "crop's \"central\" must be a share above 0 and up to 1, given: " + shown(*central));
    return {};
  }
  if (const auto* center = member(value, "center")) {
    WHYZERO_TRY(check_object(value, "crop (center)", kCenterKeys));
    return check_integers(*center, "crop's \"center\" [width, height]", 2, 0);
  }
  if (const auto* box = member(value, "box")) {
    WHYZERO_TRY(check_object(value, "crop (box)", kBoxKeys));
    return check_integers(*box, "crop's \"box\" [left, top, width, height]", 4, 2);
  }
  WHYZERO_TRY(check_object(value, "crop (square)", kSquareKeys));
  const auto* square = member(value, "square");
  if (!square || *square != nlohmann::json(true))
    return fail(ErrorCode::kInvalidArgument,
                "crop needs one of {\"central\": share}, {\"center\": [width, height]}, {\"square\": true}, "
                "{\"box\": [left, top, width, height]}, given: " +
                    shown(value));
  return {};
}

/// Only Pillow's resize takes a real-valued box, and only if it comes right after the crop.
bool next_takes_box(const nlohmann::json* next) {
  const auto* resize = next ? member(*next, "resize") : nullptr;
  return resize && text_or(*resize, "library", "pillow") == "pillow";
}

int64_t integer_at(const nlohmann::json& list, size_t i) { return list[i].get<int64_t>(); }

Result<void> cut(Value& value, const image::Rect& rect) {
  return crop_value(value, rect.left, rect.top, rect.width, rect.height);
}

Result<void> apply(Value& value, const StepCall& call) {
  WHYZERO_ASSIGN(const Grid grid, grid_of(value));
  const auto width = static_cast<int>(grid.width), height = static_cast<int>(grid.height);
  if (const auto* central = member(call.value, "central")) {
    const double share = central->get<double>();
    if (text_or(call.value, "library", "pillow") == "tensorflow")
      return cut(value, image::tensorflow_central_rect(width, height, share));
    const image::Box box = image::central_box(width, height, share);
    if (!next_takes_box(call.next)) return cut(value, image::rounded_box(width, height, box));
    value.box = box;
    return {};
  }
  if (const auto* center = member(call.value, "center"))
    return cut(value, image::center_rect(width, height, integer_at(*center, 0), integer_at(*center, 1)));
  if (const auto* box = member(call.value, "box"))
    return crop_value(value, integer_at(*box, 0), integer_at(*box, 1), integer_at(*box, 2), integer_at(*box, 3));
  return cut(value, image::square_rect(width, height));
}

}  // namespace

extern constinit const Step unit_crop{.name = "crop", .check = check, .apply = apply};

}  // namespace whyzero::app
