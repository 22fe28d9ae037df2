// Telling a file that was cut off from one that contradicts itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace whyzero::graph {

/// For a file that fails verification: the least number of bytes it must have had, where it looks cut off.
std::optional<size_t> size_before_cut(std::span<const uint8_t> bytes);

}  // namespace whyzero::graph
