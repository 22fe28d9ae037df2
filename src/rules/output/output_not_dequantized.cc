// O001 output-not-dequantized: integers of a quantized output are read as numbers, or their bytes as another type.
#include "rules/rule.h"

#include <fmt/format.h>

#include "rules/common/decoding.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

bool is_quantized(const evidence::Case& a_case) {
  const app::TensorInfo& tensor = a_case.binding->output_tensor;
  return dtype_is_integer(tensor.dtype) && tensor.scale > 0;
}

/// The largest integer stands for the largest number: then nothing is wrong.
bool only_compares(const json& steps, const std::string& reports) { return has_step(steps, "argmax") && reports == "label" && !has_step(steps, "softmax"); }

/// Without truth only what is wrong whatever the answer: numbers shown as they lie in memory.
void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.binding || a_case.labelled() || !is_quantized(a_case)) return;
  const json& steps = a_case.app.output.decode;
  const bool shows_numbers = has_step(steps, "regression") || a_case.app.output.reports == "probability";
  if (!shows_numbers || has_step(steps, "dequantize") || has_step(steps, "scale")) return;
  const app::TensorInfo& tensor = a_case.binding->output_tensor;
  findings.push_back(decode_finding(rule, a_case, evidence::Severity::kWarning,
                                    fmt::format("The output {} is {} with scale {:.6g} and zero point {}, and its integers are shown as they are. Subtract the zero point and multiply by the scale.",
                                                tensor.name, dtype_name(tensor.dtype), tensor.scale, tensor.zero_point),
                                    dequantized(steps)));
}

void propose(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.binding) return;
  const json& steps = a_case.app.output.decode;
  if (has_step(steps, "view"))
    hypotheses.push_back(decode_hypothesis(rule, "view", "read the output as the type that it has", 1.0, true, [](const json& s) { return without_step(s, "view"); }));
  if (is_quantized(a_case) && !has_step(steps, "dequantize") && !only_compares(steps, a_case.app.output.reports))
    hypotheses.push_back(decode_hypothesis(rule, "view", "dequantize the output with its scale and zero point", 1.0, true, &dequantized));
}

}  // namespace

extern constinit const Rule unit_output_not_dequantized{
    .code = "O001",
    .name = "output-not-dequantized",
    .summary = "the integers of a quantized output are read as numbers, or their bytes as another type",
    .documentation = R"(## What it finds
A quantized output whose integers are shown as values or probabilities, and int8 bytes that are read as uint8 or the other way
round.

## Why it hurts
A price of -3 is shown as -97, a probability of 0.5 as 0 or 128. Bytes of the wrong sign put the likeliest class last.

## Evidence
The same outputs dequantized by the tensor's own scale and zero point, or read as the type that they have, against the truth.

## Example
interpreter.get_tensor(output["index"])[0] of an int8 model, shown as percent.

## Fix safety
Safe: (value - zero_point) * scale, or the view left out.

## When to ignore it
Arg max alone does not care: the order of the integers is that of the numbers, and nothing is reported.
)",
    .look = &look,
    .propose = &propose,
};

}  // namespace whyzero::rules
