// L003 label-count: the number of labels is not the number of classes.
#include "rules/rule.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "app/edit.h"
#include "numerics/sign_flip.h"
#include "rules/common/label_orders.h"
#include "rules/common/packed_labels.h"
#include "rules/common/tidy_labels.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// Samples whose truth is no line of the list as it is, and the answer once it is tidied: so many, and this share of all, are no accident.
constexpr int kTellingGain = 3;
constexpr double kLeastGain = 0.05;
/// What leaving out or putting in one line, at the place that suits the answers best, must show against all the places that were tried.
constexpr double kFitted = 1e-3;

bool wrong_count(const evidence::Case& a_case) { return a_case.app.output.labels->size() != static_cast<size_t>(a_case.classes); }

bool applies(const evidence::Case& a_case) { return a_case.binding && a_case.app.output.labels && a_case.classes > 1; }

/// The class that an answer names, and the truth of its sample, where that is a text.
struct Told {
  int class_index = 0;
  std::string truth;
};

std::vector<Told> told_by(const evidence::Case& a_case) {
  std::vector<Told> told;
  const auto& answers = a_case.symptom.evaluation.answers;
  for (size_t i = 0; i < answers.size() && i < a_case.truth.labels.size(); ++i)
    if (answers[i] && answers[i]->label && a_case.truth.labels[i]) told.push_back({*answers[i]->label, *a_case.truth.labels[i]});
  return told;
}

bool is_right(const std::vector<std::string>& labels, const Told& told) {
  return told.class_index >= 0 && told.class_index < static_cast<int>(labels.size()) && labels[static_cast<size_t>(told.class_index)] == told.truth;
}

struct Gain {
  int gained = 0, lost = 0;
};

Gain gain_of(const std::vector<Told>& told, const std::vector<std::string>& before, const std::vector<std::string>& after) {
  Gain gain;
  for (const Told& one : told) {
    const bool was = is_right(before, one), is = is_right(after, one);
    gain.gained += is && !was;
    gain.lost += was && !is;
  }
  return gain;
}

json with_labels(const json& document, const std::vector<std::string>& labels) {
  json changed = document;
  changed["output"]["labels"] = labels;
  return changed;
}

/// Labels of the truth that no line can ever equal, and names that lie in the lines all the same: what was left in the file is the fault, and no test
/// is needed for it.
bool look_at_form(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  const auto& truth = a_case.truth;
  if (truth.unknown_labels.empty() || a_case.app.output.label_offset != 0) return false;
  const std::vector<std::string>& labels = *a_case.app.output.labels;
  const std::vector<Told> told = told_by(a_case);
  const auto known_in = [&](const std::vector<std::string>& list) {
    return std::count_if(truth.unknown_labels.begin(), truth.unknown_labels.end(), [&](const std::string& name) { return std::find(list.begin(), list.end(), name) != list.end(); });
  };
  for (const TidyLabels& tidy : tidy_labels(labels, a_case.classes)) {
    const Gain gain = gain_of(told, labels, tidy.labels);
    if (known_in(tidy.labels) == 0 || gain.lost > 0 || gain.gained < kTellingGain || gain.gained < kLeastGain * static_cast<double>(told.size())) continue;
    evidence::Finding finding = finding_of(
        rule, evidence::Severity::kError, evidence::Proof::kStatic,
        fmt::format("The lines of the label file are not the bare names of the classes: {} (line 1 is \"{}\"). As they are, {} of {} right answers are shown by texts that no truth equals. "
                    "Write one name a line, in UTF-8, and nothing else.",
                    tidy.text, labels.empty() ? "" : labels.front().substr(0, 60), gain.gained, told.size()));
    finding.where = {.stage = "labels", .pointer = "/output/labels"};
    finding.confidence = 0.97;
    finding.alternatives = {"L002", "D002"};
    finding.fix = evidence::Fix{};
    finding.fix->patch = app::make_patch(a_case.app.document, with_labels(a_case.app.document, tidy.labels));
    findings.push_back(std::move(finding));
    return true;
  }
  return false;
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!applies(a_case)) return;
  if (a_case.labelled() && look_at_form(rule, a_case, findings)) return;
  if (!wrong_count(a_case)) return;
  if (!a_case.labelled() && packed_difference(a_case)) return look_at_packed(rule, a_case, findings);
  // Whether it hurts is for the experiment to say; without truth a wrong count is all there is.
  evidence::Finding finding = finding_of(rule, a_case.labelled() ? evidence::Severity::kNote : evidence::Severity::kWarning, evidence::Proof::kStatic,
                                         fmt::format("There are {} labels for {} classes.", a_case.app.output.labels->size(), a_case.classes));
  finding.where = {.stage = "labels", .pointer = "/output/labels"};
  finding.confidence = a_case.labelled() ? 0.9 : 0.7;
  findings.push_back(std::move(finding));
}

/// One line too many, or one too few: the list without or with it, at the place that makes most answers right; nothing where that may be luck.
std::optional<TidyLabels> one_line_off(const evidence::Case& a_case) {
  const std::vector<std::string>& labels = *a_case.app.output.labels;
  const auto classes = static_cast<size_t>(a_case.classes);
  const std::vector<Told> told = told_by(a_case);
  if (labels.size() != classes + 1 && labels.size() + 1 != classes) return std::nullopt;
  const bool surplus = labels.size() > classes;
  const std::set<std::string> known(labels.begin(), labels.end());
  std::string missing = "a class without a name";
  for (const std::string& name : a_case.truth.unknown_labels)
    if (a_case.truth.unknown_labels.size() == 1) missing = name;
  std::optional<TidyLabels> best;
  int most = 0;
  double p_value = 1;
  for (size_t place = 0; place < std::max(labels.size(), classes); ++place) {
    std::vector<std::string> list = labels;
    const auto at = list.begin() + static_cast<std::ptrdiff_t>(place);
    if (surplus) list.erase(at);
    else list.insert(at, missing);
    const Gain gain = gain_of(told, labels, list);
    if (gain.gained - gain.lost <= most) continue;
    most = gain.gained - gain.lost;
    p_value = numerics::mcnemar_exact(gain.gained, gain.lost);
    best = TidyLabels{surplus ? fmt::format("leave out line {} (\"{}\")", place + 1, labels[place]) : fmt::format("a line is missing in front of line {}: put \"{}\" there", place + 1, missing),
                      std::move(list)};
  }
  return best && p_value * static_cast<double>(classes) <= kFitted ? best : std::nullopt;
}

void propose_lists(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  const std::vector<std::string>& labels = *a_case.app.output.labels;
  const auto add = [&](const std::vector<std::string>& list, std::string text, double prior) {
    evidence::Hypothesis h;
    h.code = rule.code;
    h.axis = "labels";
    h.text = std::move(text);
    h.pointer = "/output/labels";
    h.prior = prior;
    h.declared = list.size() == static_cast<size_t>(a_case.classes);
    h.side = evidence::Side::kOutput;
    h.edit = [list](const json& document) -> std::optional<json> { return with_labels(document, list); };
    hypotheses.push_back(std::move(h));
  };
  for (const TidyLabels& tidy : tidy_labels(labels, a_case.classes)) add(tidy.labels, tidy.text, 3.0);
  if (!wrong_count(a_case)) return;
  propose_packed(rule, a_case, hypotheses);
  const auto classes = static_cast<size_t>(a_case.classes);
  if (labels.size() > classes) add({labels.begin() + 1, labels.end()}, "leave out the first line", 2.0);
  if (labels.size() < classes) {
    std::vector<std::string> with_background = labels;
    with_background.insert(with_background.begin(), "background");
    add(with_background, "put a background class in front", 2.0);
  }
  if (const auto off = one_line_off(a_case)) add(off->labels, off->text, 1.0);
  if (const auto named = fitted_names(a_case)) {
    add(named->labels, "take the list that came with the model: not one label of the truth is in this one", 0.5);
    hypotheses.back().last_resort = true;
  }
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!applies(a_case) || !a_case.labelled()) return;
  propose_lists(rule, a_case, hypotheses);
  drop_flattering(rule, a_case, hypotheses);
}

}  // namespace

extern constinit const Rule unit_label_count{
    .code = "L003",
    .name = "label-count",
    .summary = "the number of labels is not the number of classes",
    .documentation = R"(## What it finds
A label file with more or fewer lines than the model has classes: blank lines, a header, comments, a doubled line, a missing
background class. Lines that hold more than the names: a byte order mark, numbers, quotes, columns, JSON, UTF-16.

## Why it hurts
From the odd line on every answer has the wrong name.

## Evidence
The length of the list against the output's; which line is too many or missing is tried against the truth, and so is a label
file packed into the model file. Names of the truth that no line equals and that lie in the lines all the same.

## Example
A CSV export whose first line is "label".

## Fix safety
Safe: the label list changes.

## When to ignore it
Surplus lines at the end harm nobody: then it is a note.
)",
    .look = &look,
    .propose = &propose,
};

}  // namespace whyzero::rules
