// GREATER: true where the first is greater, element by element, broadcast.
#include "ops/common/comparison.h"

namespace whyzero::ops {

extern constinit const Operator unit_greater{.name = "GREATER",
                                             .builtin = schema::BuiltinOperator_GREATER,
                                             .max_version = 4,
                                             .prepare = prepare_comparison<false>,
                                             .eval = eval_comparison<std::greater<>>};

}  // namespace whyzero::ops
