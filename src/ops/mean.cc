// MEAN: mean of the elements along the named axes.
#include "ops/common/reduce.h"

namespace whyzero::ops {

extern constinit const Operator unit_mean{.name = "MEAN",
                                          .builtin = schema::BuiltinOperator_MEAN,
                                          .max_version = 3,
                                          .prepare = prepare_reduction<Reduction::kMean>,
                                          .eval = eval_reduction<Reduction::kMean>};

}  // namespace whyzero::ops
