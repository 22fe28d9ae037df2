// HASHTABLE: names the table with the node's number, and makes it empty where it does not exist yet.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/hash_table.h"

namespace whyzero::ops {
namespace {

struct State {
  std::string name;
  DType key = DType::kInt64, value = DType::kString;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(0, 0, 1, 1));
  const auto& options = ctx.options<schema::HashtableOptions>();
  const auto key = static_cast<DType>(options.key_dtype()), value = static_cast<DType>(options.value_dtype());
  const bool known = (key == DType::kInt64 && value == DType::kString) || (key == DType::kString && value == DType::kInt64);
  if (!known)
    return ctx.error(ErrorCode::kUnsupported, fmt::format("maps {} to {}; tables map int64 to string or string to int64",
                                                          dtype_name(key), dtype_name(value)));
  ctx.make_state<State>() = {fmt::format("table/{}", options.table_id()), key, value};
  return prepare_handle(ctx, 0);
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  std::any& place = ctx.host().resource(s.name);
  if (!place.has_value()) {
    auto& table = place.emplace<HashTable>();
    table.key = s.key;
    table.value = s.value;
  }
  return ctx.set_strings(0, {s.name}, {1});
}

}  // namespace

extern constinit const Operator unit_hashtable{
    .name = "HASHTABLE", .builtin = schema::BuiltinOperator_HASHTABLE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
