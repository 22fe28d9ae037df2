// The discrete Fourier transform of lengths that are powers of two.
#pragma once

#include <complex>
#include <cstddef>
#include <numbers>
#include <utility>
#include <vector>

namespace whyzero {

/// In place, by halves; the length is a power of two.
inline void fourier_transform(std::vector<std::complex<double>>& values) {
  const size_t n = values.size();
  for (size_t k = 1, reversed = 0; k < n; ++k) {
    size_t bit = n >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (k < reversed) std::swap(values[k], values[reversed]);
  }
  for (size_t length = 2; length <= n; length *= 2)
    for (size_t k = 0; k < length / 2; ++k) {
      const auto turn = std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length));
      for (size_t first = k; first < n; first += length) {
        const auto odd = values[first + length / 2] * turn;
        values[first + length / 2] = values[first] - odd;
        values[first] += odd;
      }
    }
}

}  // namespace whyzero
