// One decoder a file kind; decode.cc chooses by the first bytes.
#pragma once

#include "image/decode.h"

namespace whyzero::image {

Result<Decoded> decode_jpeg(std::span<const uint8_t> bytes, const DecodeOptions& options);
Result<Decoded> decode_png(std::span<const uint8_t> bytes, const DecodeOptions& options);
Result<Decoded> decode_bmp(std::span<const uint8_t> bytes, const DecodeOptions& options);
Result<Decoded> decode_gif(std::span<const uint8_t> bytes, const DecodeOptions& options);

struct BmpSize {
  uint64_t width = 0, height = 0;
  uint32_t bits = 0;  // 4 or 8
};
/// Palette indices, one a byte, rows as they stand in the file, from the run-length codes that begin at `at`.
Result<std::vector<uint8_t>> bmp_run_lengths(std::span<const uint8_t> bytes, size_t at, const BmpSize& size, DecodeLike like);

/// Refuses a header that names no pixels or more than the limit; `kind` is "JPEG", "PNG" …
Result<void> check_size(const char* kind, uint64_t width, uint64_t height, const DecodeOptions& options);

}  // namespace whyzero::image
