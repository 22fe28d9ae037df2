// What the real values of the activations do to the integers that are to hold them: how many are clipped, how many levels are
// used, and what error each of the two makes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "quantize/float_twin.h"

namespace whyzero::quantize {

struct ActivationRange {
  size_t count = 0, clipped = 0;
  double low = 0, high = 0;             // least and largest value seen
  double sum = 0, squares = 0;
  double clip_error = 0, round_error = 0;  // sums of squares, of values outside the range and inside

  void add(const ActivationRange& other);
  double clipped_share() const { return count ? static_cast<double>(clipped) / static_cast<double>(count) : 0; }
  /// Variance over mean square error, in dB; large where there is no error.
  double sqnr_db() const;
  /// Clipping, not rounding, makes most of the error.
  bool clips() const { return clip_error > round_error; }
  /// How many of the integers the values seen span.
  double levels_used(const Grid& grid) const;
};

using ActivationRanges = std::vector<ActivationRange>;  // by tensor of the main graph

/// Measures real values against a grid.
ActivationRange measure_range(const Grid& grid, std::span<const float> values);
/// Rounds and clamps values to a grid in place.
void round_to_grid(const Grid& grid, std::span<float> values);

}  // namespace whyzero::quantize
