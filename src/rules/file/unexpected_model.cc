// F004 unexpected-model: the file is not the model that the app was written for.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/sha256.h"
#include "evidence/case.h"
#include "numerics/sign_flip.h"
#include "rules/common/metadata.h"
#include "rules/rule.h"
#include "trace/npz.h"

namespace whyzero::rules {
namespace {

using evidence::Finding;
using evidence::Severity;
using nlohmann::json;

constexpr double kLeastHarm = 0.05;

enum class AsExpected { kUnknown, kYes, kNo };

/// The metric as deployed against `expect.top1`: no where even the interval's end falls short.
AsExpected measured_as_expected(const evidence::Case& a_case) {
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  const json& top1 = a_case.app.expect.value("top1", json());
  if (!top1.is_number() || scored.metric != app::Metric::kTop1 || !a_case.labelled() || !scored.value) return AsExpected::kUnknown;
  const double wanted = top1.get<double>();
  const bool sure = numerics::wilson_interval(*scored.value * scored.samples, scored.samples).high < wanted;
  return sure && *scored.value < wanted - kLeastHarm ? AsExpected::kNo : AsExpected::kYes;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void add(const Rule& rule, const char* pointer, Severity severity, double confidence, std::string message, std::vector<Finding>& findings) {
  Finding finding = finding_of(rule, severity, evidence::Proof::kFile, std::move(message));
  finding.confidence = confidence;
  finding.where = {.stage = "model", .pointer = pointer};
  findings.push_back(std::move(finding));
}

bool look_at_hash(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  const json& wanted = a_case.app.expect.value("sha256", json());
  if (!wanted.is_string()) return false;
  const std::string given = sha256(*a_case.model->bytes);
  if (lower(wanted.get<std::string>()) == given) return false;
  const AsExpected as_expected = measured_as_expected(a_case);
  const app::Scored& scored = a_case.symptom.evaluation.scored;
  std::string why;
  if (as_expected == AsExpected::kNo)
    why = fmt::format(" It answers right in {:.1f} % of {} samples; {:.1f} % were expected.", 100 * *scored.value, scored.samples, 100 * a_case.app.expect["top1"].get<double>());
  if (as_expected == AsExpected::kYes) why = " It does as well as expected, so that the hash in the app file may be the one that is old.";
  const Severity severity = as_expected == AsExpected::kNo ? Severity::kError : as_expected == AsExpected::kYes ? Severity::kNote : Severity::kWarning;
  add(rule, "/expect/sha256", severity, as_expected == AsExpected::kNo ? 0.97 : 0.9,
      fmt::format("The model file has SHA-256 {}…, the app expects {}…: another file was shipped.{} Ship the file with that hash.", given.substr(0, 12),
                  wanted.get<std::string>().substr(0, 12), why),
      findings);
  return true;
}

/// Elements of one sample: the array's first axis counts samples.
size_t per_sample(const trace::Array& array) { return array.shape.empty() || array.shape[0] <= 0 ? 0 : array.elements() / static_cast<size_t>(array.shape[0]); }

/// Answers recorded on the desk, of a model with other outputs than this one.
void look_at_outputs(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  const json& file = a_case.app.expect.value("model_outputs", json());
  if (!file.is_string()) return;
  const auto desk = trace::read_npz(a_case.app.resolve(file.get<std::string>()));
  if (!desk) return;
  const graph::Subgraph& graph = a_case.model->main();
  for (int index : graph.outputs) {
    const graph::Tensor& output = graph.tensors[static_cast<size_t>(index)];
    const auto recorded = desk->find(output.name);
    if (recorded == desk->end()) continue;
    size_t elements = 1;
    for (size_t d = 0; d < output.shape.size(); ++d)
      if (d > 0 || output.shape[0] > 1) elements *= static_cast<size_t>(output.shape[d]);
    const bool varies = std::any_of(output.shape_signature.begin() + !output.shape_signature.empty(), output.shape_signature.end(), [](int32_t d) { return d < 0; });
    if (varies || per_sample(recorded->second) == elements) continue;
    add(rule, "/expect/model_outputs", Severity::kError, 0.95,
        fmt::format("Output {} has {} elements, the answers recorded on the desk have {} a sample: they come from another model. Ship that one, or record the "
                    "answers again.", output.label(), elements, per_sample(recorded->second)),
        findings);
    return;
  }
}

/// Metadata written for another model than the file has: of no use as a hint, and a sign that files were mixed up.
void look_at_metadata(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  for (const Contradiction& one : metadata_against_model(a_case))
    add(rule, one.pointer.c_str(), Severity::kNote, 0.8, fmt::format("The metadata inside the file do not fit the model: {}. They were written for another one.", one.text), findings);
}

/// What no experiment upheld is still worth knowing.
void conclude(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  if (!a_case.model) return;
  const bool told = std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.code[0] == 'L' && f.severity != Severity::kNote; });
  for (const Contradiction& one : metadata_against_app(a_case)) {
    if (told && one.pointer == "/output/labels") continue;
    add(rule, one.pointer.c_str(), Severity::kNote, 0.5, fmt::format("The app does not do what the metadata inside the model file say: {}. The samples do not show that it hurts.", one.text), findings);
  }
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<Finding>& findings) {
  if (!a_case.model) return;
  if (look_at_hash(rule, a_case, findings)) return;
  look_at_outputs(rule, a_case, findings);
  look_at_metadata(rule, a_case, findings);
}

}  // namespace

extern constinit const Rule unit_unexpected_model{
    .code = "F004",
    .name = "unexpected-model",
    .summary = "the file is not the model that the app was written for",
    .documentation = R"(## What it finds
A model file whose hash is not the one that `expect` promises, whose outputs have another size than the answers recorded on the
desk, or whose metadata describe another signature, other pictures or another number of labels. As a note: what the metadata
want of the app's numbers and labels and the app does otherwise, where no experiment shows that it hurts.

## Why it hurts
An old, unfinished or foreign model answers, and the search for the fault goes on in the app, where there is none.

## Evidence
The SHA-256 of the file; the shapes of recorded answers; where `expect` says how well the model did and truth is at hand,
that figure against the one measured now.

## Example
The build picked up last week's checkpoint: 59 % instead of 96 % right.

## Fix safety
There is no patch: ship the file that was tested.

## When to ignore it
After a deliberate update, when the model does as well as expected: then it is only a note, and the hash in the app file is
what is old.
)",
    .look = &look,
    .conclude = &conclude,
};

}  // namespace whyzero::rules
