// REDUCE_MAX: maximum of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_reduce_max{.name = "REDUCE_MAX",
                                                .builtin = schema::BuiltinOperator_REDUCE_MAX,
                                                .max_version = 3,
                                                .prepare = prepare_reduction<Reduction::kMaximum>,
                                                .eval = eval_reduction<Reduction::kMaximum>};

}  // namespace whyzero::ops
