// One decoder a file kind; decode.cc chooses by the first bytes.
#pragma once

#include "image/decode.h"

namespace whyzero::image {

Result<Decoded> decode_jpeg(std::span<const uint8_t> bytes, const DecodeOptions& options);
Result<Decoded> decode_png(std::span<const uint8_t> bytes, const DecodeOptions& options);
Result<Decoded> decode_bmp(std::span<const uint8_t> bytes, const DecodeOptions& options);
Result<Decoded> decode_gif(std::span<const uint8_t> bytes, const DecodeOptions& options);

/// Refuses a header that names no pixels or more than the limit; `kind` is "JPEG", "PNG" …
Result<void> check_size(const char* kind, uint64_t width, uint64_t height, const DecodeOptions& options);

}  // namespace whyzero::image
