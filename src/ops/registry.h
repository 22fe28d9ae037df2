// The table of all operators; the build generates it from the files of this folder.
#pragma once

#include <span>

#include "graph/graph.h"
#include "ops/operator.h"

namespace whyzero::ops {

std::span<const Operator* const> all_operators();

/// The operator that runs a node, or null: not among ours, or a newer version than we know.
const Operator* find_operator(const graph::Node& node);

}  // namespace whyzero::ops
