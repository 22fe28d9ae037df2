// Which part of a photo a geometry shows, worked out without making a picture: what candidates are sorted by.
#pragma once

#include <span>
#include <vector>

#include "app/recover/geometry.h"

namespace whyzero::recover {

/// Where resizers take a pixel from: half-pixel centres, or corners in one of the older ways. Areas begin at the corner in all of them, and
/// only their size follows aligned corners.
enum class Corners { kCentred, kLegacy, kLegacyNearest, kAligned, kAlignedArea };
inline constexpr Corners kAllCorners[] = {Corners::kCentred, Corners::kLegacy, Corners::kLegacyNearest, Corners::kAligned, Corners::kAlignedArea};
Corners corners_of(const Resizer& resizer);

/// The box that the result of these steps shows, beyond the photo where it has a border. False where the photo is too small.
bool taken_box(const nlohmann::json& geometry, const Size& photo, Corners corners, image::Box& box);

/// The parts that a resize to width × height with these corners was given, if it shows these boxes.
std::vector<image::Box> centred_boxes(std::span<const image::Box> shown, int width, int height, Corners corners);

struct Placed {
  nlohmann::json geometry;
  Corners corners = Corners::kCentred;
  double distance = 0;  // of the farthest side, in pixels of the frame, median of the photos
};
/// Geometries by the distance between what they take and the boxes (one a photo), those within `most` pixels of the frame. `geometries`
/// are in the order of how likely they are, which decides among near equals.
std::vector<Placed> placed_geometries(const std::vector<nlohmann::json>& geometries, std::span<const image::Box> boxes, std::span<const Size> photos, int width, int height,
                                      double most);

}  // namespace whyzero::recover
