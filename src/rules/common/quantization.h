// Which cause a quantization that is at fault has: the causes of its group compete for one finding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/quantization.h"
#include "rules/rule.h"

namespace whyzero::rules {

/// A range of numbers that apps feed, and how they make it.
struct Convention {
  double low, high;
  std::string_view made_by;
};

struct QuantizationCause {
  std::string_view code;
  std::vector<std::string> alternatives;
  std::vector<const evidence::RoundedTensor*> tensors;  // to blame, the costliest first; may be empty
  bool alone = false;                                   // each of them costs right answers alone
  const Convention* calibrated = nullptr;               // Q003: what the input's range was recorded with
  const evidence::RoundedTensor* input = nullptr;
  int concatenation = -1;                               // Q006: the node
};

/// The convention that a tensor's whole range is one of; null where it is none.
const Convention* convention_of(const quantize::Grid& grid);

QuantizationCause cause_of(const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence);

/// "#15 "conv1/Relu" holds 0…1.37, its values span 0…9.84 (12.3 % beyond the ends); rounding it alone costs 41 points".
std::string describe_range(const evidence::Case& a_case, const evidence::RoundedTensor& rounded);
/// What stands before the first of several tensors in a message; nothing where there is one.
const char* which_first(const QuantizationCause& cause);
/// An error of the model for a cause, with what lifting the quantization gains and the ranges that would do.
evidence::Finding quantization_finding(const Rule& rule, const evidence::Case& a_case, const evidence::QuantizationEvidence& evidence,
                                       const QuantizationCause& cause, std::string message);

}  // namespace whyzero::rules
