// What the runtime says to a model before any app's data: which contracts of its operators the file breaks, and how much of it runs.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "runtime/interpreter.h"
#include "trace/npz.h"

namespace whyzero::evidence {

struct DryRun {
  std::optional<runtime::Coverage> coverage;  // of the run; nothing where the memory does not suffice
  std::vector<graph::Defect> defects;         // contracts of operators that the file breaks
  std::vector<graph::Defect> failures;        // what failed with the values of this run only: an index, a divisor
  bool outputs_computed = false;              // every output of the main graph got a value
};

/// Prepares the model, then runs it on the recorded inputs (arrays as for `trace::run_model`), on zeros where there are none or
/// they do not fit. Only nodes of the main graph are told of; they answer for the subgraphs they call.
DryRun dry_run(const std::shared_ptr<const graph::Model>& model, const trace::Arrays& recorded = {},
               size_t max_memory_bytes = runtime::InterpreterOptions{}.max_memory_bytes);

}  // namespace whyzero::evidence
