// The crops, letterboxes and sizes that bring a photo to a frame, without a method yet.
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "app/recover/memory.h"
#include "image/image.h"

namespace whyzero::recover {

using Size = std::array<int, 2>;  // width, height

/// Steps with "method" and "library" written into the last resize or letterbox, and into those before it that have none of their own.
nlohmann::json with_method(nlohmann::json steps, std::string_view method, std::string_view library);

/// What apps do to bring photos of these sizes to width × height, likeliest first.
std::vector<nlohmann::json> usual_geometries(int width, int height, std::span<const Size> photos);

/// The geometries that take these boxes of photos of these sizes (one box a photo), nearest first.
std::vector<nlohmann::json> geometries_for(std::span<const image::Box> boxes, std::span<const Size> photos, int width, int height);

/// Sizes that photos are brought to on a detour, ascending.
std::vector<int> usual_detours(int width);
/// The geometry's crops, then two resizes, the first to a square of each of these sizes, by the same method or by a
/// plain one of its own: what blurs or repeats pixels.
std::vector<nlohmann::json> double_resizes(const nlohmann::json& geometry, int width, int height, std::span<const int> sizes);
/// The first size of two resizes; 0 where there are not two.
int detour_of(const nlohmann::json& geometry);

enum class Sweep { kAcross, kDown, kBoth };
/// The same with a box that begins and ends some pixels away, or fewer pixels in both directions; none where nothing is cut to a box.
std::vector<nlohmann::json> box_neighbours(const nlohmann::json& geometry, Sweep sweep);

/// Whether a method plays a part.
bool resizes(const nlohmann::json& geometry);

struct Resizer {
  std::string_view method, library;
};
/// All methods of all libraries, likeliest first.
std::span<const Resizer> all_resizers();
/// The pipeline with every other method and library.
std::vector<nlohmann::json> other_resizers(const nlohmann::json& pipeline);

}  // namespace whyzero::recover
