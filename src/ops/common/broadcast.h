// Broadcasting as NumPy does it: dimensions aligned at the right, those of size 1 repeated.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "ops/operator.h"

namespace whyzero::ops {

/// How to walk N inputs along one output.
template <size_t N>
struct Broadcast {
  Shape shape;                                 // of the output
  std::array<std::vector<size_t>, N> strides;  // in elements, one an output dimension; 0 where the input repeats
  bool same = true;                            // no input repeats
};

/// The shape that all inputs broadcast to; kMalformed (naming the node) where they do not fit.
Result<Shape> broadcast_shape(const Context& ctx, std::span<const Shape* const> shapes);
/// Strides of an input that is repeated along `out`.
std::vector<size_t> broadcast_strides(const Shape& shape, const Shape& out);

template <size_t N>
Broadcast<N> make_broadcast(const Shape& out, const std::array<const Shape*, N>& shapes) {
  Broadcast<N> plan{out, {}, true};
  for (size_t k = 0; k < N; ++k) {
    plan.strides[k] = broadcast_strides(*shapes[k], out);
    plan.same = plan.same && element_count(*shapes[k]) == element_count(out);
  }
  return plan;
}

/// Calls f(index of output, array of N input indices) for every element of the output, in order.
template <size_t N, class F>
void for_each(const Broadcast<N>& plan, F&& f) {
  const size_t count = element_count(plan.shape);
  std::array<size_t, N> at{};
  if (plan.same) {
    for (size_t i = 0; i < count; ++i) {
      at.fill(i);
      f(i, at);
    }
    return;
  }
  const size_t rank = plan.shape.size();
  std::vector<int32_t> counter(rank, 0);
  for (size_t i = 0; i < count; ++i) {
    f(i, at);
    for (size_t d = rank; d-- > 0;) {
      for (size_t k = 0; k < N; ++k) at[k] += plan.strides[k][d];
      if (++counter[d] < plan.shape[d]) break;
      for (size_t k = 0; k < N; ++k) at[k] -= plan.strides[k][d] * static_cast<size_t>(plan.shape[d]);
      counter[d] = 0;
    }
  }
}

}  // namespace whyzero::ops
