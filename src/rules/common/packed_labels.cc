#include "rules/common/packed_labels.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// Share of the classes that must have the same text in both lists, once one is moved.
constexpr double kSameList = 0.9;
/// Without truth nothing but the file speaks for its list, and metadata can be another model's.
constexpr double kConfidence = 0.8;

/// What the app shows for class c; nothing where its list has no such line.
std::optional<std::string> shown(const app::Output& output, int c) {
  const int64_t line = int64_t{c} + output.label_offset;
  if (line < 0 || line >= static_cast<int64_t>(output.labels->size())) return std::nullopt;
  return (*output.labels)[static_cast<size_t>(line)];
}

/// Classes whose text is that of the packed list `by` lines further on, as a share of those that have one.
double agreement(const app::Output& output, const std::vector<std::string>& packed, int by) {
  int same = 0, both = 0;
  const int classes = static_cast<int>(packed.size());
  for (int c = std::max(0, -by); c < classes && c + by < classes; ++c) {
    const auto text = shown(output, c);
    if (!text) continue;
    ++both;
    same += *text == packed[static_cast<size_t>(c + by)];
  }
  return both > 0 ? double(same) / both : 0;
}

bool same_texts(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

std::optional<PackedDifference> packed_difference(const evidence::Case& a_case) {
  const app::Output& output = a_case.app.output;
  if (!a_case.model || !a_case.binding || !output.labels || a_case.classes < 2) return std::nullopt;
  auto packed = app::packed_labels(*a_case.model, static_cast<size_t>(a_case.binding->output));
  if (!packed || packed->labels.size() != static_cast<size_t>(a_case.classes)) return std::nullopt;
  bool same = true;
  for (int c = 0; c < a_case.classes; ++c) same = same && shown(output, c) == packed->labels[static_cast<size_t>(c)];
  if (same) return std::nullopt;
  PackedDifference difference{std::move(*packed), "", ""};
  const std::vector<std::string>& labels = difference.packed.labels;
  if (output.labels->size() != labels.size() && output.label_offset == 0) {
    difference.code = "L003";
    difference.text = fmt::format("{} labels instead of {}", output.labels->size(), labels.size());
    return difference;
  }
  for (int by : {1, -1, 2, -2})
    if (agreement(output, labels, by) >= kSameList && agreement(output, labels, 0) < kSameList) {
      difference.code = "L001";
      difference.text = fmt::format("the same labels, moved by {}", std::abs(by));
      return difference;
    }
  if (!same_texts(*output.labels, labels)) return std::nullopt;  // other words for the classes, or another language
  difference.code = "L002";
  difference.text = "the same labels in another order";
  return difference;
}

void propose_packed(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.labelled()) return;
  auto difference = packed_difference(a_case);
  if (!difference || difference->code != rule.code) return;
  evidence::Hypothesis h;
  h.code = rule.code;
  h.axis = "labels";
  h.text = fmt::format("take the labels that are packed into the model file ({})", difference->packed.file);
  h.pointer = "/output/labels";
  h.prior = 3;
  h.declared = true;
  h.side = evidence::Side::kOutput;
  h.edit = [labels = std::move(difference->packed.labels)](const json& document) -> std::optional<json> {
    json changed = document;
    changed["output"]["labels"] = labels;
    changed["output"].erase("label_offset");
    return changed;
  };
  hypotheses.push_back(std::move(h));
}

void look_at_packed(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (a_case.labelled()) return;
  const auto difference = packed_difference(a_case);
  if (!difference || difference->code != rule.code) return;
  evidence::Finding finding = finding_of(rule, evidence::Severity::kWarning, evidence::Proof::kFile,
                                         fmt::format("The model file itself holds the labels of its classes ({}), and the app shows {}. Take the packed list.",
                                                     difference->packed.file, difference->text));
  finding.where = {.stage = "labels", .pointer = "/output/labels"};
  finding.confidence = kConfidence;
  finding.fix = evidence::Fix{};
  finding.fix->safety = evidence::Safety::kDisplay;
  findings.push_back(std::move(finding));
}

}  // namespace whyzero::rules
