// Bytes of a photo → pixels, as the libraries that apps use decode them.
#pragma once

#include <cstdint>
#include <span>

#include "image/image.h"
#include "whyzero/result.h"

namespace whyzero::image {

enum class DecodeLike { kPillow, kOpenCV, kTensorFlow };

struct DecodeOptions {
  DecodeLike like = DecodeLike::kPillow;
  uint64_t max_pixels = uint64_t{1} << 28;  // bigger headers are refused before anything is allocated
};

struct Decoded {
  Image8 pixels;            // RGB
  int exif_orientation = 1; // 1…8 as the file says; 1 where it says nothing, or where decoding applied it (kOpenCV)
};

/// JPEG, PNG, BMP, GIF's first frame: what `Image.open(f).convert("RGB")` gives (kPillow), OpenCV's imread turned to RGB, or
/// tf.io.decode_image(channels=3). kMalformed for a broken file, kUnsupported for another kind (the message says which).
Result<Decoded> decode(std::span<const uint8_t> bytes, const DecodeOptions& options = {});

}  // namespace whyzero::image
