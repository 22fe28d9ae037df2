#include "evidence/dry_run.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ops/registry.h"
#include "trace/run_model.h"

namespace whyzero::evidence {
namespace {

/// The cause that an operator's complaint belongs to; null where it says nothing about the file. That a planned tensor passes the
/// limit says nothing; that an operator asks for more than that while it runs hints at an absurd size.
const char* cause_of(ErrorCode code, bool by_run) {
  switch (code) {
    case ErrorCode::kMalformed:
    case ErrorCode::kShapeMismatch:
    case ErrorCode::kDtypeMismatch:
    case ErrorCode::kInvalidArgument:
      return "F003";
    case ErrorCode::kUnsupported:
      return "F005";
    case ErrorCode::kQuantizationMissing:
      return "M001";
    case ErrorCode::kQuantizationInvalid:
      return "M002";
    case ErrorCode::kOutOfMemory:
      return by_run ? "F003" : nullptr;
    default:
      return nullptr;
  }
}

std::vector<graph::Defect> defects_of(const graph::Subgraph& graph, const runtime::Coverage& coverage, const std::string& when) {
  std::vector<graph::Defect> defects;
  for (const runtime::Skipped& skipped : coverage.skipped) {
    const char* code = cause_of(skipped.error.code, !when.empty());
    // An operator that is not there at all refuses nothing: the rule of F005 looks for those itself.
    if (!code || !ops::find_operator(graph.nodes[static_cast<size_t>(skipped.node)])) continue;
    defects.push_back({code, when + skipped.error.text(), 0, -1, skipped.node});
  }
  return defects;
}

}  // namespace

DryRun dry_run(const std::shared_ptr<const graph::Model>& model, const trace::Arrays& recorded, size_t max_memory_bytes) {
  DryRun result;
  trace::RunOptions options;
  options.session.max_memory_bytes = max_memory_bytes;
  auto prepared = runtime::Interpreter::create(model, {.max_memory_bytes = max_memory_bytes});
  if (!prepared) return result;
  const bool planned = (*prepared)->prepare().has_value();
  const runtime::Coverage refused = (*prepared)->coverage();
  result.defects = defects_of(model->main(), refused, "");
  prepared->reset();  // its memory is for the run
  if (!planned) return result;
  auto run = trace::run_model(model, recorded, options);
  const bool zeros = recorded.empty() || !run;
  if (!run && !recorded.empty()) run = trace::run_model(model, {}, options);
  if (!run) return result;
  result.failures = defects_of(model->main(), run->coverage, zeros ? "on inputs of zeros " : "on the recorded inputs ");
  std::erase_if(result.failures, [&](const graph::Defect& failure) {
    return std::any_of(refused.skipped.begin(), refused.skipped.end(), [&](const auto& skipped) { return skipped.node == failure.node; });
  });
  result.outputs_computed = run->missing.empty();
  result.coverage = std::move(run->coverage);
  return result;
}

}  // namespace whyzero::evidence
