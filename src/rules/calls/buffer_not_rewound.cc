// A004 buffer-not-rewound: from the second sample on, nothing or a rest is written.
#include <fmt/format.h>

#include "rules/common/script.h"

namespace whyzero::rules {
namespace {

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  for (size_t k = 0; k < a_case.captured.size(); ++k) {
    const evidence::Captured& captured = a_case.captured[k];
    const bool same_photos = captured.originals >= captured.samples && captured.distinct_originals < 3;
    if (!captured.rest_same || same_photos) continue;
    evidence::Finding finding = finding_of(
        rule, evidence::Severity::kError, evidence::Proof::kTensor,
        fmt::format("The first captured tensor of input {} is a sample of its own; the {} after it are all one and the same{}. The buffer is filled "
                    "from where the last sample ended: set its position back to 0 before each sample.",
                    tensor_label(a_case, a_case.input_tensor(k).index), captured.samples - 1,
                    captured.blank >= captured.samples - 1 ? ", and empty" : ""));
    finding.confidence = 0.95;
    finding.where = {.stage = "input", .pointer = a_case.input(k).pointer, .tensor = a_case.input_tensor(k).index};
    finding.alternatives = {"P013"};
    finding.fix = evidence::Fix{};
    finding.fix->safety = evidence::Safety::kDisplay;
    finding.fix->code = {{"kotlin", "buffer.rewind()"}, {"java", "buffer.rewind();"}};
    findings.push_back(std::move(finding));
  }
}

}  // namespace

extern constinit const Rule unit_buffer_not_rewound{
    .code = "A004",
    .name = "buffer-not-rewound",
    .summary = "from the second sample on, nothing or a rest is written",
    .documentation = R"(## What it finds
A ByteBuffer (or a pointer) that is used again without being set back to its beginning: only the first sample arrives.

## Why it hurts
Every sample but the first gets the same answer.

## Evidence
The captured tensors: the first differs from all others, and those are equal to each other.

## Example
`buffer.putFloat(…)` for every pixel of the second photo, after the first has left the position at the end.

## Fix safety
Shown as code: `buffer.rewind()` before each sample.

## When to ignore it
When the first capture is of another scene and all others really show one and the same picture.
)",
    .look = &look,
};

}  // namespace whyzero::rules
