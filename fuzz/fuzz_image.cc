// Bytes of a photo → pixels, as each of the three libraries: an error or as many pixels as width and height say.
#include <cstdlib>

#include "image/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace whyzero::image;
  for (DecodeLike like : {DecodeLike::kPillow, DecodeLike::kOpenCV, DecodeLike::kTensorFlow}) {
    auto decoded = decode({data, size}, {.like = like, .max_pixels = 1 << 16});
    if (!decoded) {
      if (decoded.error().message.empty()) std::abort();
      continue;
    }
    const Image8& pixels = decoded->pixels;
    if (pixels.width <= 0 || pixels.height <= 0 || pixels.channels != 3) std::abort();
    if (pixels.data.size() != size_t(pixels.width) * size_t(pixels.height) * 3) std::abort();
    if (decoded->exif_orientation < 1 || decoded->exif_orientation > 8) std::abort();
  }
  return 0;
}
