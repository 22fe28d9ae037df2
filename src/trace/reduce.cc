#include "trace/reduce.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/extract_node.h"
#include "graph/tflite_reader.h"
#include "trace/run_model.h"

namespace whyzero::trace {
namespace {

Result<Trace> run_alone(const Side& side, std::shared_ptr<const graph::Model> model, const std::vector<std::vector<uint8_t>>& inputs,
                        const Progress* progress) {
  WHYZERO_ASSIGN(const auto session, side.runtime->open(std::move(model), {.progress = progress}));
  WHYZERO_ASSIGN(Trace trace, trace_run(*session, inputs));
  trace.from = side.label;
  return trace;
}

}  // namespace

Result<Reduced> reduce(const Side& first, const Side& second, const ModelComparison& compared, const Progress* progress) {
  const int culprit = compared.comparison.culprit();
  if (culprit < 0 || compared.comparison.rows[static_cast<size_t>(culprit)].node < 0)
    return fail(ErrorCode::kNotFound, "no node of the model differs by itself");
  const Row& row = compared.comparison.rows[static_cast<size_t>(culprit)];
  WHYZERO_ASSIGN(graph::ExtractedNode extracted, graph::extract_node(*first.model, row.node));
  Reduced result;
  std::vector<std::vector<uint8_t>> inputs;
  for (size_t k = 0; k < extracted.inputs.size(); ++k) {
    const auto& tensors = compared.first.tensors;
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const TraceTensor& t) { return t.index == extracted.inputs[k]; });
    const graph::Tensor& info = first.model->main().tensors[static_cast<size_t>(extracted.inputs[k])];
    if (found == tensors.end()) return fail(ErrorCode::kNotFound, fmt::format("the trace has no value of {}", info.label()));
    WHYZERO_ASSIGN(auto bytes, tensor_bytes_from_array(found->value.array, info.dtype));
    inputs.push_back(std::move(bytes));
    result.inputs[fmt::format("in_{}", k)] = found->value.array;
  }
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(extracted.bytes));
  if (!reading.model) return fail(ErrorCode::kUnsupported, "the node alone makes no valid model");
  result.model = std::move(extracted.bytes);
  WHYZERO_ASSIGN(const Trace a, run_alone(first, reading.model, inputs, progress));
  WHYZERO_ASSIGN(const Trace b, run_alone(second, reading.model, inputs, progress));
  WHYZERO_ASSIGN(const Comparison alone, compare(a, b, align(a, b, true)));
  for (const Row& one : alone.rows)
    if (one.output && (result.difference.elements == 0 || one.accumulated.agreement > result.difference.agreement)) result.difference = one.accumulated;
  result.reproduces = result.difference.beyond_rounding();
  return result;
}

}  // namespace whyzero::trace
