// UNSORTED_SEGMENT_SUM: the sum of each segment's rows, 0 for an empty one.
#include "ops/common/segments.h"

namespace whyzero::ops {
namespace {

Result<void> eval(Context& ctx) {
  return eval_unsorted_segments(
      ctx, [](auto) { return 0; }, SegmentSum{});
}

}  // namespace

extern constinit const Operator unit_unsorted_segment_sum{.name = "UNSORTED_SEGMENT_SUM",
                                                          .builtin = schema::BuiltinOperator_UNSORTED_SEGMENT_SUM,
                                                          .max_version = 1,
                                                          .prepare = prepare_unsorted_segments,
                                                          .eval = eval};

}  // namespace whyzero::ops
