#include "rules/common/quantization.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/score.h"
#include "evidence/search.h"

namespace whyzero::rules {
namespace {

using evidence::QuantizationEvidence;
using evidence::RoundedTensor;

constexpr Convention kConventions[] = {
    {0, 1, "x / 255"},
    {-1, 1, "x / 127.5 - 1"},
    {0, 255, "the bytes as they are"},
    {-128, 127, "x - 128"},
    {-0.5, 0.5, "x / 255 - 0.5"},
    {-2.118, 2.64, "(x / 255 - mean) / deviation with ImageNet's statistics"},
    {-123.7, 151.1, "x - ImageNet's mean"},
};
/// A recorded range differs from the whole one by the darkest and brightest pixel met, and by its rounding to the grid.
constexpr double kConventionSlack = 0.02;
/// Of the input's values clipped, or of its levels used, where another convention was recorded.
constexpr double kClippedInput = 0.02, kUsedInput = 0.3;
/// Parts of a concatenation are this far apart where the smaller is left with fewer than 16 of 256 levels.
constexpr double kApart = 16;
/// The largest part of a concatenation must fill its range: a range that is too wide for all parts is another cause.
constexpr double kFilled = 0.25;

bool misfits(const RoundedTensor& input) {
  return input.range.clipped_share() > kClippedInput || input.range.levels_used(input.grid) < kUsedInput * input.grid.levels();
}

double magnitude(const quantize::ActivationRange& range) { return std::max(std::fabs(range.low), std::fabs(range.high)); }

/// The concatenation whose parts are far apart and have to do with a tensor that is to blame.
int uneven_concatenation(const evidence::Case& a_case, const QuantizationEvidence& evidence, std::span<const RoundedTensor* const> tensors) {
  for (const graph::Node& node : a_case.model->main().nodes) {
    if (node.custom() || node.op != schema::BuiltinOperator_CONCATENATION) continue;
    double least = INFINITY, most = 0;
    bool to_blame = false, filled = false;
    for (int t : node.inputs) {
      if (t < 0 || evidence.ranges[static_cast<size_t>(t)].count == 0) continue;
      const quantize::ActivationRange& range = evidence.ranges[static_cast<size_t>(t)];
      const quantize::Grid grid = quantize::grid_of(a_case.model->main().tensors[static_cast<size_t>(t)]);
      least = std::min(least, magnitude(range));
      most = std::max(most, magnitude(range));
      filled = filled || magnitude(range) > kFilled * std::max(std::fabs(grid.least()), std::fabs(grid.most()));
    }
    for (const RoundedTensor* rounded : tensors)
      to_blame = to_blame || std::find(node.inputs.begin(), node.inputs.end(), rounded->tensor) != node.inputs.end() ||
                 std::find(node.outputs.begin(), node.outputs.end(), rounded->tensor) != node.outputs.end();
    if (to_blame && filled && most > kApart * least) return node.index;
  }
  return -1;
}

}  // namespace

const Convention* convention_of(const quantize::Grid& grid) {
  for (const Convention& one : kConventions) {
    const double slack = kConventionSlack * (one.high - one.low);
    if (std::fabs(grid.least() - one.low) <= slack && std::fabs(grid.most() - one.high) <= slack) return &one;
  }
  return nullptr;
}

QuantizationCause cause_of(const evidence::Case& a_case, const QuantizationEvidence& evidence) {
  QuantizationCause cause;
  if (!evidence.weights.empty()) {
    cause.code = "Q004";
    return cause;
  }
  if (!evidence.lifting_helps) {
    cause.code = "Q008";  // nothing was gained by lifting: only the desk tells
    return cause;
  }
  for (const RoundedTensor& suspect : evidence.suspects)
    if (suspect.cost.value_or(0) >= evidence::kLeastHarm) cause.tensors.push_back(&suspect);
  cause.alone = !cause.tensors.empty();
  if (!cause.alone)
    for (const RoundedTensor& suspect : evidence.suspects) cause.tensors.push_back(&suspect);
  if (cause.tensors.empty()) {
    cause.code = "Q005";
    return cause;
  }
  double clipped = 0, coarse = 0;
  for (const RoundedTensor* tensor : cause.tensors) (tensor->range.clips() ? clipped : coarse) += cause.alone ? *tensor->cost : 1;
  const std::string_view by_error = clipped > coarse ? "Q001" : "Q002";

  cause.concatenation = uneven_concatenation(a_case, evidence, cause.tensors);
  for (const RoundedTensor& input : evidence.inputs)
    if (const Convention* convention = convention_of(input.grid); convention && misfits(input) && !cause.calibrated) {
      cause.calibrated = convention;
      cause.input = &input;
    }
  const bool widespread = 2 * evidence.suspects.size() >= static_cast<size_t>(evidence.activations);
  if (cause.calibrated) {
    cause.code = "Q003";
    cause.alternatives = {std::string(by_error)};
  } else if (cause.concatenation >= 0 && by_error == "Q002") {
    cause.code = "Q006";
    cause.alternatives = {"Q002"};
  } else {
    cause.code = by_error;
    if (widespread) cause.alternatives = {"Q003"};
    else if (cause.tensors.size() == 1) cause.alternatives = {"Q005"};
  }
  return cause;
}

std::string describe_range(const evidence::Case& a_case, const RoundedTensor& rounded) {
  const quantize::ActivationRange& range = rounded.range;
  std::string text = fmt::format("{} holds {:.3g}…{:.3g}, its values span {:.3g}…{:.3g}", a_case.model->main().tensors[static_cast<size_t>(rounded.tensor)].label(),
                                 rounded.grid.least(), rounded.grid.most(), range.low, range.high);
  if (range.clipped > 0) text += fmt::format(" ({:.2g} % beyond the ends)", 100 * range.clipped_share());
  if (!range.clips()) text += fmt::format(" ({:.0f} of {} levels)", range.levels_used(rounded.grid), rounded.grid.levels());
  if (rounded.cost) {
    const double points = std::round(100 * *rounded.cost);
    text += points <= 0 ? "; rounding it alone costs nothing" : fmt::format("; rounding it alone costs {:.0f} point{}", points, points == 1 ? "" : "s");
  }
  return text;
}

const char* which_first(const QuantizationCause& cause) {
  if (cause.tensors.size() == 1) return "";
  return cause.alone ? ", the costliest first" : ", none of which costs much alone; one of them";
}

evidence::Finding quantization_finding(const Rule& rule, const evidence::Case& a_case, const QuantizationEvidence& evidence,
                                       const QuantizationCause& cause, std::string message) {
  const std::string metric = app::metric_name(a_case.symptom.evaluation.scored.metric);
  const auto shown = [&](std::optional<double> value) {
    if (!value) return std::string("nothing");
    return metric == "top1" ? fmt::format("{:.1f} %", 100 * *value) : fmt::format("{:.2f}", *value);
  };
  if (evidence.information)
    message += fmt::format(" With no activation rounded the answers tell the samples apart to {:.0f} % of what is possible instead of {:.0f} %: its quantization is likely to blame.",
                           100 * evidence.information->second, 100 * evidence.information->first);
  else if (evidence.lifting_helps)
    message += fmt::format(" With no activation rounded the model reaches {} {} instead of {} on the same {} samples: its quantization is to blame, not the app.", metric,
                         shown(evidence.lifted), shown(evidence.as_deployed), evidence.samples);
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kExperiment, std::move(message));
  finding.confidence = cause.alone ? 0.95 : 0.9;
  if (evidence.information) {
    finding.proof = evidence::Proof::kStatistics;
    finding.confidence = 0.85;
  }
  finding.where = {.stage = "model", .pointer = "/model"};
  if (!cause.tensors.empty()) {
    finding.where.tensor = cause.tensors.front()->tensor;
    finding.where.node = cause.tensors.front()->node;
  }
  finding.alternatives = cause.alternatives;
  evidence::Measured whole;
  whole.metric = metric;
  whole.before = evidence.as_deployed;
  whole.after = evidence.lifted;
  whole.samples = evidence.samples;
  whole.p_value = evidence.p_value;
  whole.text = "no activation rounded";
  if (evidence.information) {
    whole.metric = "information";
    whole.before = evidence.information->first;
    whole.after = evidence.information->second;
    whole.p_value.reset();
  }
  finding.evidence.push_back(whole);
  // Where weights are to blame the activations prove nothing; where some activations cost, those that cost nothing do not.
  const auto proves = [&](const RoundedTensor& suspect) {
    return suspect.cost && evidence.lifted && evidence.weights.empty() && (!cause.alone || *suspect.cost >= 0.005);
  };
  for (const RoundedTensor& suspect : evidence.suspects)
    if (proves(suspect)) {
      evidence::Measured one;
      one.metric = metric;
      one.before = *evidence.lifted - *suspect.cost;
      one.after = evidence.lifted;
      one.samples = evidence.samples;
      one.text = describe_range(a_case, suspect);
      finding.evidence.push_back(one);
    }
  if (evidence.desk) {
    evidence::Measured desk;
    desk.metric = metric;
    desk.before = evidence.as_deployed;
    desk.after = evidence.desk->value;
    desk.samples = evidence.desk->samples;
    desk.p_mcnemar = evidence.desk->p_value;
    desk.text = fmt::format("the float model's recorded outputs decide alike on {} of {} samples", evidence.desk->agree, evidence.desk->samples);
    finding.evidence.push_back(desk);
    if (rule.code != "Q008") finding.alternatives.push_back("Q008");
  }
  finding.fix.emplace().safety = evidence::Safety::kDisplay;
  return finding;
}

}  // namespace whyzero::rules
