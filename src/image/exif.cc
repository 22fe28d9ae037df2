// Reads EXIF's orientation with every offset checked: the segment comes from outside.
#include "image/exif.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace whyzero::image {
namespace {

constexpr uint16_t kOrientationTag = 0x0112;
constexpr uint16_t kByteType = 1, kShortType = 3, kLongType = 4;
constexpr size_t kEntryBytes = 12;

struct Reader {
  std::span<const uint8_t> bytes;
  bool big_endian = false;

  bool has(size_t at, size_t count) const { return at <= bytes.size() && count <= bytes.size() - at; }
  uint16_t u16(size_t at) const {
    return static_cast<uint16_t>(big_endian ? bytes[at] << 8 | bytes[at + 1] : bytes[at + 1] << 8 | bytes[at]);
  }
  uint32_t u32(size_t at) const {
    const uint32_t first = u16(at), second = u16(at + 2);
    return big_endian ? first << 16 | second : second << 16 | first;
  }
};

}  // namespace

int exif_orientation(std::span<const uint8_t> tiff) {
  Reader reader{tiff};
  if (!reader.has(0, 8)) return 1;
  if (tiff[0] == 'M' && tiff[1] == 'M') {
    reader.big_endian = true;
  } else if (tiff[0] != 'I' || tiff[1] != 'I') {
    return 1;
  }
  if (reader.u16(2) != 42) return 1;
  const size_t directory = reader.u32(4);
  if (!reader.has(directory, 2)) return 1;
  const size_t entries = reader.u16(directory);
  for (size_t i = 0; i < entries; i++) {
    const size_t at = directory + 2 + i * kEntryBytes;
    if (!reader.has(at, kEntryBytes)) return 1;
    if (reader.u16(at) != kOrientationTag) continue;
    const uint16_t type = reader.u16(at + 2);
    uint32_t value = 0;
    if (type == kByteType) value = tiff[at + 8];
    if (type == kShortType) value = reader.u16(at + 8);
    if (type == kLongType) value = reader.u32(at + 8);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

int jpeg_orientation(std::span<const uint8_t> file) {
  static constexpr uint8_t kMark[6] = {'E', 'x', 'i', 'f', 0, 0};
  size_t at = 2;
  while (at + 4 <= file.size() && file[at] == 0xFF) {
    const uint8_t marker = file[at + 1];
    if (marker == 0xFF) {  // fill byte
      at++;
      continue;
    }
    if (marker == 0xD9 || marker == 0xDA) break;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {  // markers without a segment
      at += 2;
      continue;
    }
    const size_t length = size_t(file[at + 2]) << 8 | file[at + 3];
    if (length < 2 || length > file.size() - at - 2) break;
    const std::span<const uint8_t> body = file.subspan(at + 4, length - 2);
    if (marker == 0xE1 && body.size() >= sizeof kMark && std::memcmp(body.data(), kMark, sizeof kMark) == 0) {
      return exif_orientation(body.subspan(sizeof kMark));
    }
    at += 2 + length;
  }
  return 1;
}

}  // namespace whyzero::image
