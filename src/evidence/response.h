// Does the output depend on the input at all? Asked with inputs that surely differ, whatever range the model was trained on.
#pragma once

#include <memory>

#include "base/progress.h"
#include "evidence/case.h"
#include "runtime/interpreter.h"

namespace whyzero::evidence {

/// Runs the model on seeded noise in several ranges. Not measured where the model cannot run on such inputs (strings,
/// indices out of range, operators that are missing) or where they are of no usual size.
Response measure_response(std::shared_ptr<const graph::Model> model, int output, uint64_t seed,
                          size_t max_memory_bytes = runtime::InterpreterOptions{}.max_memory_bytes);

}  // namespace whyzero::evidence
