// UNSORTED_SEGMENT_PROD: the product of each segment's rows, 1 for an empty one.
#include "ops/common/segments.h"

namespace whyzero::ops {
namespace {

Result<void> eval(Context& ctx) {
  return eval_unsorted_segments(
      ctx, [](auto) { return 1; }, SegmentProduct{});
}

}  // namespace

extern constinit const Operator unit_unsorted_segment_prod{.name = "UNSORTED_SEGMENT_PROD",
                                                           .builtin = schema::BuiltinOperator_UNSORTED_SEGMENT_PROD,
                                                           .max_version = 1,
                                                           .prepare = prepare_unsorted_segments,
                                                           .eval = eval};

}  // namespace whyzero::ops
