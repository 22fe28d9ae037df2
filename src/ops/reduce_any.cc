// REDUCE_ANY: whether any is true of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_reduce_any{.name = "REDUCE_ANY",
                                                .builtin = schema::BuiltinOperator_REDUCE_ANY,
                                                .max_version = 1,
                                                .prepare = prepare_reduction<Reduction::kAny>,
                                                .eval = eval_reduction<Reduction::kAny>};

}  // namespace whyzero::ops
