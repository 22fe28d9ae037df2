// P020 byte-order: numbers are written with their bytes in reverse order.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/common/fed.h"
#include "rules/common/picture.h"
#include "rules/common/recovered.h"

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.app.inputs.size(); ++k) {
    if (!wants_proof_of_bytes(a_case, k)) continue;
    const std::vector<app::Value> values = fed_values(a_case, k);
    const bool all = !values.empty() && std::all_of(values.begin(), values.end(), [](const app::Value& v) { return absurd_share(v) > 0.3 && absurd_share_reversed(v) < 0.001; });
    if (!all) continue;
    findings.push_back(finding_of_bytes(rule, a_case, k,
                                        fmt::format("In all {} samples looked at, {:.0f} % of the numbers of input {} are beyond 1e10, below 1e-10 or no numbers at all; with the bytes of each "
                                                    "number reversed none is. Write them in the machine's own order (ByteBuffer.order(ByteOrder.nativeOrder())).",
                                                    values.size(), 100 * absurd_share(values.front()), a_case.input_tensor(k).name)));
  }
}

}  // namespace

extern constinit const Rule unit_byte_order{
    .code = "P020",
    .name = "byte-order",
    .summary = "numbers are written with their bytes in reverse order",
    .documentation = R"(## What it finds
Big-endian floats in the input tensor.

## Why it hurts
Every number is denormal or huge: zeros, NaN or one class.

## Evidence
The same photos with native byte order. Without truth: numbers beyond 1e10, below 1e-10 or none at all, and ordinary ones once the
bytes of each are reversed.

## Example
Java's ByteBuffer without order(ByteOrder.nativeOrder()).

## Fix safety
Safe: the byte order changes.

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
