// The arithmetic that apps share: ranges that models are trained on, and the ways of storing numbers in a tensor.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "app/value.h"

namespace whyzero::recover {

/// Normalizations, likeliest first; the first is none at all.
std::vector<nlohmann::json> usual_numbers(int channels);
/// How numbers become the elements of `dtype`.
std::vector<nlohmann::json> stores_of(DType dtype, const app::TensorInfo& tensor);
/// What often stands before a second normalization: nothing, a product with 1/255, a division by 255.
std::vector<nlohmann::json> first_halves();

}  // namespace whyzero::recover
