// An image in memory: rows of interleaved channels, uint8 or float32, no padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace whyzero::image {

template <class T>
struct Pixels {
  int width = 0, height = 0, channels = 0;
  std::vector<T> data;  // height × width × channels

  Pixels() = default;
  Pixels(int w, int h, int c) : width(w), height(h), channels(c), data(size_t(w) * size_t(h) * size_t(c)) {}
  T* at(int x, int y) { return data.data() + (size_t(y) * size_t(width) + size_t(x)) * size_t(channels); }
  const T* at(int x, int y) const { return data.data() + (size_t(y) * size_t(width) + size_t(x)) * size_t(channels); }
};

using Image8 = Pixels<uint8_t>;
using ImageF = Pixels<float>;

/// Real-valued box in pixels of the source: [left, right) × [top, bottom).
struct Box {
  double left = 0, top = 0, right = 0, bottom = 0;
};

}  // namespace whyzero::image
