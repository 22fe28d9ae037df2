// Windows bitmaps: 1-, 4- and 8-bit palettes, plain or in run-length codes, 16, 24 and 32 bits a pixel, with or without masks.
#include <fmt/format.h>

#include <array>
#include <bit>

#include "image/decode_internal.h"

namespace whyzero::image {
namespace {

constexpr size_t kFileHeader = 14;
constexpr uint32_t kCoreHeader = 12, kInfoHeader = 40;
constexpr uint32_t kPlain = 0, kRunLength8 = 1, kRunLength4 = 2, kMasks = 3, kJpeg = 4, kPng = 5, kAlphaMasks = 6;

uint32_t u16(std::span<const uint8_t> bytes, size_t at) { return bytes[at] | static_cast<uint32_t>(bytes[at + 1]) << 8; }
uint32_t u32(std::span<const uint8_t> bytes, size_t at) { return u16(bytes, at) | u16(bytes, at + 2) << 16; }

struct Header {
  uint32_t size = 0;  // of the information header
  uint64_t width = 0, height = 0;
  bool top_down = false;
  uint32_t bits = 0, compression = kPlain;
  size_t pixels = 0;      // offset of the first row
  size_t palette = 0;     // offset of the colours
  size_t colors = 0, color_bytes = 4;
  std::array<uint32_t, 3> masks = {};
  bool low_bits_dropped = false;  // channels of 5 and 6 bits are shifted up, not stretched to 255
  bool indices_are_gray = false;
};

Unexpected cut_off(const char* where) {
  return fail(ErrorCode::kMalformed, fmt::format("the BMP ends within its {}; copy the file again", where));
}

const char* compression_name(uint32_t compression) {
  switch (compression) {
    case kJpeg:
      return "JPEG";
    case kPng:
      return "PNG";
    default:
      return "unknown";
  }
}

Result<Header> read_header(std::span<const uint8_t> bytes) {
  if (bytes.size() < kFileHeader + 4) return cut_off("header");
  Header header;
  header.pixels = u32(bytes, 10);
  const uint32_t size = u32(bytes, kFileHeader);
  if (size != kCoreHeader && (size < kInfoHeader || size > 1024)) {
    return fail(ErrorCode::kMalformed, fmt::format("the BMP gives a header of {} bytes; 12 or 40 to 124 are known", size));
  }
  if (bytes.size() - kFileHeader < size) return cut_off("header");
  header.size = size;
  const std::span<const uint8_t> info = bytes.subspan(kFileHeader, size);
  header.palette = kFileHeader + size;
  if (size == kCoreHeader) {
    header.width = u16(info, 4);
    header.height = u16(info, 6);
    header.bits = u16(info, 10);
    header.color_bytes = 3;
  } else {
    const int64_t width = static_cast<int32_t>(u32(info, 4)), height = static_cast<int32_t>(u32(info, 8));
    if (width < 0) return fail(ErrorCode::kMalformed, fmt::format("the BMP header gives a width of {}", width));
    header.width = static_cast<uint64_t>(width);
    header.height = static_cast<uint64_t>(height < 0 ? -height : height);
    header.top_down = height < 0;
    header.bits = u16(info, 14);
    header.compression = u32(info, 16);
    header.colors = u32(info, 32);
  }
  if (header.bits <= 8) {
    const size_t most = size_t{1} << header.bits;
    if (header.colors == 0 || header.colors > most) header.colors = most;
  }
  if (header.compression == kMasks || header.compression == kAlphaMasks) {
    const size_t count = header.compression == kMasks ? 3 : 4;
    const bool inside = size >= kInfoHeader + 12;  // later headers hold the masks, the first one is followed by them
    if (header.palette > bytes.size()) return cut_off("colour masks");
    const std::span<const uint8_t> masks = inside ? info.subspan(kInfoHeader) : bytes.subspan(header.palette);
    if (masks.size() < count * 4) return cut_off("colour masks");
    if (!inside) header.palette += count * 4;
    for (size_t c = 0; c < 3; c++) header.masks[c] = u32(masks, c * 4);
  } else if (header.compression == kRunLength8 || header.compression == kRunLength4) {
    const uint32_t bits = header.compression == kRunLength8 ? 8 : 4;
    if (header.bits != bits) {
      return fail(ErrorCode::kMalformed, fmt::format("the BMP gives {} bits a pixel and run-length codes for {}", header.bits, bits));
    }
  } else if (header.compression != kPlain) {
    return fail(ErrorCode::kUnsupported, fmt::format("a BMP with {} compression; save it without compression or as PNG",
                                                     compression_name(header.compression)));
  } else if (header.bits == 16) {
    header.masks = {0x7C00, 0x03E0, 0x001F};
  } else {
    header.masks = {0xFF0000, 0x00FF00, 0x0000FF};
  }
  const uint32_t bits = header.bits;
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
    return fail(ErrorCode::kMalformed, fmt::format("the BMP gives {} bits a pixel; 1, 4, 8, 16, 24 and 32 are known", bits));
  }
  return header;
}

bool is_run_length(const Header& header) { return header.compression == kRunLength8 || header.compression == kRunLength4; }

/// What OpenCV and TensorFlow make of headers that Pillow reads by the book.
Result<void> adapt(Header& header, DecodeLike like) {
  if (like == DecodeLike::kPillow) return {};
  if (header.bits == 32) header.masks = {0xFF0000, 0x00FF00, 0x0000FF};
  header.low_bits_dropped = header.bits == 16;
  if (like == DecodeLike::kOpenCV) return {};
  header.indices_are_gray = true;
  if (is_run_length(header)) {
    return fail(ErrorCode::kUnsupported, "TensorFlow does not read a BMP of run-length codes; save it as PNG");
  }
  if (header.size != kCoreHeader && (header.bits == 8 || header.bits >= 24)) return {};
  return fail(ErrorCode::kUnsupported,
              fmt::format("TensorFlow does not read a BMP of {} bits a pixel and a header of {} bytes; save it as PNG",
                          header.bits, header.size));
}

struct Channel {
  uint32_t shift = 0, most = 0;  // most: the largest value of the mask's bits, 0 for an empty mask
  uint8_t of(uint32_t pixel, bool low_bits_dropped) const {
    if (most == 0) return 0;
    const uint64_t value = pixel >> shift & most;
    return static_cast<uint8_t>(low_bits_dropped ? value * 256 / (uint64_t{most} + 1) : value * 255 / most);
  }
};

Channel channel_of(uint32_t mask) {
  if (mask == 0) return {};
  const uint32_t shift = static_cast<uint32_t>(std::countr_zero(mask));
  return {shift, mask >> shift};
}

void row_of_colors(const Header& header, const uint8_t* from, uint8_t* to) {
  const auto& masks = header.masks;
  const std::array<Channel, 3> channels = {channel_of(masks[0]), channel_of(masks[1]), channel_of(masks[2])};
  const uint32_t bytes = header.bits / 8;
  for (uint64_t x = 0; x < header.width; x++, from += bytes) {
    uint32_t pixel = 0;
    for (uint32_t i = 0; i < bytes; i++) pixel |= static_cast<uint32_t>(from[i]) << (8 * i);
    for (const Channel& channel : channels) *to++ = channel.of(pixel, header.low_bits_dropped);
  }
}

/// An index beyond the palette is black.
void row_of_indices(const Header& header, std::span<const uint8_t> palette, const uint8_t* from, uint8_t* to) {
  const uint32_t per_byte = 8 / header.bits, mask = (1u << header.bits) - 1;
  for (uint64_t x = 0; x < header.width; x++) {
    const uint32_t shift = 8 - header.bits * (static_cast<uint32_t>(x % per_byte) + 1);
    const size_t index = from[x / per_byte] >> shift & mask;
    for (size_t c = 0; c < 3; c++) {
      if (header.indices_are_gray) {
        *to++ = static_cast<uint8_t>(index);
        continue;
      }
      *to++ = index < header.colors ? palette[index * header.color_bytes + 2 - c] : 0;
    }
  }
}

/// Rows as they stand in the file, `stride` bytes apart.
struct Rows {
  std::vector<uint8_t> unpacked;  // where run-length codes had to be
  std::span<const uint8_t> bytes;
  uint64_t stride = 0;
};

Result<Rows> plain_rows(const Header& header, std::span<const uint8_t> bytes) {
  const uint64_t stride = (header.width * header.bits + 31) / 32 * 4;
  const uint64_t available = header.pixels < bytes.size() ? bytes.size() - header.pixels : 0;
  const uint64_t present = available / stride;
  // Some writers leave out the padding of the last row.
  const uint64_t tight = (header.width * header.bits + 7) / 8;
  const bool complete = present >= header.height || (present + 1 == header.height && available - present * stride >= tight);
  if (!complete) {
    return fail(ErrorCode::kMalformed,
                fmt::format("the BMP ends after {} of {} rows; copy the file again", present, header.height));
  }
  return Rows{{}, bytes.subspan(header.pixels), stride};
}

/// Run-length codes become rows of one index a byte.
Result<Rows> unpacked_rows(Header& header, std::span<const uint8_t> bytes, DecodeLike like) {
  const BmpSize size{header.width, header.height, header.bits};
  Rows rows;
  WHYZERO_ASSIGN(rows.unpacked, bmp_run_lengths(bytes, header.pixels, size, like));
  rows.bytes = rows.unpacked;
  rows.stride = header.width;
  header.bits = 8;
  return rows;
}

}  // namespace

Result<Decoded> decode_bmp(std::span<const uint8_t> bytes, const DecodeOptions& options) {
  WHYZERO_ASSIGN(Header header, read_header(bytes));
  WHYZERO_TRY(adapt(header, options.like));
  WHYZERO_TRY(check_size("BMP", header.width, header.height, options));
  std::span<const uint8_t> palette;
  if (header.bits <= 8) {
    const size_t size = header.colors * header.color_bytes;
    if (header.palette > bytes.size() || size > bytes.size() - header.palette) return cut_off("palette");
    palette = bytes.subspan(header.palette, size);
  }
  WHYZERO_ASSIGN(const Rows rows,
                 is_run_length(header) ? unpacked_rows(header, bytes, options.like) : plain_rows(header, bytes));
  Decoded decoded;
  decoded.pixels = Image8(static_cast<int>(header.width), static_cast<int>(header.height), 3);
  for (uint64_t row = 0; row < header.height; row++) {
    const uint8_t* from = rows.bytes.data() + row * rows.stride;
    uint8_t* to = decoded.pixels.at(0, static_cast<int>(header.top_down ? row : header.height - 1 - row));
    header.bits <= 8 ? row_of_indices(header, palette, from, to) : row_of_colors(header, from, to);
  }
  return decoded;
}

}  // namespace whyzero::image
