// The reverse of copy_strided: the elements of a dense tensor into places of another one, whose rest is filled.
#pragma once

#include <span>

#include "ops/common/shapes.h"

namespace whyzero::ops {

/// out[offset + Σ i_k strides_k] = in[i0, i1, …], both of `bytes` an element.
void spread_strided(const uint8_t* in, const Shape& shape, size_t bytes, uint8_t* out, int64_t offset,
                    std::span<const int64_t> strides);
/// Writes one element `count` times.
void fill_elements(uint8_t* out, size_t count, const uint8_t* element, size_t bytes);

}  // namespace whyzero::ops
