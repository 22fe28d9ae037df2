// How far two values of one tensor are apart, and whether rounding explains it.
#pragma once

#include <string>
#include <vector>

#include "trace/npz.h"

namespace whyzero::trace {

/// A tensor's value with what its integers mean.
struct TensorValue {
  Array array;
  double scale = 0;  // 0: not quantized, or not as a whole
  int64_t zero_point = 0;

  bool quantized() const { return scale > 0; }
};

enum class Agreement {
  kEqual,         // the same bits, or -0 for 0
  kRounding,      // what another order of summation or another rounding of a tie brings
  kNoise,         // more than rounding, but what storing values or weights in fewer bits brings
  kDifferent,
  kIncomparable,  // other shapes, or text against numbers
};
const char* agreement_name(Agreement agreement);

struct Difference {
  Agreement agreement = Agreement::kEqual;
  size_t elements = 0;
  size_t differing = 0;
  double max_error = 0;      // of real numbers: integers are dequantized where both sides are quantized
  double error_steps = 0;    // largest difference of integers of one type
  double sqnr_db = 0;        // of the second against the first; infinite where equal
  bool other_non_finite = false;  // NaN or infinity in other places
  std::string why;           // where incomparable

  /// Neither rounding nor the noise of quantization.
  bool beyond_rounding() const { return agreement == Agreement::kDifferent || agreement == Agreement::kIncomparable; }
  /// Keeps what is worse.
  void merge(const Difference& other);
};

/// Rounding is: one step of quantized integers of one type; 1e-5 of the largest magnitude (float16: 2e-3) for floats, because a sum of K
/// terms in another order errs by about sqrt(K) units in the last place, at most 4e-6 for the 4096 terms of large layers, and
/// elementary functions by a few units more. A quantized value against a float: one step of the quantized. Indices and truth values have
/// no rounding.
///
/// Noise is: an error at least 20 dB below the signal where one side is quantized and the other is not, where their scales differ, or
/// where `twins` says that the weights are stored differently. A step s errs by s^2/12; if the signal's mean square spans but a tenth of
/// 256 steps, values and weights together stay 36 dB below it. Layers of a sound int8 model measure 25 to 37 dB, those with a scale that
/// does not suit their values 16 dB and less.
Difference difference(const TensorValue& first, const TensorValue& second, bool twins = false);

/// The elements as real numbers; complex ones are two each, quantized integers dequantized where `real` is set. Empty for strings.
std::vector<double> numbers_of(const TensorValue& value, bool real);

}  // namespace whyzero::trace
