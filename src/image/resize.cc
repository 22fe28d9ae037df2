// Chooses the resizer that an app's library stands for, after checking sizes and box.
#include "image/resize.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "image/resize_internal.h"

namespace whyzero::image {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 5> kMethods = {{{"nearest", Method::kNearest},
                                                                          {"bilinear", Method::kBilinear},
                                                                          {"bicubic", Method::kBicubic},
                                                                          {"area", Method::kArea},
                                                                          {"lanczos", Method::kLanczos}}};
constexpr std::array<std::pair<std::string_view, Library>, 6> kLibraries = {
    {{"pillow", Library::kPillow},
     {"opencv", Library::kOpenCV},
     {"tensorflow", Library::kTensorFlow},
     {"tensorflow-antialias", Library::kTensorFlowAntialias},
     {"tensorflow-v1", Library::kTensorFlowV1},
     {"tensorflow-align-corners", Library::kTensorFlowAlignCorners}}};

// More than any app asks for, and few enough that no index and no table of weights gets out of hand.
constexpr int64_t kMaxResultPixels = int64_t{1} << 28;
constexpr int kMaxSide = 1 << 16;

template <class Table, class Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [name, entry] : table) {
    if (entry == value) return name;
  }
  return "?";
}

bool lacks_lanczos(Library library) {
  return library == Library::kTensorFlowV1 || library == Library::kTensorFlowAlignCorners;
}

template <class T>
Result<void> check(const Pixels<T>& source, int width, int height, Method method, Library library,
                   const std::optional<Box>& box) {
  if (source.width < 1 || source.height < 1 || source.channels < 1 ||
      source.data.size() != size_t(source.width) * size_t(source.height) * size_t(source.channels)) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("resize: the picture is empty ({}x{}, {} channels); give one with pixels", source.width, source.height,
                            source.channels));
  }
  if (int64_t(source.width) * source.height * source.channels > INT32_MAX) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("resize: {}x{} with {} channels is more than 2147483647 numbers; crop it first", source.width,
                            source.height, source.channels));
  }
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("resize: to {}x{}; width and height must be 1 to {}", width, height, kMaxSide));
  }
  if (int64_t(width) * height > kMaxResultPixels / source.channels || int64_t(width) * source.height > kMaxResultPixels) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("resize: from {}x{} to {}x{} makes more than {} pixels; ask for a smaller size", source.width,
                            source.height, width, height, kMaxResultPixels));
  }
  if (method == Method::kLanczos && lacks_lanczos(library)) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("resize: \"lanczos\" does not exist for \"{}\"; use another method, or \"tensorflow\"",
                            name_in(kLibraries, library)));
  }
  if (!box) return {};
  if (library != Library::kPillow) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("resize: a box is taken by \"pillow\" only, not by \"{}\"; crop first",
                            name_in(kLibraries, library)));
  }
  if (!(box->left >= 0 && box->top >= 0 && box->right <= source.width && box->bottom <= source.height &&
        static_cast<float>(box->right) > static_cast<float>(box->left) &&
        static_cast<float>(box->bottom) > static_cast<float>(box->top))) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("resize: the box {}, {}, {}, {} is empty or leaves the {}x{} picture", box->left, box->top,
                            box->right, box->bottom, source.width, source.height));
  }
  return {};
}

template <class T>
Box full_box(const Pixels<T>& source) {
  return {0, 0, static_cast<double>(source.width), static_cast<double>(source.height)};
}

}  // namespace

std::optional<Method> method_from_name(std::string_view name) {
  for (const auto& [known, method] : kMethods) {
    if (known == name) return method;
  }
  return std::nullopt;
}

std::optional<Library> library_from_name(std::string_view name) {
  for (const auto& [known, library] : kLibraries) {
    if (known == name) return library;
  }
  return std::nullopt;
}

bool gives_float(Method method, Library library) {
  return library != Library::kPillow && library != Library::kOpenCV && method != Method::kNearest;
}

Result<Image8> resize(const Image8& source, int width, int height, Method method, Library library,
                      const std::optional<Box>& box) {
  WHYZERO_TRY(check(source, width, height, method, library, box));
  if (library == Library::kPillow) return resize_pillow(source, width, height, method, box ? *box : full_box(source));
  if (library == Library::kOpenCV) return resize_opencv(source, width, height, method);
  if (gives_float(method, library)) {
    return fail(ErrorCode::kUnsupported, fmt::format("resize: {} of \"{}\" gives float32, not bytes; convert the picture first",
                                                     name_in(kMethods, method), name_in(kLibraries, library)));
  }
  return resize_tensorflow(source, width, height, library);
}

Result<ImageF> resize(const ImageF& source, int width, int height, Method method, Library library,
                      const std::optional<Box>& box) {
  WHYZERO_TRY(check(source, width, height, method, library, box));
  if (library == Library::kPillow) return resize_pillow(source, width, height, method, box ? *box : full_box(source));
  if (library == Library::kOpenCV) return resize_opencv(source, width, height, method);
  return resize_tensorflow(source, width, height, method, library);
}

}  // namespace whyzero::image
