// The first frame of a GIF: its own small LZW decoder, since nothing else of the format is needed.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "image/decode_internal.h"

namespace whyzero::image {
namespace {

constexpr int kMaxCodes = 4096;
// A code of two bytes or less stands for up to 4096 pixels: more than that a byte is refused before it is allocated.
constexpr size_t kMostPixelsPerByte = 4096;

uint32_t u16(std::span<const uint8_t> bytes, size_t at) { return bytes[at] | static_cast<uint32_t>(bytes[at + 1]) << 8; }

Unexpected cut_off(const char* where) {
  return fail(ErrorCode::kMalformed, fmt::format("the GIF ends within its {}; copy the file again", where));
}

/// Data stand in blocks of up to 255 bytes, each led by its length; an empty block ends them.
struct Blocks {
  std::span<const uint8_t> bytes;
  size_t at = 0;
  size_t left = 0;
  bool done = false;

  /// The next byte, or −1 at the end of the blocks or of the file.
  int next() {
    if (done) return -1;
    if (left == 0) {
      if (at >= bytes.size() || bytes[at] == 0) {
        done = true;
        return -1;
      }
      left = bytes[at++];
    }
    if (at >= bytes.size()) {
      done = true;
      return -1;
    }
    left--;
    return bytes[at++];
  }
};

/// Indices of one frame in file order; gives how many it could write.
size_t decode_lzw(Blocks& blocks, int root_bits, std::span<uint8_t> out) {
  const int clear = 1 << root_bits, end = clear + 1;
  std::array<uint16_t, kMaxCodes> prefix;
  std::array<uint8_t, kMaxCodes> suffix;
  std::array<uint8_t, kMaxCodes + 1> stack;
  int next = end + 1, bits = root_bits + 1, previous = -1;
  uint8_t first = 0;
  uint32_t held = 0;
  int held_bits = 0;
  size_t written = 0;
  while (written < out.size()) {
    while (held_bits < bits) {
      const int byte = blocks.next();
      if (byte < 0) return written;
      held |= static_cast<uint32_t>(byte) << held_bits;
      held_bits += 8;
    }
    const int code = static_cast<int>(held & ((1u << bits) - 1));
    held >>= bits;
    held_bits -= bits;
    if (code == clear) {
      next = end + 1;
      bits = root_bits + 1;
      previous = -1;
      continue;
    }
    if (code == end) return written;
    if (code > next || (code == next && previous < 0)) return written;  // names an entry that does not exist yet

    int walk = code;
    size_t depth = 0;
    if (code == next) {  // the entry being made: the previous string and its own first byte
      stack[depth++] = first;
      walk = previous;
    }
    while (walk > end) {
      stack[depth++] = suffix[static_cast<size_t>(walk)];
      walk = prefix[static_cast<size_t>(walk)];
    }
    first = static_cast<uint8_t>(walk);
    stack[depth++] = first;
    while (depth > 0 && written < out.size()) out[written++] = stack[--depth];

    if (previous >= 0 && next < kMaxCodes) {
      prefix[static_cast<size_t>(next)] = static_cast<uint16_t>(previous);
      suffix[static_cast<size_t>(next)] = first;
      next++;
      if (next == 1 << bits && bits < 12) bits++;
    }
    previous = code;
  }
  return written;
}

struct Frame {
  uint32_t left = 0, top = 0, width = 0, height = 0;
  bool interlaced = false;
  std::span<const uint8_t> palette;
  int transparent = -1;
  size_t data = 0;  // offset of the code size byte
};

/// Skips extensions up to the first picture; a graphic control extension on the way names the transparent index.
Result<Frame> find_frame(std::span<const uint8_t> bytes, size_t at, std::span<const uint8_t> global_palette) {
  Frame frame;
  while (at < bytes.size()) {
    const uint8_t kind = bytes[at++];
    if (kind == 0x3B) break;
    if (kind == 0x21) {
      if (at >= bytes.size()) break;
      const uint8_t label = bytes[at++];
      if (label == 0xF9 && bytes.size() - at >= 5 && bytes[at] >= 4) frame.transparent = bytes[at + 1] & 1 ? bytes[at + 4] : -1;
      while (at < bytes.size() && bytes[at] != 0) at += size_t{1} + bytes[at];
      at++;
    } else if (kind == 0x2C) {
      if (bytes.size() - at < 9) return cut_off("frame header");
      frame.left = u16(bytes, at);
      frame.top = u16(bytes, at + 2);
      frame.width = u16(bytes, at + 4);
      frame.height = u16(bytes, at + 6);
      const uint8_t flags = bytes[at + 8];
      at += 9;
      frame.interlaced = flags & 0x40;
      frame.palette = global_palette;
      if (flags & 0x80) {
        const size_t size = size_t{3} << ((flags & 7) + 1);
        if (bytes.size() - at < size) return cut_off("palette");
        frame.palette = bytes.subspan(at, size);
        at += size;
      }
      if (at >= bytes.size()) return cut_off("pixels");
      frame.data = at;
      return frame;
    }
  }
  return fail(ErrorCode::kMalformed, "the GIF holds no picture; copy the file again");
}

/// The row of the frame that the k-th row of the file is.
std::vector<uint32_t> row_order(const Frame& frame) {
  std::vector<uint32_t> order;
  order.reserve(frame.height);
  static constexpr uint32_t kPasses[4][2] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  if (!frame.interlaced) {
    for (uint32_t y = 0; y < frame.height; y++) order.push_back(y);
    return order;
  }
  for (const auto& [first, step] : kPasses) {
    for (uint32_t y = first; y < frame.height; y += step) order.push_back(y);
  }
  return order;
}

void put_color(const Frame& frame, size_t index, uint8_t* to) {
  for (size_t c = 0; c < 3; c++) {
    if (frame.palette.empty()) {
      to[c] = static_cast<uint8_t>(index);  // no palette at all: gray levels
    } else {
      to[c] = index * 3 + c < frame.palette.size() ? frame.palette[index * 3 + c] : 0;
    }
  }
}

}  // namespace

Result<Decoded> decode_gif(std::span<const uint8_t> bytes, const DecodeOptions& options) {
  if (bytes.size() < 13) return cut_off("header");
  uint32_t width = u16(bytes, 6), height = u16(bytes, 8);
  const size_t background = bytes[11];
  size_t at = 13;
  std::span<const uint8_t> palette;
  if (bytes[10] & 0x80) {
    const size_t size = size_t{3} << ((bytes[10] & 7) + 1);
    if (bytes.size() - at < size) return cut_off("palette");
    palette = bytes.subspan(at, size);
    at += size;
  }
  WHYZERO_ASSIGN(const Frame frame, find_frame(bytes, at, palette));
  const bool leaves_screen = frame.left + frame.width > width || frame.top + frame.height > height;
  if (options.like == DecodeLike::kTensorFlow) {  // a screen of the frame's size, which an offset frame leaves; black elsewhere
    width = frame.width;
    height = frame.height;
  } else if (leaves_screen && options.like == DecodeLike::kOpenCV) {
    return fail(ErrorCode::kMalformed,
                fmt::format("the GIF's first frame, {}x{} at {}, {}, leaves its {}x{} screen, which OpenCV refuses", frame.width,
                            frame.height, frame.left, frame.top, width, height));
  } else {
    width = std::max(width, frame.left + frame.width);
    height = std::max(height, frame.top + frame.height);
  }
  WHYZERO_TRY(check_size("GIF", width, height, options));
  WHYZERO_TRY(check_size("GIF", frame.width, frame.height, options));

  const int root_bits = bytes[frame.data];
  if (root_bits < 1 || root_bits > 11) {
    return fail(ErrorCode::kMalformed, fmt::format("the GIF's pixels start with a code size of {}; 2 to 8 are known", root_bits));
  }
  const size_t count = size_t{frame.width} * frame.height;
  if (count / kMostPixelsPerByte > bytes.size()) return cut_off("first frame");
  std::vector<uint8_t> indices(count);
  Blocks blocks{bytes, frame.data + 1};
  const size_t written = decode_lzw(blocks, root_bits, indices);
  if (written < count) {
    return fail(ErrorCode::kMalformed, fmt::format("the GIF's first frame ends after {} of {} rows; copy the file again",
                                                   written / frame.width, frame.height));
  }

  Decoded decoded;
  decoded.pixels = Image8(static_cast<int>(width), static_cast<int>(height), 3);
  const bool see_through = options.like != DecodeLike::kPillow && frame.transparent >= 0;
  if (options.like != DecodeLike::kTensorFlow && (see_through || count < size_t{width} * height)) {
    size_t around = background;
    if (options.like == DecodeLike::kPillow) around = frame.transparent >= 0 ? static_cast<size_t>(frame.transparent) : 0;
    for (size_t i = 0; i < size_t{width} * height; i++) put_color(frame, around, decoded.pixels.data.data() + 3 * i);
  }
  const std::vector<uint32_t> order = row_order(frame);
  const size_t visible = frame.left < width ? std::min(frame.width, width - frame.left) : 0;
  for (size_t k = 0; k < order.size(); k++) {
    if (visible == 0 || frame.top + order[k] >= height) continue;
    uint8_t* to = decoded.pixels.data.data() + 3 * (size_t{frame.top + order[k]} * width + frame.left);
    for (size_t x = 0; x < visible; x++) {
      const uint8_t index = indices[k * frame.width + x];
      if (!see_through || index != frame.transparent) put_color(frame, index, to + 3 * x);
    }
  }
  return decoded;
}

}  // namespace whyzero::image
