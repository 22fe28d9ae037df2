// P019 state-not-reset: what a recurrent model remembers of one sample is carried into the next.
#include "rules/rule.h"

#include "app/evaluate.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  // Samples that follow each other by design need what the model remembers.
  if (a_case.app.samples_are_sequence || a_case.app.reset_between || !app::keeps_state(*a_case.model)) return;
  evidence::Hypothesis h;
  h.code = rule.code;
  h.axis = "state";
  h.text = "reset the model's state before every sample";
  h.pointer = "/state/reset_between";
  h.declared = true;
  h.edit = [](const json& document) -> std::optional<json> {
    json changed = document;
    changed["state"]["reset_between"] = true;
    return changed;
  };
  hypotheses.push_back(std::move(h));
}

}  // namespace

extern constinit const Rule unit_state_not_reset{
    .code = "P019",
    .name = "state-not-reset",
    .summary = "what a recurrent model remembers of one sample is carried into the next",
    .documentation = R"(## What it finds
A model that keeps state (variable tensors of LSTM, GRU or SVDF layers) and is run on samples that have nothing to do with each
other, on one interpreter, without a reset in between.

## Why it hurts
The answer depends on the samples before it: the first is right, the others drift.

## Evidence
The same samples with the state reset before each.

## Example
A keyword spotter that classifies one recording after the other without reset_all_variables().

## Fix safety
Safe: the state is reset between samples (interpreter.reset_all_variables()).

## When to ignore it
When the samples are one sequence: say so with "samples_are_sequence".
)",
    .propose = &propose,
};

}  // namespace whyzero::rules
