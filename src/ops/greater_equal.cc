// GREATER_EQUAL: true where the first is not less, element by element, broadcast.
#include "ops/common/comparison.h"

namespace whyzero::ops {

extern constinit const Operator unit_greater_equal{.name = "GREATER_EQUAL",
                                                   .builtin = schema::BuiltinOperator_GREATER_EQUAL,
                                                   .max_version = 4,
                                                   .prepare = prepare_comparison<false>,
                                                   .eval = eval_comparison<std::greater_equal<>>};

}  // namespace whyzero::ops
