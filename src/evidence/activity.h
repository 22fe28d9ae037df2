// How much of a model is at work on what an app feeds: units that are always off, or always on, tell nothing apart.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "evidence/case.h"

namespace whyzero::evidence {

/// The entropy of "fires" and "does not" of a ReLU unit over samples and positions, in bits: 1 where it fires half of the time, 0 where it is
/// dead or saturated. Mean over the units of a layer, then over the layers. Nothing where the model has no such layer, or too few samples run.
std::optional<double> activity(const Case& a_case, const nlohmann::json& document);

}  // namespace whyzero::evidence
