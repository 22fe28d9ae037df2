// From a runtime dtype to a C++ type: dispatch(dtype, Types<float, int32_t>{}, [&]<class T>() { … }).
#pragma once

#include <complex>
#include <cstdint>
#include <type_traits>

#include "whyzero/dtype.h"

namespace whyzero::ops {

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>)
    return DType::kFloat32;
  else if constexpr (std::is_same_v<T, double>)
    return DType::kFloat64;
  else if constexpr (std::is_same_v<T, int8_t>)
    return DType::kInt8;
  else if constexpr (std::is_same_v<T, uint8_t>)
    return DType::kUInt8;
  else if constexpr (std::is_same_v<T, int16_t>)
    return DType::kInt16;
  else if constexpr (std::is_same_v<T, uint16_t>)
    return DType::kUInt16;
  else if constexpr (std::is_same_v<T, int32_t>)
    return DType::kInt32;
  else if constexpr (std::is_same_v<T, uint32_t>)
    return DType::kUInt32;
  else if constexpr (std::is_same_v<T, int64_t>)
    return DType::kInt64;
  else if constexpr (std::is_same_v<T, uint64_t>)
    return DType::kUInt64;
  else if constexpr (std::is_same_v<T, bool>)
    return DType::kBool;
  else if constexpr (std::is_same_v<T, std::complex<float>>)
    return DType::kComplex64;
  else
    return DType::kComplex128;
}

template <class... T>
struct Types {};

/// Calls f.operator()<T>() for the listed type that `dtype` is. prepare has made sure that it is one of them; a default-made
/// result otherwise.
template <class... T, class F>
auto dispatch(DType dtype, Types<T...>, F&& f) {
  using R = std::common_type_t<decltype(f.template operator()<T>())...>;
  if constexpr (std::is_void_v<R>) {
    (void)((dtype == dtype_of<T>() ? (f.template operator()<T>(), true) : false) || ...);
  } else {
    R result{};
    (void)((dtype == dtype_of<T>() ? (result = f.template operator()<T>(), true) : false) || ...);
    return result;
  }
}

using QuantizedTypes = Types<int8_t, uint8_t, int16_t>;
using IntegerTypes = Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
using RealTypes = Types<float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
using AllTypes = Types<float, double, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, bool,
                       std::complex<float>, std::complex<double>>;

}  // namespace whyzero::ops
