// What operators that move data share: control inputs (axes, shapes, indices), output shapes that depend on them, and copying
// with strides.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "graph/options.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// The values of an int8, uint8, int16, int32 or int64 control tensor; kUnsupported for other types.
Result<std::vector<int64_t>> integers(const Context& ctx, const Tensor& tensor);
/// An axis counted from the front; kMalformed where it is not in [-rank, rank).
Result<int> normalized_axis(const Context& ctx, int64_t axis, int rank);
/// Elements whose size is a whole number of bytes: every type but strings, resources and packed integers.
Result<void> expect_movable(const Context& ctx, const Tensor& tensor);
/// A dimension as int32; kMalformed outside of it.
Result<int32_t> dimension(const Context& ctx, int64_t size);

using ShapeFunction = Result<Shape> (*)(Context&);
/// In prepare: gives output 0 its shape, or makes it dynamic where one of the control inputs is no constant.
Result<void> prepare_shape(Context& ctx, std::initializer_list<int> controls, ShapeFunction shape);
/// In eval, first: gives a dynamic output 0 its shape.
Result<void> settle_shape(Context& ctx, ShapeFunction shape);

/// Strides of a dense tensor, in elements.
std::vector<int64_t> dense_strides(const Shape& shape);
/// out[i0, i1, …] = in[offset + Σ i_k strides_k], both of `bytes` an element; strides may be negative or 0.
void copy_strided(const uint8_t* in, int64_t offset, std::span<const int64_t> strides, const Shape& shape, size_t bytes,
                  uint8_t* out);
/// Copies all bytes of input 0 to output 0.
void copy_all(Context& ctx);

}  // namespace whyzero::ops
