// F002 truncated-model: the model file ends before its own contents do.
#include "rules/rule.h"

#include "rules/common/defects.h"

namespace whyzero::rules {

extern constinit const Rule unit_truncated_model{
    .code = "F002",
    .name = "truncated-model",
    .summary = "the model file ends before its own contents do",
    .documentation = R"(## What it finds
A model file that is shorter than its own offsets say, as a download or a copy that was cut off leaves it.

## Why it hurts
Runtimes read past the end: a crash, a load error, or weights that are noise.

## Evidence
The largest offset and buffer that the file itself names, against its size.

## Example
A model of 1,882,904 bytes of which 941,452 arrived.

## Fix safety
There is no patch: copy or download the file again and compare its size or hash with the source.

## When to ignore it
A file of which only an appended archive (labels, metadata) is damaged still runs; then this stays silent.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_defects(rule, a_case, evidence::Proof::kBytes, findings);
    },
};

}  // namespace whyzero::rules
