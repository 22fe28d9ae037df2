// Reading an element as a C++ value.
#pragma once

#include <type_traits>

#include "ops/tensor.h"

namespace whyzero::ops {

/// Element k of a tensor that stores T. A bool may be any byte in a file, which is no value that a C++ bool can have.
template <class T>
T element(const void* data, size_t k) {
  if constexpr (std::is_same_v<T, bool>)
    return static_cast<const uint8_t*>(data)[k] != 0;
  else
    return static_cast<const T*>(data)[k];
}

}  // namespace whyzero::ops
