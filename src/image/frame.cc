// Camera frames → RGB.
#include "image/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace whyzero::image {
namespace {

constexpr std::array<std::pair<std::string_view, FrameFormat>, 7> kFormats = {{{"nv21", FrameFormat::kNv21},
                                                                               {"nv12", FrameFormat::kNv12},
                                                                               {"i420", FrameFormat::kI420},
                                                                               {"yuyv", FrameFormat::kYuyv},
                                                                               {"rgba", FrameFormat::kRgba},
                                                                               {"bgra", FrameFormat::kBgra},
                                                                               {"rgb565", FrameFormat::kRgb565}}};
constexpr int kMaxSide = 1 << 15;
constexpr int64_t kMaxRowBytes = int64_t{1} << 26;

int half_up(int side) { return (side + 1) / 2; }

int64_t tight_row(const FrameLayout& layout) {
  switch (layout.format) {
    case FrameFormat::kNv21:
    case FrameFormat::kNv12:
      return int64_t{half_up(layout.width)} * 2;
    case FrameFormat::kI420:
      return layout.width;
    case FrameFormat::kYuyv:
      return int64_t{half_up(layout.width)} * 4;
    case FrameFormat::kRgb565:
      return int64_t{layout.width} * 2;
    default:
      return int64_t{layout.width} * 4;
  }
}

/// Of the first plane; an odd width's pairs of chroma take one byte more than its row of Y.
int64_t row_step(const FrameLayout& layout) { return layout.row_bytes ? layout.row_bytes : tight_row(layout); }

int64_t chroma_step(const FrameLayout& layout) {
  return layout.format == FrameFormat::kI420 ? (row_step(layout) + 1) / 2 : row_step(layout);
}

// BT.601's matrix for video range, times 2^20: 255/219, and 255/224 with the weights of red (0.299) and blue (0.114).
constexpr int kShift = 20, kHalf = 1 << (kShift - 1);
constexpr int kY = 1220542, kUtoBlue = 2116026, kUtoGreen = -409993, kVtoGreen = -852492, kVtoRed = 1673527;

struct Chroma {
  int red, green, blue;
};

inline Chroma chroma_of(uint8_t u, uint8_t v) {
  const int cu = u - 128, cv = v - 128;
  return {kHalf + kVtoRed * cv, kHalf + kVtoGreen * cv + kUtoGreen * cu, kHalf + kUtoBlue * cu};
}

inline uint8_t* put(uint8_t* to, uint8_t y, const Chroma& chroma) {
  const int light = std::max(0, y - 16) * kY;
  *to++ = static_cast<uint8_t>(std::clamp((light + chroma.red) >> kShift, 0, 255));
  *to++ = static_cast<uint8_t>(std::clamp((light + chroma.green) >> kShift, 0, 255));
  *to++ = static_cast<uint8_t>(std::clamp((light + chroma.blue) >> kShift, 0, 255));
  return to;
}

/// Where a row's Y, U and V are, and how far apart their neighbours.
struct YuvRow {
  const uint8_t *y, *u, *v;
  int y_step, chroma_step;
};

YuvRow yuv_row(const uint8_t* bytes, const FrameLayout& layout, int row) {
  const int64_t step = row_step(layout);
  const uint8_t* first = bytes + step * row;
  if (layout.format == FrameFormat::kYuyv) return {first, first + 1, first + 3, 2, 4};
  const uint8_t* chroma = bytes + step * layout.height + chroma_step(layout) * (row / 2);
  if (layout.format == FrameFormat::kNv21) return {first, chroma + 1, chroma, 1, 2};
  if (layout.format == FrameFormat::kNv12) return {first, chroma, chroma + 1, 1, 2};
  return {first, chroma, chroma + chroma_step(layout) * half_up(layout.height), 1, 1};
}

void convert_yuv(const YuvRow& row, int width, uint8_t* to) {
  for (int x = 0; x < width; x++) {
    const int pair = x / 2 * row.chroma_step;
    to = put(to, row.y[x * row.y_step], chroma_of(row.u[pair], row.v[pair]));
  }
}

void convert_colors(const uint8_t* from, FrameFormat format, int width, uint8_t* to) {
  if (format == FrameFormat::kRgb565) {
    for (int x = 0; x < width; x++, from += 2, to += 3) {
      const unsigned pixel = from[0] | static_cast<unsigned>(from[1]) << 8;
      to[0] = static_cast<uint8_t>(pixel >> 8 & 0xF8);
      to[1] = static_cast<uint8_t>(pixel >> 3 & 0xFC);
      to[2] = static_cast<uint8_t>(pixel << 3 & 0xF8);
    }
    return;
  }
  const int red = format == FrameFormat::kRgba ? 0 : 2;
  for (int x = 0; x < width; x++, from += 4, to += 3) {
    to[0] = from[red];
    to[1] = from[1];
    to[2] = from[2 - red];
  }
}

bool is_yuv(FrameFormat format) { return format <= FrameFormat::kYuyv; }

}  // namespace

std::optional<FrameFormat> frame_format_from_name(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

Result<FrameSize> frame_size(const FrameLayout& layout) {
  if (layout.width < 1 || layout.height < 1 || layout.width > kMaxSide || layout.height > kMaxSide) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("a camera frame of {}x{} pixels; width and height must be 1 to {}",
                                                         layout.width, layout.height, kMaxSide));
  }
  const int64_t tight = tight_row(layout), step = row_step(layout);
  const bool pairs = layout.format == FrameFormat::kNv21 || layout.format == FrameFormat::kNv12;
  if (step < tight || step > kMaxRowBytes) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"row_bytes\" {} does not hold a row of {} bytes{}", step, tight,
                            pairs && layout.width % 2 ? " (the chroma of an odd width takes one more)" : ""));
  }
  const int64_t rows = layout.height, chroma_rows = half_up(layout.height);
  int64_t most = step * rows, last_row = tight, last_step = step;
  if (pairs) {
    most += step * chroma_rows;
  } else if (layout.format == FrameFormat::kI420) {
    most += 2 * chroma_rows * chroma_step(layout);
    last_row = half_up(layout.width);
    last_step = chroma_step(layout);
  }
  return FrameSize{static_cast<uint64_t>(most - last_step + last_row), static_cast<uint64_t>(most)};
}

Result<Image8> decode_frame(std::span<const uint8_t> bytes, const FrameLayout& layout) {
  WHYZERO_ASSIGN(const FrameSize size, frame_size(layout));
  if (bytes.size() < size.least || bytes.size() > size.most) {
    return fail(ErrorCode::kMalformed,
                fmt::format("the frame has {} bytes; {} of {}x{} with rows {} bytes apart takes {}; mend \"format\", \"width\", "
                            "\"height\" or \"row_bytes\"",
                            bytes.size(), kFormats[static_cast<size_t>(layout.format)].first, layout.width, layout.height,
                            row_step(layout), size.most));
  }
  Image8 picture(layout.width, layout.height, 3);
  for (int y = 0; y < layout.height; y++) {
    if (is_yuv(layout.format)) {
      convert_yuv(yuv_row(bytes.data(), layout, y), layout.width, picture.at(0, y));
    } else {
      convert_colors(bytes.data() + row_step(layout) * y, layout.format, layout.width, picture.at(0, y));
    }
  }
  return picture;
}

}  // namespace whyzero::image
