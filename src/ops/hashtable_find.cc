// HASHTABLE_FIND: the values of keys in a table, or a default where a key is not there.
#include "graph/options.h"
#include "ops/common/hash_table.h"
#include "ops/common/strings.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 1, 1));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kResource}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt64, DType::kString}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt64, DType::kString}));
  WHYZERO_TRY(ctx.expect_same_dtype(ctx.input(2), ctx.output(0)));
  if (ctx.input(2).elements() != 1)
    return ctx.error(ErrorCode::kShapeMismatch, "the default " + ctx.input(2).label() + " must be a single value");
  return ctx.resize_output(0, ctx.input(1).shape);
}

Result<void> eval(Context& ctx) {
  WHYZERO_ASSIGN(const HashTable* const table, table_of(ctx));
  if (!table->filled)
    return ctx.error(ErrorCode::kMalformed, "looks into table " + ctx.input(0).label() + " before anything is imported into it");
  const Tensor& keys = ctx.input(1);
  WHYZERO_TRY(expect_table_types(ctx, *table, keys, ctx.output(0)));
  WHYZERO_TRY(ctx.resize_output(0, keys.shape));
  if (keys.dtype == DType::kInt64) {
    WHYZERO_ASSIGN(const auto missing, read_strings(ctx.input(2)));
    std::vector<std::string> found;
    found.reserve(keys.elements());
    for (size_t k = 0; k < keys.elements(); ++k) {
      const auto place = table->to_text.find(keys.as<int64_t>()[k]);
      found.emplace_back(place == table->to_text.end() ? missing[0] : std::string_view(place->second));
    }
    return ctx.set_strings(0, found, keys.shape);
  }
  WHYZERO_ASSIGN(const auto texts, read_strings(keys));
  for (size_t k = 0; k < texts.size(); ++k) {
    const auto place = table->to_number.find(texts[k]);
    ctx.output(0).as<int64_t>()[k] = place == table->to_number.end() ? *ctx.input(2).as<int64_t>() : place->second;
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_hashtable_find{.name = "HASHTABLE_FIND",
                                                    .builtin = schema::BuiltinOperator_HASHTABLE_FIND,
                                                    .max_version = 1,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
