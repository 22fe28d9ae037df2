// How far the numbers of a tensor follow from the pixels of a picture, whatever arithmetic lies between them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "app/recover/memory.h"
#include "app/value.h"

namespace whyzero::recover {

/// What is known of one value of a channel's pixels: the numbers that it became.
struct Cell {
  double count = 0, sum = 0, squares = 0, first = 0;
  bool same = true;
};

/// Collects pairs of pixel and number, channel by channel.
class Match {
 public:
  /// Numbers of an integer type stand for any real number near them, its ends for all beyond.
  explicit Match(int channels, DType dtype = DType::kFloat32);
  /// Every `step`-th number of the sight; places flagged in `border` are left out. False where the picture has other elements.
  bool add(const app::Value& picture, const Sight& sight, size_t step = 1, std::span<const uint8_t> border = {});
  void add_pair(size_t channel, double pixel, double number);

  /// Share of the numbers' variance that the pixels explain, each channel by itself, as any function of bytes or as a line.
  double explained() const;
  /// Every value of a pixel became one number: the picture is the tensor's, to the bit.
  bool functional() const;
  /// What a line through the channel's pairs leaves, in numbers, of the channel that it fits worst.
  double off_line() const;
  const Cell& cell(size_t channel, size_t pixel) const { return cells_[channel * 256 + pixel]; }

 private:
  struct Line {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    void add(double pixel, double number) {
      ++n;
      x += pixel, y += number, xx += pixel * pixel, xy += pixel * number, yy += number * number;
    }
    /// Squares that the best line leaves.
    double rest() const {
      const double all = yy - y * y / n, sxx = xx - x * x / n, sxy = xy - x * y / n;
      return sxx > 0 ? std::max(0.0, all - sxy * sxy / sxx) : std::max(0.0, all);
    }
  };
  size_t channels_;
  bool bytes_ = true;
  std::vector<Cell> cells_;
  double low_, high_;  // ends of the type
  std::vector<Line> lines_, inside_;  // of all numbers; of those between the ends
};

}  // namespace whyzero::recover
