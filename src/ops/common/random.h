// Random numbers as the official runtime draws them: the Philox generator, counted up over all invocations of a node.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "graph/options.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {

/// Philox 4x32 with ten rounds.
class Philox {
 public:
  Philox() = default;
  Philox(uint64_t seed, uint64_t stream)
      : counter_{0, 0, static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)},
        key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)} {}

  std::array<uint32_t, 4> next() {
    const std::array<uint32_t, 4> bits = block(counter_, key_);
    for (uint32_t& word : counter_)
      if (++word != 0) break;
    return bits;
  }

  /// The bits that belong to one value of the counter.
  static std::array<uint32_t, 4> block(std::array<uint32_t, 4> x, std::array<uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
      const uint64_t a = uint64_t{0xD2511F53} * x[0], b = uint64_t{0xCD9E8D57} * x[2];
      x = {static_cast<uint32_t>(b >> 32) ^ x[1] ^ key[0], static_cast<uint32_t>(b),
           static_cast<uint32_t>(a >> 32) ^ x[3] ^ key[1], static_cast<uint32_t>(a)};
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return x;
  }

  /// Leaves out `count` results of next().
  void skip(uint64_t count) {
    for (uint32_t& word : counter_) {
      const uint64_t sum = (count & 0xffffffff) + word;
      word = static_cast<uint32_t>(sum);
      count = (count >> 32) + (sum >> 32);
    }
  }

 private:
  std::array<uint32_t, 4> counter_{};
  std::array<uint32_t, 2> key_{};
};

/// [0, 1) from the low 23 bits.
inline float uniform_from_bits(uint32_t bits) { return std::bit_cast<float>(uint32_t{127} << 23 | (bits & 0x7fffff)) - 1.0f; }

/// [0, 1) from 52 of 64 bits.
inline double uniform_from_bits(uint32_t high, uint32_t low) {
  return std::bit_cast<double>(uint64_t{1023} << 52 | uint64_t{high & 0xfffff} << 32 | low) - 1.0;
}

/// Contract of the operators that draw a tensor of a given shape; the state is a Philox. Both seeds 0 ask for different numbers
/// every time: here they are the same ones, because a run must be repeatable.
Result<void> prepare_random(Context& ctx, DType output);
Result<void> settle_random(Context& ctx);

}  // namespace whyzero::ops
