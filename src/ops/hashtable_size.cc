// HASHTABLE_SIZE: how many keys a table has.
#include "graph/options.h"
#include "ops/common/hash_table.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(1, 1, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kResource}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt64}));
  return ctx.resize_output(0, {1});
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(const HashTable* const table, table_of(ctx));
  WHYZERO_TRY(ctx.resize_output(0, {1}));
  *ctx.output(0).as<int64_t>() = static_cast<int64_t>(table->size());
  return {};
}

}  // namespace

extern constinit const Operator unit_hashtable_size{.name = "HASHTABLE_SIZE",
                                                    .builtin = schema::BuiltinOperator_HASHTABLE_SIZE,
                                                    .max_version = 1,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
