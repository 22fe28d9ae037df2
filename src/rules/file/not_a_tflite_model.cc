// F001 not-a-tflite-model: the file is something else than a TensorFlow Lite model.
#include "rules/rule.h"

#include "rules/common/defects.h"

namespace whyzero::rules {

extern constinit const Rule unit_not_a_tflite_model{
    .code = "F001",
    .name = "not-a-tflite-model",
    .summary = "the file is something else than a TensorFlow Lite model",
    .documentation = R"(## What it finds
A file that ends in .tflite but holds something else: a web page, a git-lfs pointer, a SavedModel or frozen graph, a
Keras file, ONNX, a zip, C source text, nothing at all.

## Why it hurts
The runtime refuses to load it, or an app that ignores the error goes on with an interpreter that was never built and
reads zeros.

## Evidence
The first bytes of the file: a model has TFL3 at offset 4; other formats have marks of their own. The message says
which it is.

## Example
A download that saved the page of a code host instead of the raw file.

## Fix safety
There is no patch: get the real file. The message says how to make a .tflite from what is there.

## When to ignore it
Never: nothing can run it.
)",
    .look = [](const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
      report_defects(rule, a_case, evidence::Proof::kBytes, findings);
    },
};

}  // namespace whyzero::rules
