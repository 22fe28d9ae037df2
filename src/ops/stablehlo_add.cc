// STABLEHLO_ADD: sums; of bools, whether any is true.
#include "graph/options.h"
#include "ops/common/pairwise.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return prepare_pairwise(ctx); }

Result<void> eval(Context& ctx) {
  map_pairs(ctx, PairTypes{}, []<class T>(T a, T b) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      return static_cast<uint64_t>(a) + static_cast<uint64_t>(b);  // wraps
    else
      return a + b;
  });
  return {};
}

}  // namespace

extern constinit const Operator unit_stablehlo_add{.name = "STABLEHLO_ADD",
                                                   .builtin = schema::BuiltinOperator_STABLEHLO_ADD,
                                                   .max_version = 1,
                                                   .prepare = prepare,
                                                   .eval = eval};

}  // namespace whyzero::ops
