// Walking over a batch of sequences: which of [time, batch, values] or [batch, time, values] an input is, and the two
// directions of a bidirectional operator.
#pragma once

#include "ops/operator.h"

namespace whyzero::ops {

struct Sequence {
  size_t steps = 0, batch = 0, width = 0;
  bool time_major = false;

  /// Number of the row of step t of sequence b.
  size_t row(size_t t, size_t b) const { return time_major ? t * batch + b : b * steps + t; }
};

/// In prepare: input k as a batch of sequences of floats or int8.
inline Result<Sequence> sequence_of(const Context& ctx, int k, bool time_major) {
  const Tensor& input = ctx.input(k);
  WHYZERO_TRY(ctx.expect_rank(input, 3, 3));
  const auto first = static_cast<size_t>(input.dim(0)), second = static_cast<size_t>(input.dim(1));
  return Sequence{time_major ? first : second, time_major ? second : first, static_cast<size_t>(input.dim(2)), time_major};
}

/// What both directions of a bidirectional operator read. A node that follows another one may get that one's backward output as
/// second ("auxiliary") input: with weights of its own both directions add it to the first, without them the backward
/// direction reads it in place of the first.
struct TwoWayInputs {
  Sequence sequence;
  size_t backward_width = 0, auxiliary_width = 0;
  bool backward_reads_second = false, auxiliary = false;
};

/// In prepare: `second` is the position of the second input, `weights` of the first of its weights.
inline Result<TwoWayInputs> two_way_inputs(const Context& ctx, int second, int weights, bool time_major) {
  TwoWayInputs in;
  WHYZERO_ASSIGN(in.sequence, sequence_of(ctx, 0, time_major));
  in.backward_width = in.sequence.width;
  const bool weighted = ctx.has_input(weights);
  if (weighted && !ctx.has_input(second))
    return ctx.error(ErrorCode::kMalformed, "has weights for a second input and no such input");
  if (!ctx.has_input(second)) return in;
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.input(second)));
  WHYZERO_ASSIGN(const Sequence other, sequence_of(ctx, second, time_major));
  if (other.steps != in.sequence.steps || other.batch != in.sequence.batch)
    return ctx.error(ErrorCode::kMalformed, "its two inputs " + ctx.input(0).label() + " and " + ctx.input(second).label() +
                                                " must agree in batch and number of steps");
  in.auxiliary = weighted;
  in.backward_reads_second = !weighted;
  if (weighted)
    in.auxiliary_width = other.width;
  else
    in.backward_width = other.width;
  return in;
}

/// In prepare: one output with both directions side by side, or one for each.
inline Result<void> two_way_outputs(Context& ctx, bool merged, size_t forward, size_t backward) {
  for (int k = 0; k < ctx.outputs(); ++k) WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(0), ctx.output(k)));
  Shape shape = ctx.input(0).shape;
  shape[2] = static_cast<int32_t>(merged ? forward + backward : forward);
  WHYZERO_TRY(ctx.resize_output(0, shape));
  if (merged) return {};
  shape[2] = static_cast<int32_t>(backward);
  return ctx.resize_output(1, shape);
}

}  // namespace whyzero::ops
