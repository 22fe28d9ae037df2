// What a recovered pipeline proves by itself: steps that no model wants, however it was trained.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "app/recover/memory.h"
#include "app/recover/recover.h"

namespace whyzero::recover {

/// One fact a cause: rows too far apart, foreign byte orders, copied bytes, exchanged axes, casts of normalized numbers, bytes that wrap.
std::vector<Fact> betrayed_by_steps(const nlohmann::json& pipeline, const app::TensorInfo& tensor, const Frame& frame);

}  // namespace whyzero::recover
