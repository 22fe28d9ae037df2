// Where in a photo a tensor's picture was taken from, to a part of a pixel: for crops that no list names.
#pragma once

#include <optional>

#include "app/recover/search.h"

namespace whyzero::recover {

struct Registered {
  image::Box box;       // in the photo's pixels
  double explained = 0;  // share of the small picture's variance
};
/// `turn`: number of the turn that the picture took after the crop.
std::optional<Registered> register_box(const app::Value& photo, const Sight& sight, const Frame& frame, size_t turn);

}  // namespace whyzero::recover
