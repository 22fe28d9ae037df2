// Means over parts of a picture at any fraction of a pixel, from one table of sums.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "image/image.h"

namespace whyzero::recover {

class Means {
 public:
  Means() = default;
  Means(int width, int height, std::span<const float> pixels);
  int width() const { return width_; }
  int height() const { return height_; }
  /// Means of the n × n equal cells of a box that lies within the picture, row by row.
  void cells(const image::Box& box, int n, std::vector<double>& out) const;

 private:
  int width_ = 0, height_ = 0;
  std::vector<double> sums_;  // (width + 1) × (height + 1)
};

}  // namespace whyzero::recover
