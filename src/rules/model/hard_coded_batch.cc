// M009 hard-coded-batch: the file promises any batch size, and constants inside break all but one.
#include <fmt/format.h>

#include "rules/rule.h"
#include "runtime/interpreter.h"

namespace whyzero::rules {
namespace {

constexpr int kBatch = 2;
/// What planning for two may take; where it does not suffice nothing is said.
constexpr size_t kMostBytes = size_t{512} << 20;

/// A first dimension of 1 that the file calls variable.
bool promises_any(const graph::Tensor& tensor) {
  return !tensor.shape_signature.empty() && tensor.shape_signature[0] == -1 && !tensor.shape.empty() && tensor.shape[0] == 1;
}

struct Break {
  int node = -1;
  std::string why;
};

/// Plans the model for two samples at a time; no operator runs.
std::optional<Break> break_at_two(const std::shared_ptr<const graph::Model>& model) {
  const graph::Subgraph& graph = model->main();
  auto made = runtime::Interpreter::create(model, {.max_memory_bytes = kMostBytes});
  if (!made || !(*made)->prepare() || !(*made)->coverage().skipped.empty()) return std::nullopt;
  runtime::Interpreter& interpreter = **made;
  for (int k = 0; k < interpreter.inputs(); ++k) {
    ops::Shape shape = interpreter.input(k).shape;
    if (!promises_any(graph.tensors[static_cast<size_t>(graph.inputs[static_cast<size_t>(k)])])) return std::nullopt;
    shape[0] = kBatch;
    if (!interpreter.resize_input(k, shape)) return std::nullopt;
  }
  if (!interpreter.prepare()) return std::nullopt;
  const runtime::Coverage coverage = interpreter.coverage();
  if (coverage.skipped.empty()) return std::nullopt;
  const runtime::Skipped& first = coverage.skipped.front();
  if (first.error.code == ErrorCode::kUnsupported || first.error.code == ErrorCode::kOutOfMemory) return std::nullopt;
  return Break{first.node, first.error.message};
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || a_case.model->main().inputs.empty()) return;
  const auto found = break_at_two(a_case.model);
  if (!found || found->node < 0) return;
  evidence::Finding finding = finding_of(
      rule, evidence::Severity::kNote, evidence::Proof::kRun,
      fmt::format("The file promises any batch size, but with {} samples at a time {} cannot run: {}. One sample at a time works. To run more, convert again "
                  "with -1 for the batch in the shapes inside.",
                  kBatch, a_case.model->main().nodes[static_cast<size_t>(found->node)].label(), found->why));
  finding.confidence = 0.9;
  finding.where = {.stage = "model", .pointer = "/model", .node = found->node};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_hard_coded_batch{
    .code = "M009",
    .name = "hard-coded-batch",
    .summary = "the file promises any batch size, and constants inside break all but one",
    .documentation = R"(## What it finds
A model whose inputs have a variable first dimension, with a constant shape inside that fits a batch of one only.

## Why it hurts
`resize_tensor_input` succeeds and the run fails, or the answers of a batch are mixed up.

## Evidence
The model is planned for two samples at a time; the first operator that refuses is named.

## Example
`tf.reshape(x, [1, -1])` in place of `[-1, n]`.

## Fix safety
There is no patch: convert again with the batch left open.

## When to ignore it
When the app runs one sample at a time: it is a note.
)",
    .look = &look,
};

}  // namespace whyzero::rules
