// LESS: true where the first is less, element by element, broadcast.
#include "ops/common/comparison.h"

namespace whyzero::ops {

extern constinit const Operator unit_less{.name = "LESS",
                                          .builtin = schema::BuiltinOperator_LESS,
                                          .max_version = 4,
                                          .prepare = prepare_comparison<false>,
                                          .eval = eval_comparison<std::less<>>};

}  // namespace whyzero::ops
