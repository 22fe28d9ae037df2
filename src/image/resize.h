// Resizing exactly as Pillow, OpenCV and TensorFlow do it.
#pragma once

#include <optional>
#include <string_view>

#include "image/image.h"
#include "whyzero/result.h"

namespace whyzero::image {

enum class Method { kNearest, kBilinear, kBicubic, kArea, kLanczos };
enum class Library { kPillow, kOpenCV, kTensorFlow, kTensorFlowAntialias, kTensorFlowV1, kTensorFlowAlignCorners };

std::optional<Method> method_from_name(std::string_view name);    // "nearest" …
std::optional<Library> library_from_name(std::string_view name);  // "pillow", "tensorflow-v1" …

/// uint8 → uint8, for Pillow and OpenCV (all methods) and TensorFlow's nearest: bit-exact to the library. A box is taken by
/// Pillow only (the others: crop first). Pillow resizes 1, 3 channels as one image, more plane by plane.
/// kUnsupported names the combination that the library does not have.
Result<Image8> resize(const Image8& source, int width, int height, Method method, Library library,
                      const std::optional<Box>& box = std::nullopt);

/// True where the library gives float32 for uint8 input (TensorFlow, except nearest).
bool gives_float(Method method, Library library);

/// Real numbers, plane by plane, within 1e-4 of the library on 0…255 (Pillow mode F, OpenCV CV_32F, TensorFlow).
Result<ImageF> resize(const ImageF& source, int width, int height, Method method, Library library,
                      const std::optional<Box>& box = std::nullopt);

}  // namespace whyzero::image
