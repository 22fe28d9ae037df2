// Greedy-by-size placement of blocks with lifetimes.
#include "runtime/plan.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"

namespace whyzero::runtime {
namespace {

constexpr size_t kMostBlocksToShare = 16384;

struct Placed {
  size_t offset, end;
  int first, last;
};

/// The lowest offset at which `bytes` are free from step `first` to step `last`; `placed` is sorted by offset.
size_t lowest_gap(const std::vector<Placed>& placed, size_t bytes, int first, int last) {
  size_t offset = 0;
  for (const Placed& other : placed) {
    if (other.last < first || other.first > last) continue;
    if (other.offset >= offset && other.offset - offset >= bytes) break;
    offset = std::max(offset, other.end);
  }
  return offset;
}

}  // namespace

Layout place_blocks(std::span<const Block> blocks) {
  Layout layout;
  layout.offsets.assign(blocks.size(), 0);
  std::vector<size_t> rounded(blocks.size());
  size_t sum = 0;
  for (size_t k = 0; k < blocks.size(); ++k) {
    const auto up = checked_add(blocks[k].bytes, kArenaAlignment - 1);
    rounded[k] = up ? *up / kArenaAlignment * kArenaAlignment : 0;
    const auto total = checked_add(sum, rounded[k]);
    if (!up || !total) {
      layout.overflow = true;
      return layout;
    }
    if (blocks.size() > kMostBlocksToShare) layout.offsets[k] = sum;
    sum = *total;
  }
  if (blocks.size() > kMostBlocksToShare) {
    layout.bytes = sum;
    return layout;
  }
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rounded[a] > rounded[b]; });
  std::vector<Placed> placed;
  placed.reserve(blocks.size());
  for (size_t k : order) {
    if (rounded[k] == 0) continue;
    const Block& block = blocks[k];
    const size_t offset = lowest_gap(placed, rounded[k], block.first, block.last);
    layout.offsets[k] = offset;
    const Placed here{offset, offset + rounded[k], block.first, block.last};
    placed.insert(std::upper_bound(placed.begin(), placed.end(), here, [](auto& a, auto& b) { return a.offset < b.offset; }),
                  here);
    layout.bytes = std::max(layout.bytes, here.end);
  }
  return layout;
}

}  // namespace whyzero::runtime
