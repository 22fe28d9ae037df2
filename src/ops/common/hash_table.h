// Tables from int64 to strings or the other way round, filled once.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ops/common/resource.h"

namespace whyzero::ops {

struct HashTable {
  DType key = DType::kInt64, value = DType::kString;
  bool filled = false;
  // Only the one that the types name is used.
  std::map<int64_t, std::string> to_text;
  std::map<std::string, int64_t, std::less<>> to_number;

  size_t size() const { return to_text.size() + to_number.size(); }
};

/// The table at input 0; kMalformed where it is none.
inline Result<HashTable*> table_of(Context& ctx) {
  WHYZERO_ASSIGN(HashTable* const table, find_resource<HashTable>(ctx, 0, false));
  if (!table)
    return ctx.error(ErrorCode::kMalformed, ctx.input(0).label() + " is no table; it must come from a HASHTABLE node that has run");
  return table;
}

/// In eval: keys and values have the types that the table was made for.
inline Result<void> expect_table_types(const Context& ctx, const HashTable& table, const Tensor& keys, const Tensor& values) {
  if (keys.dtype == table.key && values.dtype == table.value) return {};
  return ctx.error(ErrorCode::kDtypeMismatch,
                   "the table maps " + std::string(dtype_name(table.key)) + " to " + std::string(dtype_name(table.value)) +
                       ", the node has keys " + keys.label() + " (" + std::string(dtype_name(keys.dtype)) + ") and values " +
                       values.label() + " (" + std::string(dtype_name(values.dtype)) + ")");
}

}  // namespace whyzero::ops
