// Other names of one pipeline: resizers that make the same tensors of the same photos, to the bit.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "app/recover/recover.h"

namespace whyzero::recover {

/// Pipelines with another method or library that reproduce every sample that the recovered one does: on these photos either name is right.
/// None where the recovery is not exact.
std::vector<nlohmann::json> equivalents(const Recovery& recovery, const app::Source& captured, const app::Source& originals, const app::TensorInfo& tensor, int threads);

}  // namespace whyzero::recover
