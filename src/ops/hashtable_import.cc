// HASHTABLE_IMPORT: fills a table with keys and values; a table that is filled stays as it is.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/hash_table.h"
#include "ops/common/strings.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 0, 0));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kResource}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt64, DType::kString}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(2), {DType::kInt64, DType::kString}));
  if (ctx.input(1).shape == ctx.input(2).shape) return {};
  return ctx.error(ErrorCode::kShapeMismatch,
                   fmt::format("keys {} and values {} must have the same shape", ctx.input(1).label(), ctx.input(2).label()));
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(HashTable* const table, table_of(ctx));
  if (table->filled) return {};
  const Tensor& keys = ctx.input(1);
  const Tensor& values = ctx.input(2);
  WHYZERO_TRY(expect_table_types(ctx, *table, keys, values));
  WHYZERO_ASSIGN(const auto texts, read_strings(keys.dtype == DType::kString ? keys : values));
  // A node of the map and the characters, roughly.
  if (auto room = ctx.host().reserve(texts.size() * 96 + keys.bytes + values.bytes); !room)
    return fail(std::move(room).error(), ctx.node().label());
  // The first of equal keys stays.
  for (size_t k = 0; k < texts.size(); ++k) {
    if (keys.dtype == DType::kString)
      table->to_number.emplace(std::string(texts[k]), values.as<int64_t>()[k]);
    else
      table->to_text.emplace(keys.as<int64_t>()[k], std::string(texts[k]));
  }
  table->filled = true;
  return {};
}

}  // namespace

extern constinit const Operator unit_hashtable_import{.name = "HASHTABLE_IMPORT",
                                                      .builtin = schema::BuiltinOperator_HASHTABLE_IMPORT,
                                                      .max_version = 1,
                                                      .prepare = prepare,
                                                      .eval = eval};

}  // namespace whyzero::ops
