// UNSORTED_SEGMENT_MAX: the largest of each segment's rows, the type's lowest value for an empty one.
#include "ops/common/segments.h"

namespace whyzero::ops {
namespace {

Result<void> eval(Context& ctx) {
  return eval_unsorted_segments(
      ctx, [](auto limits) { return limits.lowest(); }, [](auto a, auto b) { return a > b ? a : b; });
}

}  // namespace

extern constinit const Operator unit_unsorted_segment_max{.name = "UNSORTED_SEGMENT_MAX",
                                                          .builtin = schema::BuiltinOperator_UNSORTED_SEGMENT_MAX,
                                                          .max_version = 1,
                                                          .prepare = prepare_unsorted_segments,
                                                          .eval = eval};

}  // namespace whyzero::ops
