#include "app/recover/stride.h"

#include <algorithm>
#include <functional>

namespace whyzero::recover {
namespace {

/// Lengths s of a stride, in units, for which every unit in [k·s + row, (k + 1)·s) is a gap unit. The first gap is as long as gap
/// units follow the first row; a row that begins like a gap makes it seem longer, so shorter ones are asked as well.
std::vector<size_t> strides_of(size_t row, size_t count, const std::function<bool(size_t)>& is_gap) {
  size_t longest = 0;
  while (longest < 3 * row && row + longest < count && is_gap(row + longest)) ++longest;
  std::vector<size_t> found;
  for (size_t gap = longest; gap > 0 && found.empty(); --gap) {
    const size_t stride = row + gap;
    bool all = true;
    size_t gaps = 0;
    for (size_t begin = 0; all && begin + row < count; begin += stride) {
      ++gaps;
      for (size_t i = begin + row; all && i < std::min(begin + stride, count); ++i) all = is_gap(i);
    }
    if (all && gaps >= 3) found.push_back(stride);
  }
  return found;
}

/// Whether most of the first row is something else than gap: a picture without any detail proves no stride.
bool row_has_content(size_t row, const std::function<bool(size_t)>& is_gap) {
  size_t gaps = 0;
  for (size_t i = 0; i < row; ++i) gaps += is_gap(i);
  return gaps * 2 < row;
}

}  // namespace

Strides find_strides(const std::vector<uint8_t>& bytes, DType dtype, const Frame& frame) {
  Strides strides;
  const size_t size = dtype_size(dtype), count = bytes.size() / size;
  const size_t channels = size_t(frame.channels), row = size_t(frame.width) * channels;
  if (count < 3 * row + 1) return strides;
  const auto number = [&](size_t i) { return app::number_at(dtype, bytes.data(), i); };
  // What stands right behind the first row, for every channel; a gap shorter than a pixel repeats what it has.
  std::vector<double> gap(channels);
  for (size_t c = 0; c < channels; ++c) gap[(row + c) % channels] = number(row + c);
  const auto early = [&](size_t i) { return number(i) == gap[i % channels]; };
  const auto uniform = [&](size_t i) { return number(i) == number(row); };
  if (row_has_content(row, early)) strides.early = strides_of(row, count, early);
  if (strides.early.empty() && channels > 1 && row_has_content(row, uniform)) strides.early = strides_of(row, count, uniform);
  const auto zero = [&](size_t i) { return bytes[i] == 0; };
  if (size > 1 && row_has_content(row * size, zero)) strides.late = strides_of(row * size, bytes.size(), zero);
  return strides;
}

}  // namespace whyzero::recover
