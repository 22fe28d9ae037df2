// Constants stored without their zeros.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "whyzero/result.h"

namespace whyzero::graph {

/// The constant with its zeros put back: row-major bytes of `tensor.shape`. Only for tensors with `sparse`.
Result<std::vector<uint8_t>> densify(const Tensor& tensor);

}  // namespace whyzero::graph
