// LESS_EQUAL: true where the first is not greater, element by element, broadcast.
#include "ops/common/comparison.h"

namespace whyzero::ops {

extern constinit const Operator unit_less_equal{.name = "LESS_EQUAL",
                                                .builtin = schema::BuiltinOperator_LESS_EQUAL,
                                                .max_version = 4,
                                                .prepare = prepare_comparison<false>,
                                                .eval = eval_comparison<std::less_equal<>>};

}  // namespace whyzero::ops
