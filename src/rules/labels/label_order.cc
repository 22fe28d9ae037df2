// L002 label-order: the labels stand in another order than the classes.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "evidence/sample_score.h"
#include "evidence/spread.h"
#include "rules/common/label_orders.h"
#include "rules/common/packed_labels.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// What a fitted order must show on samples that it was not fitted on, before it is a hypothesis at all.
constexpr double kFitted = 1e-4, kLeastGain = 0.05;

evidence::Hypothesis hypothesis(const Rule& rule, std::string text, std::vector<std::string> labels, double prior) {
  evidence::Hypothesis h;
  h.code = rule.code;
  h.axis = "labels";
  h.text = std::move(text);
  h.pointer = "/output/labels";
  h.prior = prior;
  h.declared = labels.size() == 2;
  h.side = evidence::Side::kOutput;
  h.edit = [labels = std::move(labels)](const json& document) -> std::optional<json> {
    json changed = document;
    changed["output"]["labels"] = labels;
    return changed;
  };
  return h;
}

void propose_fitted(const Rule& rule, const evidence::Case& a_case, const app::Evaluation& evaluation, const std::vector<std::string>& labels,
                    std::vector<evidence::Hypothesis>& hypotheses) {
  const auto fitted = fitted_order(a_case, evaluation, labels);
  if (!fitted || fitted->labels == labels || fitted->p_value > kFitted || fitted->right < fitted->before + kLeastGain * fitted->samples) return;
  auto h = hypothesis(rule, fmt::format("give the labels in the order that the answers fit (right on {} of {} samples that it was not fitted on, instead of {})", fitted->right,
                                                    fitted->samples, fitted->before),
                      fitted->labels, 0.05);
  // A permutation fits whatever exchanges classes, a mirror for one: the likelier causes come first.
  h.last_resort = true;
  hypotheses.push_back(std::move(h));
}

void propose_orders(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  propose_packed(rule, a_case, hypotheses);
  const auto& given = a_case.app.output.labels;
  const bool counted = given && given->size() == static_cast<size_t>(a_case.classes);  // otherwise it is L003
  if (const auto named = fitted_names(a_case); named && counted) {
    auto h = hypothesis(rule,
                        fmt::format("take the list that came with the model: not one label of the truth is in this one (unless the truth only names the classes otherwise). "
                                    "With the truth's names, in the order that the answers fit, {} of {} samples that it was not fitted on are right",
                                    named->right, named->samples),
                        named->labels, 0.5);
    h.last_resort = true;
    hypotheses.push_back(std::move(h));
    return;
  }
  const auto labels = labels_of(a_case);
  if (!labels) return;
  for (const LabelOrder& order : usual_orders(*labels)) hypotheses.push_back(hypothesis(rule, order.text, order.labels, order.prior));
  propose_fitted(rule, a_case, a_case.symptom.evaluation, *labels, hypotheses);
  if (a_case.most_telling) propose_fitted(rule, a_case, *a_case.most_telling, *labels, hypotheses);
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.labelled() || a_case.classes < 2) return;
  propose_orders(rule, a_case, hypotheses);
  drop_flattering(rule, a_case, hypotheses);
}

/// How well the answers tell the samples apart, as a share of the possible.
double information(const evidence::Case& a_case) {
  evidence::Spread spread;
  for (const auto& answer : a_case.symptom.evaluation.answers)
    if (answer && answer->label) spread.add(evidence::probabilities(a_case.app.output, a_case.binding->output_tensor, *answer), *answer->label);
  return spread.most() > 0 ? std::min(spread.information(), spread.diversity()) / spread.most() : 0;
}

/// More classes than samples can sort: a model that is sure and tells the samples apart, and is never right, has other labels.
void conclude(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  constexpr int kLeastClasses = 50, kLeastSamples = 30;
  constexpr double kTells = 0.6;  // healthy classifiers of many classes reach 0.7 to 0.9, broken inputs stay below 0.4
  if (!a_case.labelled() || a_case.symptom.failure || a_case.classes < kLeastClasses) return;
  const auto& labels = a_case.app.output.labels;
  const auto& scored = a_case.symptom.evaluation.scored;
  if (!labels || scored.metric != app::Metric::kTop1 || !scored.value || scored.samples < kLeastSamples || *scored.value > 0.05) return;
  const double told = information(a_case);
  if (told < kTells) return;
  const bool sorted = std::is_sorted(labels->begin(), labels->end());
  evidence::Finding finding = finding_of(
      rule, evidence::Severity::kError, evidence::Proof::kStatistics,
      fmt::format("The answers tell the {} samples apart to {:.0f} % of what is possible, and {:.0f} % of their labels are right: the model sees well, and its classes have other labels than "
                  "the list says.{} No offset mends it, and the order cannot be solved for with fewer than two samples a class: take the label file that came with the model.",
                  scored.samples, 100 * told, 100 * *scored.value, sorted ? " The list is sorted alphabetically, which the classes of a model rarely are." : ""));
  finding.confidence = sorted ? 0.9 : 0.75;
  finding.where = {.stage = "labels", .pointer = "/output/labels"};
  finding.fix = evidence::Fix{};
  finding.fix->safety = evidence::Safety::kDisplay;
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_label_order{
    .code = "L002",
    .name = "label-order",
    .summary = "the labels stand in another order than the classes",
    .documentation = R"(## What it finds
A label list that is a permutation of the right one: sorted where the model's classes are not, or the other way round, reversed,
ordered as 0, 1, 10, 11, 2, or of another version of the data set. The list of another model.

## Why it hurts
The model is right and every answer has another name, always the same wrong one.

## Evidence
A label file packed into the model file and the usual orders, tried on the same answers. Then the order that the table of answers against truth fits best (an optimal
assignment), judged on the half of the samples that it was not fitted on, and never with more than one class for two samples. A
mirrored or turned photo exchanges classes as well, and is tried first.

## Example
labels = sorted(os.listdir("train")) in the app, and class_names in the order of a dictionary in training.

## Fix safety
Safe: the patch holds the corrected list.

## When to ignore it
Without truth only the model's own packed list can show it.
)",
    .look = &look_at_packed,
    .propose = &propose,
    .conclude = &conclude,
};

}  // namespace whyzero::rules
