// Two pipelines set side by side, by what their steps are about.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/recover/memory.h"
#include "graph/graph.h"

namespace whyzero::recover {

struct Difference {
  std::string about;  // "geometry", "channels", "range", …
  nlohmann::json believed, recovered;  // steps
};
std::vector<Difference> differences(const nlohmann::json& believed, const nlohmann::json& recovered);

/// What the model file itself says against a recovered pipeline, one sentence each: its metadata's range, its layout, memory faults.
std::vector<std::string> against_model(const nlohmann::json& recovered, const graph::Model& model, size_t input, const app::TensorInfo& tensor);

}  // namespace whyzero::recover
