// L003 label-count: the number of labels is not the number of classes.
#include "rules/rule.h"

#include <algorithm>
#include <fmt/format.h>

#include "rules/common/packed_labels.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

bool blank(const std::string& label) { return label.find_first_not_of(" \t\xef\xbb\xbf") == std::string::npos; }

bool applies(const evidence::Case& a_case) {
  return a_case.binding && a_case.app.output.labels && a_case.classes > 1 &&
         a_case.app.output.labels->size() != static_cast<size_t>(a_case.classes);
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!applies(a_case)) return;
  if (!a_case.labelled() && packed_difference(a_case)) return look_at_packed(rule, a_case, findings);
  // Whether it hurts is for the experiment to say; without truth a wrong count is all there is.
  evidence::Finding finding = finding_of(rule, a_case.labelled() ? evidence::Severity::kNote : evidence::Severity::kWarning, evidence::Proof::kStatic,
                                         fmt::format("There are {} labels for {} classes.", a_case.app.output.labels->size(), a_case.classes));
  finding.where = {.stage = "labels", .pointer = "/output/labels"};
  finding.confidence = a_case.labelled() ? 0.9 : 0.7;
  findings.push_back(std::move(finding));
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!applies(a_case) || !a_case.labelled()) return;
  const std::vector<std::string>& labels = *a_case.app.output.labels;
  propose_packed(rule, a_case, hypotheses);
  const auto add = [&](std::vector<std::string> list, std::string text, double prior) {
    evidence::Hypothesis h;
    h.code = rule.code;
    h.axis = "labels";
    h.text = std::move(text);
    h.pointer = "/output/labels";
    h.prior = prior;
    h.declared = list.size() == static_cast<size_t>(a_case.classes);
    h.side = evidence::Side::kOutput;
    h.edit = [list = std::move(list)](const json& document) -> std::optional<json> {
      json changed = document;
      changed["output"]["labels"] = list;
      return changed;
    };
    hypotheses.push_back(std::move(h));
  };
  std::vector<std::string> full = labels;
  std::erase_if(full, blank);
  if (full.size() != labels.size()) add(full, "leave out blank lines", 3.0);
  std::vector<std::string> without_first(labels.begin() + std::min<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(labels.size())), labels.end());
  if (labels.size() > static_cast<size_t>(a_case.classes)) add(without_first, "leave out the first line", 2.0);
  if (labels.size() < static_cast<size_t>(a_case.classes)) {
    std::vector<std::string> with_background = labels;
    with_background.insert(with_background.begin(), "background");
    add(std::move(with_background), "put a background class in front", 2.0);
  }
}

}  // namespace

extern constinit const Rule unit_label_count{
    .code = "L003",
    .name = "label-count",
    .summary = "the number of labels is not the number of classes",
    .documentation = R"(## What it finds
A label file with more or fewer lines than the model has classes: blank lines, a header, a byte order mark, a missing
background class.

## Why it hurts
From the odd line on every answer has the wrong name.

## Evidence
The length of the list against the output's; which line is too many or missing is tried against the truth, and so is a label
file packed into the model file.

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
