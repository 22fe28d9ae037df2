// Runs a model by both kinds of kernels within bounds that keep any input of a fuzzer cheap.
#pragma once

#include <memory>

#include "graph/graph.h"

namespace whyzero::fuzz {

/// Prepares and invokes twice, with the reference and the fast kernels, on random inputs. Aborts where only integers are involved
/// and the two differ.
void run_both(const std::shared_ptr<const graph::Model>& model);

}  // namespace whyzero::fuzz
