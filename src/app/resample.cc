// Method and library of a resize, and the resize of a value of any dtype.
#include "app/resample.h"

#include <fmt/format.h>

#include "app/check.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kMethods[] = {"nearest", "bilinear", "bicubic", "area", "lanczos"};
constexpr std::string_view kLibraries[] = {
    "pillow", "opencv", "tensorflow", "tensorflow-antialias", "tensorflow-v1", "tensorflow-align-corners"};

}  // namespace

Result<void> check_resampling(const nlohmann::json& step) {
  if (const auto* method = member(step, "method")) WHYZERO_TRY(check_word(*method, "\"method\"", kMethods));
  if (const auto* library = member(step, "library")) WHYZERO_TRY(check_word(*library, "\"library\"", kLibraries));
  const Resampling how = resampling_of(step);
  const bool legacy = how.library == image::Library::kTensorFlowV1 || how.library == image::Library::kTensorFlowAlignCorners;
  if (how.method == image::Method::kLanczos && legacy)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("library \"{}\" has no method \"lanczos\"; it has nearest, bilinear, bicubic "
                            "and area",
                            text_or(step, "library", "")));
  return {};
}

Resampling resampling_of(const nlohmann::json& step) {
  Resampling how;
  how.method = image::method_from_name(text_or(step, "method", "bilinear")).value_or(how.method);
  how.library = image::library_from_name(text_or(step, "library", "pillow")).value_or(how.library);
  return how;
}

Result<void> resize_value(Value& value, int width, int height, Resampling how, const std::optional<image::Box>& box) {
  if (int64_t{width} * height > kMaxPixels)
    return fail(ErrorCode::kOutOfMemory,
                fmt::format("a picture of {} x {} pixels passes the limit of {}", width, height, kMaxPixels));
  // TensorFlow's old resizers hand back a picture of the right size as it is, bytes included.
  const bool legacy = how.library == image::Library::kTensorFlowV1 || how.library == image::Library::kTensorFlowAlignCorners;
  if (legacy && value.shape.size() >= 2 && value.shape[0] == height && value.shape[1] == width) return {};
  if (value.elements() == 0) return fail(ErrorCode::kShapeMismatch, "a picture without pixels cannot be resized");
  if (value.dtype == DType::kUInt8 && !image::gives_float(how.method, how.library)) {
    WHYZERO_ASSIGN(const image::Image8 source, take_image8(value));
    WHYZERO_ASSIGN(image::Image8 result, image::resize(source, width, height, how.method, how.library, box));
    set_image(value, std::move(result));
  } else {
    WHYZERO_ASSIGN(const image::ImageF source, imagef_from_value(value));
    WHYZERO_ASSIGN(image::ImageF result, image::resize(source, width, height, how.method, how.library, box));
    set_image(value, std::move(result));
  }
  return {};
}

}  // namespace whyzero::app
