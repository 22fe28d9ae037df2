// Scale and offset, or mean and deviation, fitted to pairs and brought to the numbers that people write.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "app/recover/numbers.h"

namespace whyzero::recover {

/// Normalizations (one step each, as arrays) that could stand between `first` and `store`, the plainest first.
std::vector<nlohmann::json> fitted_numbers(const Pairs& pairs, const nlohmann::json& first, const nlohmann::json& store, const app::TensorInfo& tensor);

/// Plain numbers within `tolerance` of x: short decimals, 1/k, k/255; x itself last.
std::vector<double> plain_numbers(double x, double tolerance);

}  // namespace whyzero::recover
