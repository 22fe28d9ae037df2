// Where in a photo a tensor's picture was taken from, to a part of a pixel: for crops that no list names.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "app/recover/look.h"
#include "app/recover/means.h"
#include "app/recover/memory.h"

namespace whyzero::recover {

/// A photo in the colours that are compared: gray, red, green, blue.
using PhotoMeans = std::array<Means, 4>;
PhotoMeans means_of_photo(const app::Value& photo);

/// The part of a tensor's picture that is known and not a flat border, turned back as the photo lies.
struct Part {
  image::Box place;              // in the picture of the frame, turned back
  int width = 0, height = 0;     // of the picture of the frame, turned back
  Means gray;                    // of the part
  std::vector<Means> channels;   // of the part, one a channel
};
/// Nothing where too little of a picture is left. `turn`: number of the turn that the picture took after the crop.
std::optional<Part> part_of(const Sight& sight, const Frame& frame, size_t turn);

struct Registered {
  image::Box box;        // what the whole frame shows, in the photo's pixels; beyond the photo where the frame has a border
  image::Box inner;      // what the part shows
  double explained = 0;  // share of the small picture's variance
};
/// A rough look, enough to tell turns and readings apart …
Registered register_roughly(const Means& photo, const Part& part);
/// … and a fine one that begins where the rough one ended.
Registered register_finely(const Means& photo, const Part& part, const Registered& rough);

/// How well the colours of the photo's part, in this order, explain the channels.
double explained_by(const PhotoMeans& photo, const Part& part, const image::Box& inner, const std::string& order);

}  // namespace whyzero::recover
