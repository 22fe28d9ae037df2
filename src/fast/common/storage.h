// Memory that a kernel keeps in its node's state: aligned to cache lines and counted against the interpreter's limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/checked.h"
#include "ops/common/memory.h"
#include "ops/operator.h"

namespace whyzero::fast {

constexpr size_t round_up(size_t x, size_t multiple) { return (x + multiple - 1) / multiple * multiple; }

/// Zeros after `allocate`. Copyable, as what a node's state holds must be.
template <class T>
class Storage {
 public:
  Result<void> allocate(ops::Context& ctx, size_t count) {
    const auto bytes = checked_mul(count, sizeof(T));
    if (!bytes || *bytes > SIZE_MAX - sizeof(Line))
      return ctx.error(ErrorCode::kOutOfMemory, "packed weights do not fit the address space");
    WHYZERO_TRY(ctx.host().reserve(*bytes));
    lines_.clear();
    if (!ops::try_resize(lines_, round_up(*bytes, sizeof(Line)) / sizeof(Line)))
      return ctx.error(ErrorCode::kOutOfMemory, "no memory for packed weights");
    return {};
  }
  T* data() { return reinterpret_cast<T*>(lines_.data()); }
  const T* data() const { return reinterpret_cast<const T*>(lines_.data()); }

 private:
  struct alignas(64) Line {
    unsigned char bytes[64] = {};
  };
  std::vector<Line> lines_;
};

}  // namespace whyzero::fast
