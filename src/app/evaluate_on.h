// Runs an app on a runtime of the caller's choice.
#pragma once

#include "app/evaluate.h"
#include "runtime/session.h"

namespace whyzero::app {

/// As evaluate(), which runs on our own kernels; `options.reference_kernels` is not looked at.
Result<Evaluation> evaluate_on(std::shared_ptr<const runtime::Runtime> runtime, const App& app, std::shared_ptr<const graph::Model> model,
                               const EvaluateOptions& options = {}, Progress* progress = nullptr);

/// From the source's value on: the pipeline, which captured tensors have behind them already, and the last checks.
Result<void> finish_input(Value& value, const Source& source, const Input& input, const TensorInfo& tensor);

}  // namespace whyzero::app
