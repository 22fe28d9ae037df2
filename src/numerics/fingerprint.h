// FarmHash's Fingerprint64: the hash that TensorFlow uses where the same bytes must give the same number for ever.
#pragma once

#include <cstdint>
#include <span>

namespace whyzero {

uint64_t fingerprint64(std::span<const uint8_t> bytes);

}  // namespace whyzero
