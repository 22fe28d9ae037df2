// P006 bytes-reinterpreted: bytes of one type are read as another of a different size.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/common/fed.h"
#include "rules/common/picture.h"
#include "rules/common/recovered.h"
#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

constexpr double kGarbage = 0.3;  // share of absurd numbers; a healthy tensor has none

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    if (!wants_proof_of_bytes(a_case, k)) continue;
    const app::TensorInfo& tensor = a_case.input_tensor(k);
    const std::vector<app::Value> values = fed_values(a_case, k);
    const auto floats = std::count_if(values.begin(), values.end(), &holds_floats);
    const auto garbage = std::count_if(values.begin(), values.end(), [](const app::Value& v) { return absurd_share(v) > kGarbage && absurd_share_reversed(v) > kGarbage / 3; });
    std::string what;
    if (floats > 0 && floats == static_cast<std::ptrdiff_t>(values.size()))
      what = "every fourth of its bytes is the sign and exponent of a float32: the bytes of real numbers were copied, where the numbers should have been quantized";
    else if (garbage > 0 && garbage == static_cast<std::ptrdiff_t>(values.size()))
      what = fmt::format("{:.0f} % of its numbers are beyond 1e10, below 1e-10 or no numbers at all: bytes of another type were copied, where the numbers should have been converted",
                         100 * absurd_share(values.front()));
    else
      continue;
    findings.push_back(finding_of_bytes(rule, a_case, k, fmt::format("Input {} is {}, and in all {} samples looked at {}.", tensor_label(a_case, tensor.index), dtype_name(tensor.dtype), values.size(), what)));
  }
}

}  // namespace

extern constinit const Rule unit_bytes_reinterpreted{
    .code = "P006",
    .name = "bytes-reinterpreted",
    .summary = "bytes of one type are read as another of a different size",
    .documentation = R"(## What it finds
A buffer of uint8 pixels copied into a float32 tensor, or of floats into a uint8 tensor.

## Why it hurts
Four pixels become one float of random magnitude, often NaN or near zero.

## Evidence
The same photos converted number by number. Without truth the tensor proves it: numbers beyond 1e10, below 1e-10 or none at all,
or integers of which every fourth is the sign and exponent of a float32.

## Example
memcpy(input->data.raw, pixels, size) with another element size on each side.

## Fix safety
Safe: a conversion takes the place of the copy.

## When to ignore it
Never.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      const size_t before = findings.size();
      report_facts(rule, a_case, findings);
      if (findings.size() == before) look(rule, a_case, findings);
    },
    .propose = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
      propose_changes(a_case, rule.code, "range", &range_changes, hypotheses);
    },
    .conclude = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) { conclude_facts(rule, a_case, findings); },
};

}  // namespace whyzero::rules
