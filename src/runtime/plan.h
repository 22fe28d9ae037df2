// Where tensors lie in one piece of memory: those that are never needed at the same time share addresses.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace whyzero::runtime {

inline constexpr size_t kArenaAlignment = 64;

struct Block {
  size_t bytes = 0;
  int first = 0, last = 0;  // steps between which, both included, the contents must stay
};

struct Layout {
  std::vector<size_t> offsets;  // one a block, multiples of kArenaAlignment
  size_t bytes = 0;
  bool overflow = false;  // the blocks do not fit the address space; offsets mean nothing
};

/// Greedy: the largest block first, each at the lowest address that is free during its whole life. Quadratic in the number
/// of blocks, so that beyond 16384 blocks nothing is shared.
Layout place_blocks(std::span<const Block> blocks);

}  // namespace whyzero::runtime
