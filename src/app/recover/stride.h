// Rows that lie further apart than they are long: between them stands nothing but one value a channel.
#pragma once

#include <cstdint>
#include <vector>

#include "app/recover/memory.h"

namespace whyzero::recover {

struct Strides {
  std::vector<size_t> early;  // elements from row to row: the gap is zero bytes that arithmetic may have moved
  std::vector<size_t> late;   // bytes from row to row: the gap is zero bytes
};
/// `bytes`: numbers of `dtype` in native order.
Strides find_strides(const std::vector<uint8_t>& bytes, DType dtype, const Frame& frame);

}  // namespace whyzero::recover
