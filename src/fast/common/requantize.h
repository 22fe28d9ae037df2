// Requantization::operator() for many channels, to the same bits, with the factors laid out for vectors.
#pragma once

#include <algorithm>

#include "fast/common/isa.h"
#include "fast/common/storage.h"
#include "ops/common/weights.h"

namespace whyzero::fast {

constexpr size_t kPanel = 16;  // columns that are packed, computed and requantized together

/// What the channels need, one array each; padded to whole panels.
struct Requantizer {
  Storage<int32_t> bias, value, left, right;
  // What the high multiply's rounding adds. Rounding once is flooring the high multiply, of negative products one less so that
  // their ties fall, and rounding the shift, ties up; without a shift the high multiply rounds.
  Storage<int32_t> nudge;
  int32_t away = -1;                          // all ones where ties of the shift go away from zero, 0 where they go up
  int32_t once = 0;                           // all ones where there is one rounding
  int32_t zero_point = 0, low = 0, high = 0;  // low and high before the zero point is added

  /// Groups of `group` channels each begin a panel of their own.
  Result<void> prepare(ops::Context& ctx, const ops::Requantization& from, size_t group) {
    const size_t channels = from.channel.size(), padded = channels / group * round_up(group, kPanel);
    for (Storage<int32_t>* array : {&bias, &value, &left, &right, &nudge}) WHYZERO_TRY(array->allocate(ctx, padded));
    for (size_t c = 0; c < channels; ++c) {
      const size_t at = c / group * round_up(group, kPanel) + c % group;
      const Multiplier by = from.channel[c];
      value.data()[at] = by.value;
      left.data()[at] = std::max(by.shift, 0);
      right.data()[at] = std::max(-by.shift, 0);
      nudge.data()[at] = from.rounding == ops::Requantization::kTwice || by.shift == 0 ? 1 << 30 : 0;
    }
    away = from.rounding == ops::Requantization::kTwice ? -1 : 0;
    once = ~away;
    zero_point = from.zero_point;
    low = from.range.low - zero_point;
    high = from.range.high - zero_point;
    return {};
  }

  /// In eval: a bias need not be a constant. `bias_input` may be left out of the node.
  void load_bias(const ops::Context& ctx, int bias_input, size_t channels, size_t group) {
    if (!ctx.has_input(bias_input)) return;
    const int32_t* from = ctx.input(bias_input).as<int32_t>();
    for (size_t c = 0; c < channels; ++c) bias.data()[c / group * round_up(group, kPanel) + c % group] = from[c];
  }
};

/// Only for 32-bit accumulators and outputs of 8 bits (low - zero point does not overflow then). Rounding once does not wrap
/// where a factor above 1 leaves int32.
inline bool can_requantize(const ops::Requantization& by) {
  if (by.rounding != ops::Requantization::kTwice && by.rounding != ops::Requantization::kOnce) return false;
  return by.rounding == ops::Requantization::kTwice ||
         std::all_of(by.channel.begin(), by.channel.end(), [](Multiplier m) { return m.shift <= 0; });
}

/// One accumulator of the column.
template <class T>
WHYZERO_INLINE T requantize_one(const Requantizer& q, int32_t accumulator, size_t column) {
  // Accumulators of the reference wrap as unsigned numbers do.
  const uint32_t sum = static_cast<uint32_t>(accumulator) + static_cast<uint32_t>(q.bias.data()[column]);
  const auto shifted = static_cast<int32_t>(sum << q.left.data()[column]);
  // Multipliers are positive: the high multiply cannot overflow, and its ties go up.
  const int64_t product = int64_t{shifted} * q.value.data()[column];
  const auto scaled = static_cast<int32_t>((product + q.nudge.data()[column] + (product >> 63 & q.once)) >> 31);
  const int32_t right = q.right.data()[column], mask = static_cast<int32_t>((int64_t{1} << right) - 1);
  const int32_t threshold = (mask >> 1) - (scaled >> 31 & q.away);
  const int32_t rounded = (scaled >> right) + ((scaled & mask) > threshold ? 1 : 0);
  return static_cast<T>(std::clamp(rounded, q.low, q.high) + q.zero_point);
}

/// Accumulators of neighbouring columns, `pixels` times `columns` of them one behind the other, into as many outputs. Reads up
/// to kPanel accumulators more than there are.
template <class T>
using RequantizeRows = void (*)(const Requantizer& q, const int32_t* sums, size_t pixels, size_t columns, T* out);
template <class T>
RequantizeRows<T> requantize_rows();

}  // namespace whyzero::fast
