// Sizes of tensors, and growing storage without an exception leaving the function.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "base/checked.h"
#include "whyzero/dtype.h"

namespace whyzero::ops {

/// A tensor without elements costs no memory, but kernels walk its other dimensions: as many steps as this are nobody's intent.
constexpr size_t kMostEmptySteps = size_t{1} << 24;

/// False for shapes like [65536, 65536, 0].
inline bool walkable(std::span<const int32_t> shape) {
  size_t steps = 1;
  bool empty = false;
  for (int32_t dim : shape) {
    empty = empty || dim == 0;
    if (dim > 0) steps = std::min(steps, kMostEmptySteps + 1) * static_cast<size_t>(dim);
  }
  return !empty || steps <= kMostEmptySteps;
}

/// Bytes that a tensor of fixed-size elements occupies (packed types rounded up to a byte; 0 for strings and resources), or
/// nothing where a dimension is negative or the size does not fit.
inline std::optional<size_t> tensor_bytes(DType dtype, std::span<const int32_t> shape) {
  const auto elements = checked_elements(shape);
  if (!elements || !walkable(shape)) return std::nullopt;
  const auto bits = checked_mul(*elements, dtype_bits(dtype));
  if (!bits) return std::nullopt;
  return *bits / 8 + (*bits % 8 != 0);
}

/// Where the data pointer of a tensor without bytes points: never null, so that copying nothing stays defined.
inline uint8_t* no_bytes() {
  alignas(64) static uint8_t nothing[64];
  return nothing;
}

/// False where the memory cannot be had; the vector is unchanged then.
template <class T>
bool try_resize(std::vector<T>& storage, size_t count) {
  try {
    storage.resize(count);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  } catch (const std::length_error&) {
    return false;
  }
}

}  // namespace whyzero::ops
