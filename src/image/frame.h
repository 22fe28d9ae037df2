// Bytes of a camera frame → RGB, as OpenCV's cvtColor converts them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "image/image.h"
#include "whyzero/result.h"

namespace whyzero::image {

enum class FrameFormat {
  kNv21,    // a plane of Y, then rows of V U pairs for every 2×2 pixels: Android's camera
  kNv12,    // the same with U V pairs: iOS
  kI420,    // planes of Y, U and V
  kYuyv,    // Y0 U Y1 V for every two pixels: USB cameras
  kRgba,
  kBgra,
  kRgb565,  // 16 bits, little-endian, red highest
};

std::optional<FrameFormat> frame_format_from_name(std::string_view name);

struct FrameLayout {
  FrameFormat format = FrameFormat::kNv21;
  int width = 0, height = 0;
  int64_t row_bytes = 0;  // from row to row of the first plane; 0: rows lie tight. Chroma rows of I420 are half of it apart.
};

/// Bytes of a frame: at least (the padding of the last row left out) and at most.
struct FrameSize {
  uint64_t least = 0, most = 0;
};
/// kInvalidArgument where row_bytes is less than a row, or no camera has such a size.
Result<FrameSize> frame_size(const FrameLayout& layout);

/// YUV is BT.601 in video range (Y 16…235, U and V 16…240 around 128), in OpenCV's fixed point; every 2×2 or 2×1 pixels share
/// their U and V. Five and six bits of RGB565 become the high bits of a byte, the low ones are zero. Alpha is dropped.
/// kMalformed where the bytes are fewer or more than the layout takes.
Result<Image8> decode_frame(std::span<const uint8_t> bytes, const FrameLayout& layout);

}  // namespace whyzero::image
