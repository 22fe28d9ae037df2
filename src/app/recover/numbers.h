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
/// Up to `limit` pixels of a picture.
Pairs pairs_of(const app::Value& picture, const Sight& sight, int channels, size_t limit);

struct Numbers {
  nlohmann::json steps = nlohmann::json::array();
  size_t missed = 0;  // pairs that the steps do not meet exactly
  double error = 0;   // mean distance over the pairs
};
/// The steps that meet the pairs best; those of `believed` are tried first. `dtype`: what the numbers are stored as.
Numbers find_numbers(const Pairs& pairs, DType dtype, const app::TensorInfo& tensor, const nlohmann::json& believed);

}  // namespace whyzero::recover
