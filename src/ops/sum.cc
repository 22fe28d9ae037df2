// SUM: sum of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_sum{.name = "SUM",
                                         .builtin = schema::BuiltinOperator_SUM,
                                         .max_version = 2,
                                         .prepare = prepare_reduction<Reduction::kSum>,
                                         .eval = eval_reduction<Reduction::kSum>};

}  // namespace whyzero::ops
