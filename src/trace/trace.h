// What a run leaves: the tensors of the main graph that have a value, in the order in which they are computed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/session.h"
#include "trace/difference.h"
#include "trace/npz.h"
#include "whyzero/result.h"

namespace whyzero::trace {

struct TraceTensor {
  int index = -1;    // in the main graph
  std::string name;  // empty where the trace tells none
  int node = -1;     // that computed it; -1: an input, or unknown
  std::string op_name;
  bool output = false;  // of the model
  TensorValue value;

  /// "#12 "conv1/Relu6"", or "out_0" for a bare output.
  std::string label() const;
};

struct Trace {
  std::string from;  // "model.tflite on litert", "a.npz"
  std::vector<TraceTensor> tensors;
};

/// Runs a session that was opened with keep_all on one set of inputs (one an input of the model) and collects what it computed. Inputs are
/// part of the trace, constants are not.
Result<Trace> trace_run(runtime::Session& session, const std::vector<std::vector<uint8_t>>& inputs);

/// From the arrays of `whyzero run --all-tensors`: t_<index>, with `names`, `scales`, `zero_points` and `nodes` where they are there; without any
/// t_<index> the outputs out_<k>. kNotFound where neither is there.
Result<Trace> trace_from_arrays(const Arrays& arrays);
/// What such a file holds beside the values: names, scales and zero points by tensor index, and the node that computes each.
void describe_tensors(const graph::Subgraph& graph, Arrays& arrays);

}  // namespace whyzero::trace
