// EQUAL: true where both inputs are equal, element by element, broadcast.
#include "ops/common/comparison.h"

namespace whyzero::ops {

extern constinit const Operator unit_equal{.name = "EQUAL",
                                           .builtin = schema::BuiltinOperator_EQUAL,
                                           .max_version = 5,
                                           .prepare = prepare_comparison<true>,
                                           .eval = eval_comparison<std::equal_to<>>};

}  // namespace whyzero::ops
