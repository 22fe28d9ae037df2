// The orientation tag of a photo, from the TIFF structure that JPEG's APP1 and PNG's eXIf carry.
#pragma once

#include <cstdint>
#include <span>

namespace whyzero::image {

/// 1…8, or 1 where the bytes hold no valid orientation. `tiff` starts at the byte-order mark ("II" or "MM").
int exif_orientation(std::span<const uint8_t> tiff);

/// The same from a whole JPEG file: the first APP1 segment that starts with "Exif\0\0".
int jpeg_orientation(std::span<const uint8_t> file);

}  // namespace whyzero::image
