// M008 embedded-preprocessing: the graph itself rescales its input.
#include <fmt/format.h>

#include "app/convention.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model) return;
  const graph::Subgraph& graph = a_case.model->main();
  for (size_t k = 0; k < graph.inputs.size(); ++k) {
    const graph::Tensor& input = graph.tensors[static_cast<size_t>(graph.inputs[k])];
    const auto inside = app::embedded_rescaling(*a_case.model, k);
    if (!inside || input.shape.size() < 2) continue;
    const bool table = input.shape.size() == 2;
    // Of numbers in a table a multiplication of all may be anything; one constant a column is a normalization.
    if (table && (inside->scale.size() < 2 || inside->scale.size() != static_cast<size_t>(input.shape[1]))) continue;
    const double scale = inside->scale[0], offset = inside->offset[0];
    const double fed = scale * 255 > 20 ? 1 : 255;  // what it is made for: numbers to 1, or bytes
    const std::string message =
        table ? fmt::format("The model itself normalizes the columns of its input {}, the first by {}. An app that standardizes as well does it twice.", input.label(), app::in_words(*inside))
              : fmt::format("The model itself rescales its input {}: it computes with {}, so that 0…{:g} becomes {:.4g}…{:.4g}. An app that normalizes as well does it twice.", input.label(),
                            app::in_words(*inside), fed, offset, fed * scale + offset);
    evidence::Finding finding = finding_of(rule, evidence::Severity::kNote, evidence::Proof::kFile, message);
    finding.confidence = table ? 0.9 : 0.95;
    finding.where = {.stage = "model", .pointer = "/model", .tensor = input.index, .node = inside->first_node};
    finding.alternatives = {"P003"};
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern constinit const Rule unit_embedded_preprocessing{
    .code = "M008",
    .name = "embedded-preprocessing",
    .summary = "the graph itself rescales its input",
    .documentation = R"(## What it finds
Multiplications, divisions, additions and subtractions with constants between the input and the first operator with weights.

## Why it hurts
It does not, as long as the app knows: such a model wants the pixels as they are. An app that normalizes as for other models
feeds a nearly constant picture.

## Evidence
The first operators of the file and their constants.

## Example
A Keras model with a `Rescaling(1/127.5, offset=-1)` layer.

## Fix safety
None is needed. Where the app normalizes too, P003 or P002 proves it and gives the patch.

## When to ignore it
When the app feeds what the note says.
)",
    .look = &look,
};

}  // namespace whyzero::rules
