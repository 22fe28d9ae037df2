// Bytes of a fuzzer → a model over all operators that there are.
#pragma once

#include <cstdint>
#include <span>

#include "graph/builder.h"

namespace whyzero::fuzz {

/// The same bytes give the same model; when they run out, zeros follow. One to three nodes; each reads inputs, constants,
/// variables and outputs of the nodes before.
graph::ModelBuilder random_graph(std::span<const uint8_t> bytes);

}  // namespace whyzero::fuzz
