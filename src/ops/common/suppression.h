// Non-maximum suppression: of boxes that overlap only the best stays, or ("soft") the others' scores fade.
#pragma once

#include "ops/operator.h"

namespace whyzero::ops {

/// Inputs: boxes [n,4] by two corners, scores [n], most boxes, overlap and score thresholds, and with `soft` the width of the fading.
/// Outputs: chosen indices, with `soft` their scores, and how many; what is not filled is 0.
Result<void> prepare_suppression(Context& ctx, bool soft);
Result<void> eval_suppression(Context& ctx, bool soft);

}  // namespace whyzero::ops
