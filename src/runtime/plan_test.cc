#include "runtime/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace whyzero::runtime {
namespace {

/// Truth by brute force: no two blocks that live at the same step share a byte.
void expect_no_overlap(const std::vector<Block>& blocks, const Layout& layout) {
  for (size_t a = 0; a < blocks.size(); ++a) {
    EXPECT_EQ(layout.offsets[a] % kArenaAlignment, 0u);
    EXPECT_LE(layout.offsets[a] + blocks[a].bytes, layout.bytes) << "block " << a;
    for (size_t b = 0; b < a; ++b) {
      const bool together = blocks[a].first <= blocks[b].last && blocks[b].first <= blocks[a].last;
      const bool apart =
          layout.offsets[a] + blocks[a].bytes <= layout.offsets[b] || layout.offsets[b] + blocks[b].bytes <= layout.offsets[a];
      EXPECT_TRUE(!together || apart) << "blocks " << a << " and " << b;
    }
  }
}

TEST(PlanTest, RandomBlocksNeverOverlapAndStayNearTheLowerBound) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::vector<Block> blocks(120);
    for (size_t k = 0; k < blocks.size(); ++k) {
      const int first = static_cast<int>(k);
      blocks[k] = {random() % 5000, first, first + static_cast<int>(random() % 6)};
    }
    const Layout layout = place_blocks(blocks);
    expect_no_overlap(blocks, layout);
    size_t most = 0;
    for (int step = 0; step < 130; ++step) {
      size_t live = 0;
      for (const Block& block : blocks)
        if (block.first <= step && step <= block.last) live += (block.bytes + 63) / 64 * 64;
      most = std::max(most, live);
    }
    EXPECT_GE(layout.bytes, most);
    EXPECT_LE(layout.bytes, most * 3 / 2);
  }
}

TEST(PlanTest, ChainNeedsTwoBlocks) {
  std::vector<Block> blocks;
  for (int k = 0; k < 50; ++k) blocks.push_back({640, k, k + 1});
  EXPECT_EQ(place_blocks(blocks).bytes, 1280u);
}

TEST(PlanTest, EmptyBlocksTakeNoRoomAndImpossibleOnesAreReported) {
  EXPECT_EQ(place_blocks({}).bytes, 0u);
  EXPECT_EQ(place_blocks(std::vector<Block>{{0, 0, 9}, {0, 0, 9}}).bytes, 0u);
  EXPECT_TRUE(place_blocks(std::vector<Block>{{SIZE_MAX - 3, 0, 0}}).overflow);
  EXPECT_TRUE(place_blocks(std::vector<Block>{{SIZE_MAX / 2, 0, 0}, {SIZE_MAX / 2, 1, 1}, {SIZE_MAX / 2, 2, 2}}).overflow);
}

TEST(PlanTest, ManyBlocksArePlacedWithoutSharing) {
  const std::vector<Block> blocks(20000, Block{100, 0, 1});
  const Layout layout = place_blocks(blocks);
  EXPECT_EQ(layout.bytes, 20000u * 128);
  EXPECT_EQ(layout.offsets.back(), 19999u * 128);
}

}  // namespace
}  // namespace whyzero::runtime
