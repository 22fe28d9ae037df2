// Arithmetic on sizes that come from files: overflow is an answer, not an accident.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace whyzero {

inline std::optional<size_t> checked_mul(size_t a, size_t b) {
  size_t product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

inline std::optional<size_t> checked_add(size_t a, size_t b) {
  size_t sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

/// Elements of a shape, or nothing where a dimension is negative or the product does not fit.
inline std::optional<size_t> checked_elements(std::span<const int32_t> shape) {
  size_t count = 1;
  for (int32_t dim : shape) {
    if (dim < 0) return std::nullopt;
    auto next = checked_mul(count, static_cast<size_t>(dim));
    if (!next) return std::nullopt;
    count = *next;
  }
  return count;
}

}  // namespace whyzero
