// L001 label-offset: all labels are moved by a constant.
#include "rules/rule.h"

#include <algorithm>
#include <cstdlib>

#include "rules/common/label_orders.h"
#include "rules/common/packed_labels.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

evidence::Hypothesis hypothesis(const Rule& rule, std::string text, std::string pointer, double prior, bool declared) {
  evidence::Hypothesis h;
  h.code = rule.code;
  h.axis = "labels";
  h.text = std::move(text);
  h.pointer = std::move(pointer);
  h.prior = prior;
  h.declared = declared;
  h.side = evidence::Side::kOutput;
  return h;
}

void propose_moves(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  propose_packed(rule, a_case, hypotheses);
  const app::Output& output = a_case.app.output;
  for (int shift : {-1, 1, -2, 2}) {
    const int offset = output.label_offset + shift;
    auto h = hypothesis(rule, "read label " + std::string(offset < 0 ? "i - " : "i + ") + std::to_string(std::abs(offset)) + " for class i",
                        "/output/label_offset", std::abs(shift) == 1 ? 1.0 : 0.2, offset == 0);
    if (offset == 0) h.text = "read label i for class i";
    h.edit = [offset](const json& document) -> std::optional<json> {
      json changed = document;
      changed["output"]["label_offset"] = offset;
      if (offset == 0) changed["output"].erase("label_offset");
      return changed;
    };
    hypotheses.push_back(std::move(h));
  }
  // A list that was rolled: the first labels stand last. Only short lists: every turn is one more hypothesis to pay for. Of two labels
  // a turn is an exchange (L002).
  if (!output.labels || output.labels->size() != static_cast<size_t>(a_case.classes) || a_case.classes > 32 || a_case.classes < 3) return;
  for (int turn = 1; turn < a_case.classes; ++turn) {
    std::vector<std::string> labels = *output.labels;
    std::rotate(labels.begin(), labels.begin() + turn, labels.end());
    auto h = hypothesis(rule, "turn the label list by " + std::to_string(turn), "/output/labels", turn == 1 || turn == a_case.classes - 1 ? 0.3 : 0.05, false);
    h.edit = [labels](const json& document) -> std::optional<json> {
      json changed = document;
      changed["output"]["labels"] = labels;
      return changed;
    };
    hypotheses.push_back(std::move(h));
  }
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.labelled() || a_case.classes < 2) return;
  propose_moves(rule, a_case, hypotheses);
  drop_flattering(rule, a_case, hypotheses);
}

}  // namespace

extern constinit const Rule unit_label_offset{
    .code = "L001",
    .name = "label-offset",
    .summary = "all labels are moved by a constant",
    .documentation = R"(## What it finds
labels[i + 1], a background row that only one side has, a list that starts one line too late.

## Why it hurts
Every answer has its neighbour's name: 0 % accuracy with a perfect model.

## Evidence
The same answers read with other offsets; the truth decides. A label file packed into the model file is tried first.

## Example
A label file with 1000 lines for a model with 1001 classes, the first of which is background.

## Fix safety
Safe: the offset or the list changes.

## When to ignore it
Without truth only the model's own packed list can show it.
)",
    .look = &look_at_packed,
    .propose = &propose,
};

}  // namespace whyzero::rules
