// The published algorithm, one function a range of lengths.
#include "numerics/fingerprint.h"

#include <bit>
#include <cstring>
#include <utility>

namespace whyzero {
namespace {

static_assert(std::endian::native == std::endian::little, "the hash reads words in little-endian order");

constexpr uint64_t kA = 0xc3a5c85c97cb3127, kB = 0xb492b66fbe98f273, kC = 0x9ae16a3b2f90404f;
using Pair = std::pair<uint64_t, uint64_t>;

template <class T>
uint64_t word(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
uint64_t word64(const uint8_t* p) { return word<uint64_t>(p); }
uint64_t fold(uint64_t x) { return x ^ (x >> 47); }
uint64_t mix(uint64_t u, uint64_t v, uint64_t by) { return fold((v ^ fold((u ^ v) * by)) * by) * by; }

uint64_t upto16(const uint8_t* s, size_t n) {
  if (n >= 8) {
    const uint64_t by = kC + 2 * n, a = word64(s) + kC, b = word64(s + n - 8);
    return mix(std::rotr(b, 37) * by + a, (std::rotr(a, 25) + b) * by, by);
  }
  if (n >= 4) return mix(n + (word<uint32_t>(s) << 3), word<uint32_t>(s + n - 4), kC + 2 * n);
  if (n == 0) return kC;
  const uint64_t y = s[0] + (uint64_t{s[n / 2]} << 8), z = n + (uint64_t{s[n - 1]} << 2);
  return fold(y * kC ^ z * kA) * kC;
}

uint64_t upto32(const uint8_t* s, size_t n) {
  const uint64_t by = kC + 2 * n, a = word64(s) * kB, b = word64(s + 8), c = word64(s + n - 8) * by, d = word64(s + n - 16) * kC;
  return mix(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + kC, 18) + c, by);
}

uint64_t upto64(const uint8_t* s, size_t n) {
  const uint64_t by = kC + 2 * n, a = word64(s) * kC, b = word64(s + 8), c = word64(s + n - 8) * by, d = word64(s + n - 16) * kC;
  const uint64_t y = std::rotr(a + b, 43) + std::rotr(c, 30) + d, z = mix(y, a + std::rotr(b + kC, 18) + c, by);
  const uint64_t e = word64(s + 16) * by, f = word64(s + 24), g = (y + word64(s + n - 32)) * by, h = (z + word64(s + n - 24)) * by;
  return mix(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + a, 18) + g, by);
}

/// 32 bytes and two seeds.
Pair block(const uint8_t* s, uint64_t a, uint64_t b) {
  const uint64_t last = word64(s + 24);
  a += word64(s);
  b = std::rotr(b + a + last, 21);
  const uint64_t c = a;
  a += word64(s + 8) + word64(s + 16);
  return {a + last, b + std::rotr(a, 44) + c};
}

}  // namespace

uint64_t fingerprint64(std::span<const uint8_t> bytes) {
  const uint8_t* s = bytes.data();
  const size_t n = bytes.size();
  if (n <= 16) return upto16(s, n);
  if (n <= 32) return upto32(s, n);
  if (n <= 64) return upto64(s, n);
  constexpr uint64_t kSeed = 81;
  uint64_t x = kSeed * kC + word64(s), y = kSeed * kB + 113, z = fold(y * kC + 113) * kC;
  Pair v{}, w{};
  const uint8_t* const end = s + (n - 1) / 64 * 64;
  const uint8_t* const last = s + n - 64;
  auto advance = [&](uint64_t by, uint64_t weight) {
    x = std::rotr(x + y + v.first + word64(s + 8), 37) * by;
    y = std::rotr(y + v.second + word64(s + 48), 42) * by;
    x ^= w.second * weight;
    y += v.first * weight + word64(s + 40);
    z = std::rotr(z + w.first, 33) * by;
    v = block(s, v.second * by, x + w.first);
    w = block(s + 32, z + w.second, y + word64(s + 16));
    std::swap(z, x);
  };
  for (; s != end; s += 64) advance(kB, 1);
  const uint64_t by = kB + ((z & 0xff) << 1);
  s = last;
  w.first += (n - 1) & 63;
  v.first += w.first;
  w.first += v.first;
  advance(by, 9);
  return mix(mix(v.first, w.first, by) + fold(y) * kA + z, mix(v.second, w.second, by) + x, by);
}

}  // namespace whyzero
