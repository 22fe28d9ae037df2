// SHA-256 of bytes, as lower-case hexadecimal digits.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace whyzero {

std::string sha256(std::span<const uint8_t> bytes);

}  // namespace whyzero
