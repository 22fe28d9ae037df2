// What an app's first samples make of the model's inputs: real numbers to try a model with.
#pragma once

#include <cstdint>
#include <vector>

#include "app/app.h"
#include "graph/graph.h"
#include "whyzero/result.h"

namespace whyzero::app {

/// Up to `count` samples; of each, the bytes of every input of the model. Photos that cannot be read are passed over. kNotFound where no
/// sample is left.
Result<std::vector<std::vector<std::vector<uint8_t>>>> first_inputs(const App& app, const graph::Model& model, size_t count);

}  // namespace whyzero::app
