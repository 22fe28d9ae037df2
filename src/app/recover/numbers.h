// The arithmetic between pixels and the numbers of a tensor: scale and offset, mean and deviation, quantization or a cast, read off
// pairs of pixel and number.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "app/recover/match.h"

namespace whyzero::recover {

/// Pixels, one row each, and the numbers that they became; NaN where none was seen.
struct Pairs {
  app::Value pixels;         // n × 1 × channels
  std::vector<double> seen;  // n × channels
};
/// All values of a byte, from a functional match.
Pairs pairs_of(const Match& match, int channels);
/// All pixels of a picture but those flagged in `border`.
Pairs pairs_of(const app::Value& picture, const Sight& sight, int channels, std::span<const uint8_t> border);

void append(Pairs& pairs, const Pairs& more);

struct Numbers {
  nlohmann::json steps = nlohmann::json::array();
  size_t missed = 0;  // pairs that the steps do not meet exactly
  double error = 0;   // mean distance over the pairs
};
/// The steps that meet the pairs best, sought on some of them and held against all; those of `believed` are tried first. `dtype`: what the numbers are stored as.
Numbers find_numbers(const Pairs& pairs, DType dtype, const app::TensorInfo& tensor, const nlohmann::json& believed);

/// Rows of the pairs that the steps do not meet exactly.
std::vector<size_t> unmet_rows(const Pairs& pairs, const nlohmann::json& steps, DType dtype, const app::TensorInfo& tensor);

}  // namespace whyzero::recover
