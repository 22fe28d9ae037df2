// REDUCE_MIN: minimum of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_reduce_min{.name = "REDUCE_MIN",
                                                .builtin = schema::BuiltinOperator_REDUCE_MIN,
                                                .max_version = 3,
                                                .prepare = prepare_reduction<Reduction::kMinimum>,
                                                .eval = eval_reduction<Reduction::kMinimum>};

}  // namespace whyzero::ops
