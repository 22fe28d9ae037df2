// Method and library of a resize, and the resize of a value of any dtype.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "app/value.h"
#include "image/resize.h"
#include "whyzero/result.h"

namespace whyzero::app {

struct Resampling {
  image::Method method = image::Method::kBilinear;
  image::Library library = image::Library::kPillow;
};

/// Checks "method" and "library" where they stand in a step's object, and that the library has the method.
Result<void> check_resampling(const nlohmann::json& step);
/// What a checked step asks for; bilinear and Pillow where it says nothing.
Resampling resampling_of(const nlohmann::json& step);

/// Bytes stay bytes where the library gives bytes; everything else is resized as float32.
Result<void> resize_value(Value& value, int width, int height, Resampling how,
                          const std::optional<image::Box>& box = std::nullopt);

}  // namespace whyzero::app
