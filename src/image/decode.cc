// Tells the kinds of picture files apart and refuses what is too big before any decoder allocates.
#include "image/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "image/decode_internal.h"
#include "image/geometry.h"

namespace whyzero::image {
namespace {

bool starts_with(std::span<const uint8_t> bytes, std::string_view mark, size_t at = 0) {
  return bytes.size() >= at + mark.size() &&
         std::equal(mark.begin(), mark.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

/// Kinds that we know by sight but do not decode; null for anything else.
const char* other_kind(std::span<const uint8_t> bytes) {
  if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) return "WebP";
  if (starts_with(bytes, std::string_view("II*\0", 4)) || starts_with(bytes, std::string_view("MM\0*", 4))) return "TIFF";
  if (starts_with(bytes, "ftypavif", 4) || starts_with(bytes, "ftypavis", 4)) return "AVIF";
  if (starts_with(bytes, "ftyphei", 4) || starts_with(bytes, "ftypmif1", 4) || starts_with(bytes, "ftyphev", 4)) return "HEIC";
  if (starts_with(bytes, std::string_view("\0\0\1\0", 4))) return "ICO";
  if (starts_with(bytes, std::string_view("\xFF\x0A", 2)) || starts_with(bytes, "JXL ", 4)) return "JPEG XL";
  if (starts_with(bytes, "jP  ", 4) || starts_with(bytes, std::string_view("\xFF\x4F\xFF\x51", 4))) return "JPEG 2000";
  if (starts_with(bytes, "\x93NUMPY")) return "NumPy array";
  if (starts_with(bytes, "%PDF")) return "PDF";
  if (bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '7' && (bytes[2] == '\n' || bytes[2] == ' ')) {
    return "PNM";
  }
  return nullptr;
}

Result<Decoded> decode_kind(std::span<const uint8_t> bytes, const DecodeOptions& options) {
  if (starts_with(bytes, "\xFF\xD8\xFF")) return decode_jpeg(bytes, options);
  if (starts_with(bytes, "\x89PNG\r\n\x1A\n")) return decode_png(bytes, options);
  if (starts_with(bytes, "BM")) return decode_bmp(bytes, options);
  if (starts_with(bytes, "GIF87a") || starts_with(bytes, "GIF89a")) return decode_gif(bytes, options);
  if (const char* kind = other_kind(bytes)) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("the picture is a {} file; JPEG, PNG, BMP and GIF are read: convert it to PNG", kind));
  }
  if (bytes.empty()) return fail(ErrorCode::kMalformed, "the picture file is empty (0 bytes)");
  std::string start;
  for (size_t i = 0; i < std::min<size_t>(bytes.size(), 8); i++) start += fmt::format("{}{:02x}", i ? " " : "", bytes[i]);
  return fail(ErrorCode::kUnsupported,
              fmt::format("not a picture that can be read: it starts with {}; JPEG, PNG, BMP and GIF are read", start));
}

}  // namespace

Result<void> check_size(const char* kind, uint64_t width, uint64_t height, const DecodeOptions& options) {
  if (width == 0 || height == 0) {
    return fail(ErrorCode::kMalformed, fmt::format("the {} header gives a size of {}x{}", kind, width, height));
  }
  if (width > INT32_MAX || height > INT32_MAX || width > options.max_pixels / height) {
    return fail(ErrorCode::kOutOfMemory, fmt::format("the {} header gives a size of {}x{}, more than the limit of {} pixels; "
                                                     "make the picture smaller",
                                                     kind, width, height, options.max_pixels));
  }
  return {};
}

Result<Decoded> decode(std::span<const uint8_t> bytes, const DecodeOptions& options) {
  WHYZERO_ASSIGN(Decoded decoded, decode_kind(bytes, options));
  if (options.like == DecodeLike::kOpenCV && decoded.exif_orientation != 1) {
    decoded.pixels = oriented(decoded.pixels, upright_from_exif(decoded.exif_orientation));
    decoded.exif_orientation = 1;
  }
  return decoded;
}

}  // namespace whyzero::image
