// REDUCE_ALL: whether all are true of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_reduce_all{.name = "REDUCE_ALL",
                                                .builtin = schema::BuiltinOperator_REDUCE_ALL,
                                                .max_version = 1,
                                                .prepare = prepare_reduction<Reduction::kAll>,
                                                .eval = eval_reduction<Reduction::kAll>};

}  // namespace whyzero::ops
