// A BMP's run-length codes. They say little about what happens at the end of a row, so each library's way is its own.
#include <fmt/format.h>

#include <algorithm>

#include "image/decode_internal.h"

namespace whyzero::image {
namespace {

constexpr uint8_t kEndOfLine = 0, kEndOfBitmap = 1, kJump = 2;
// A code of two bytes stands for 255 pixels at most; what jumps over more than this is refused before it is allocated.
constexpr uint64_t kMostPixelsPerByte = 4096;

struct Codes {
  std::span<const uint8_t> bytes;
  size_t at;
  bool nibbles;  // 4 bits a pixel

  bool has(size_t count) const { return at <= bytes.size() && count <= bytes.size() - at; }
  /// Pixel i of the stretch that starts at `from`.
  uint8_t index(size_t from, size_t i) const {
    if (!nibbles) return bytes[from + i];
    return i % 2 == 0 ? bytes[from + i / 2] >> 4 : bytes[from + i / 2] & 15;
  }
  /// Pixel i of a run whose value byte stands at `from`.
  uint8_t run_index(size_t from, size_t i) const { return nibbles ? index(from, i % 2) : bytes[from]; }
  size_t stretch_bytes(size_t count) const { return nibbles ? (count + 1) / 2 : count; }
};

/// Pillow appends pixels to one long line: rows may flow into each other, and an empty row vanishes.
std::vector<uint8_t> append_indices(Codes codes, size_t width, size_t count) {
  std::vector<uint8_t> out;
  size_t x = 0;  // pixels since the row's start, which a stretch may carry beyond its end
  while (out.size() < count && codes.has(2)) {
    const size_t length = codes.bytes[codes.at], value_at = codes.at + 1;
    const uint8_t code = codes.bytes[value_at];
    codes.at += 2;
    if (length > 0) {
      const size_t fits = x < width ? std::min(length, width - x) : 0;
      for (size_t i = 0; i < fits; i++) out.push_back(codes.run_index(value_at, i));
      x += fits;
    } else if (code == kEndOfLine) {
      out.resize((out.size() + width - 1) / width * width);
      x = 0;
    } else if (code == kEndOfBitmap) {
      break;
    } else if (code == kJump) {
      if (!codes.has(2)) break;
      const size_t jump = codes.bytes[codes.at] + codes.bytes[codes.at + 1] * width;
      codes.at += 2;
      out.resize(out.size() + std::min(count - out.size(), jump));
      x = out.size() % width;
    } else {
      const size_t taken = std::min<size_t>(count - out.size(), code), size = codes.stretch_bytes(taken);
      if (!codes.has(size)) break;
      for (size_t i = 0; i < taken; i++) out.push_back(codes.index(codes.at, i));
      codes.at += size;
      x += code;
      codes.at += codes.at % 2;  // stretches end on even places of the file
    }
  }
  out.resize(std::min(out.size(), count));
  return out;
}

/// OpenCV writes into a picture of which it knows row and column. A run of bytes that ends a row begins the next, one of nibbles
/// and every stretch stay until the row's end is told. Of nibbles, a jump's rows and an early end of the picture are not obeyed.
class Canvas {
 public:
  Canvas(size_t width, size_t height) : width_(width), height_(height), out_(width * height) {}

  bool full() const { return y_ >= height_; }
  size_t left_in_row() const { return width_ - x_; }
  size_t row() const { return y_; }
  uint8_t* place(size_t count) {
    uint8_t* to = out_.data() + y_ * width_ + x_;
    x_ += count;
    return to;
  }
  /// Unset pixels (index 0), row after row; a full row is left even where there is nothing to skip.
  void skip(size_t count) {
    do {
      const size_t step = std::min(count, left_in_row());
      count -= step;
      x_ += step;
      if (x_ < width_) break;
      x_ = 0;
      y_++;
    } while (count > 0 && !full());
  }
  std::vector<uint8_t> take() { return std::move(out_); }

 private:
  size_t width_, height_, x_ = 0, y_ = 0;
  std::vector<uint8_t> out_;
};

/// Fewer pixels than asked for where the codes end early or leave their row.
std::vector<uint8_t> place_indices(Codes codes, size_t width, size_t height) {
  Canvas canvas(width, height);
  bool row_just_began = false;
  while (!canvas.full()) {
    if (!codes.has(2)) return {};
    const size_t length = codes.bytes[codes.at], value_at = codes.at + 1;
    const uint8_t code = codes.bytes[value_at];
    codes.at += 2;
    const size_t row = canvas.row();
    const size_t count = length > 0 ? length : code > kJump ? code : 0;
    if (count > 0) {
      const size_t size = length > 0 ? 0 : (codes.stretch_bytes(count) + 1) / 2 * 2;
      if (count > canvas.left_in_row() || !codes.has(size)) return {};
      uint8_t* to = canvas.place(count);
      for (size_t i = 0; i < count; i++) to[i] = length > 0 ? codes.run_index(value_at, i) : codes.index(codes.at, i);
      codes.at += size;
      if (length > 0 && !codes.nibbles && canvas.left_in_row() == 0) canvas.skip(0);
      row_just_began = canvas.row() != row;
      continue;
    }
    size_t skipped = canvas.left_in_row();
    if (code == kJump) {
      if (!codes.has(2)) return {};
      skipped = codes.bytes[codes.at] + (codes.nibbles ? 0 : codes.bytes[codes.at + 1] * width);
      codes.at += 2;
    } else if (code == kEndOfBitmap && !codes.nibbles) {
      skipped += (height - canvas.row()) * width;
    }
    if (code != kEndOfLine || !row_just_began) canvas.skip(skipped);
    row_just_began = false;
  }
  return canvas.take();
}

}  // namespace

Result<std::vector<uint8_t>> bmp_run_lengths(std::span<const uint8_t> bytes, size_t at, const BmpSize& size, DecodeLike like) {
  const uint64_t count = size.width * size.height;
  if (count / kMostPixelsPerByte > bytes.size()) {
    return fail(ErrorCode::kMalformed, fmt::format("the BMP header gives a size of {}x{}, more than {} bytes can hold; "
                                                   "copy the file again",
                                                   size.width, size.height, bytes.size()));
  }
  const Codes codes{bytes, at, size.bits == 4};
  std::vector<uint8_t> indices = like == DecodeLike::kOpenCV ? place_indices(codes, size.width, size.height)
                                                             : append_indices(codes, size.width, count);
  if (indices.size() < count) {
    return fail(ErrorCode::kMalformed, fmt::format("the BMP's run-length codes give {} of {} rows; copy the file again",
                                                   indices.size() / size.width, size.height));
  }
  return indices;
}

}  // namespace whyzero::image
