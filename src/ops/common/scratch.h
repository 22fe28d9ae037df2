// Working memory of a kernel: counted against the allocation limit, and an error instead of an exception where there is none.
#pragma once

#include <fmt/format.h>

#include <vector>

#include "base/checked.h"
#include "ops/common/memory.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// `count` elements of value T{}; kOutOfMemory past the limit.
template <class T>
Result<std::vector<T>> scratch(Context& ctx, size_t count) {
  const auto bytes = checked_mul(count, sizeof(T));
  if (!bytes) return ctx.error(ErrorCode::kOutOfMemory, fmt::format("{} elements of working memory are too many", count));
  if (auto room = ctx.host().reserve(*bytes); !room) return fail(std::move(room).error(), ctx.node().label());
  std::vector<T> memory;
  if (!try_resize(memory, count))
    return ctx.error(ErrorCode::kOutOfMemory, fmt::format("no room for {} bytes of working memory", *bytes));
  return memory;
}

}  // namespace whyzero::ops
