// REDUCE_PROD: product of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_reduce_prod{.name = "REDUCE_PROD",
                                                 .builtin = schema::BuiltinOperator_REDUCE_PROD,
                                                 .max_version = 2,
                                                 .prepare = prepare_reduction<Reduction::kProduct>,
                                                 .eval = eval_reduction<Reduction::kProduct>};

}  // namespace whyzero::ops
