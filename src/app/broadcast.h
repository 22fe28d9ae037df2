// Arithmetic of one number, or one a channel, on every element: the loop behind normalize, standardize and minmax.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "app/value.h"
#include "whyzero/result.h"

namespace whyzero::app {

/// Every element x becomes op(x, p…) in float32, p being the parameters of x's place on the last axis. A parameter has one
/// number or as many as the last axis is long; a last axis of one is spread as NumPy would. kShapeMismatch otherwise.
template <size_t N, class Op>
Result<void> map_last_axis(Value& value, std::array<std::vector<float>, N> parameters, Op op) {
  size_t length = 1;
  for (const auto& parameter : parameters) length = std::max(length, parameter.size());
  const size_t last = value.shape.empty() ? 1 : static_cast<size_t>(value.shape.back());
  for (const auto& parameter : parameters)
    if (parameter.size() != 1 && (parameter.size() != length || (length != last && last != 1)))
      return fail(ErrorCode::kShapeMismatch,
                  fmt::format("{} numbers are given, but the value of shape {} has {} on its last axis", parameter.size(),
                              shape_text(value.shape), last));

  // Parameters are repeated to a run that is long enough for the inner loop to be worth vectorising.
  constexpr size_t kRun = 96;
  const size_t run = length * std::max<size_t>(1, kRun / length);
  for (auto& parameter : parameters) {
    const std::vector<float> once = std::move(parameter);
    parameter.resize(run);
    for (size_t i = 0; i < run; ++i) parameter[i] = once[i % once.size()];
  }
  const auto apply = [&]<class T, size_t... K>(const T* from, float* to, size_t count, std::index_sequence<K...>) {
    for (size_t begin = 0; begin < count; begin += run) {
      const size_t here = std::min(run, count - begin);
      for (size_t i = 0; i < here; ++i) to[begin + i] = op(static_cast<float>(from[begin + i]), parameters[K].data()[i]...);
    }
  };

  size_t count = value.elements();
  if (length > last) {  // a last axis of one, spread
    make_float(value);
    std::vector<uint8_t> spread(count * length * sizeof(float));
    for (size_t i = 0; i < count * length; ++i) reinterpret_cast<float*>(spread.data())[i] = value.as<float>()[i / length];
    value.bytes = std::move(spread);
    if (value.shape.empty()) value.shape.push_back(1);
    value.shape.back() = static_cast<int32_t>(length);
    count *= length;
  }
  if (value.dtype == DType::kUInt8) {
    std::vector<uint8_t> out(count * sizeof(float));
    apply(value.as<uint8_t>(), reinterpret_cast<float*>(out.data()), count, std::make_index_sequence<N>{});
    value.bytes = std::move(out);
    value.dtype = DType::kFloat32;
  } else {
    make_float(value);
    apply(value.as<float>(), value.as<float>(), count, std::make_index_sequence<N>{});
  }
  return {};
}

}  // namespace whyzero::app
