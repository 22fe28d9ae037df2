// Follows the offsets of the main tables without trusting them. In a file that was cut off, everything still agrees except
// that some references lead beyond the end; damage inside a file makes other contradictions as well.
#include "graph/truncation.h"

#include <algorithm>
#include <cstring>

namespace whyzero::graph {
namespace {

class Walk {
 public:
  explicit Walk(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  std::optional<size_t> result() {
    const auto root = word(0);
    // Writers put the root at the front: in a file of some size it cannot have been lost.
    if (root && *root >= bytes_.size() && bytes_.size() > kRootIsHere) return std::nullopt;
    if (root) model(*root);
    const bool plausible = needed_ <= kMostLost * bytes_.size() + kHead;
    // What begins and does not end must be the last thing in a cut file.
    const bool overlap = crossing_ < last_start_;
    if (crooked_ || overlap || beyond_ == 0 || !plausible) return std::nullopt;
    return needed_;
  }

 private:
  static constexpr size_t kHead = 4096, kMostLost = 64, kRootIsHere = 128;
  static constexpr size_t kMostSteps = 1'000'000;

  /// Whether the range lies in the file; if not, that is noted.
  bool region(size_t start, size_t length) {
    if (++steps_ > kMostSteps) return false;
    if (start <= bytes_.size() && length <= bytes_.size() - start) {
      last_start_ = std::max(last_start_, start);
      return true;
    }
    ++beyond_;
    needed_ = std::max(needed_, start + length);
    if (start < bytes_.size()) crossing_ = std::min(crossing_, start);
    return false;
  }
  std::optional<uint32_t> word(size_t at) {
    if (!region(at, 4)) return std::nullopt;
    uint32_t value;
    std::memcpy(&value, bytes_.data() + at, 4);
    return value;
  }
  uint16_t half(size_t at) const {
    uint16_t value;
    std::memcpy(&value, bytes_.data() + at, 2);
    return value;
  }

  /// Where field `slot` of the table at `table` is, if the table has it.
  std::optional<size_t> field(size_t table, size_t slot) {
    const auto back = word(table);
    if (!back) return std::nullopt;
    const int64_t vtable = static_cast<int64_t>(table) - static_cast<int32_t>(*back);
    if (vtable < 0) {
      crooked_ = true;
      return std::nullopt;
    }
    const auto at = static_cast<size_t>(vtable);
    if (!region(at, 4)) return std::nullopt;
    const size_t vtable_size = half(at), table_size = half(at + 2);
    if (vtable_size < 4 || vtable_size % 2 != 0 || table_size < 4) {
      crooked_ = true;
      return std::nullopt;
    }
    if (!region(at, vtable_size) || !region(table, table_size) || vtable_size < 4 + 2 * slot + 2) return std::nullopt;
    const size_t offset = half(at + 4 + 2 * slot);
    if (offset >= table_size) crooked_ = true;
    if (offset == 0 || offset >= table_size) return std::nullopt;
    return table + offset;
  }
  /// The vector in that field: where its elements begin, and their number.
  struct Elements {
    size_t at = 0, count = 0;
  };
  Elements vector(size_t table, size_t slot, size_t element) {
    const auto at = field(table, slot);
    if (!at) return {};
    const auto offset = word(*at);
    if (!offset) return {};
    const auto count = word(*at + *offset);
    if (!count || !region(*at + *offset, 4 + *count * element)) return {};
    return {*at + *offset + 4, *count};
  }
  template <class F>
  void each_table(size_t table, size_t slot, F f) {
    const Elements elements = vector(table, slot, 4);
    for (size_t i = 0; i < elements.count && steps_ < kMostSteps; ++i)
      if (const auto offset = word(elements.at + 4 * i)) f(elements.at + 4 * i + *offset);
  }

  void model(size_t table) {
    each_table(table, 1, [&](size_t code) { vector(code, 1, 1); });
    each_table(table, 2, [&](size_t subgraph) {
      each_table(subgraph, 0, [&](size_t tensor) {
        vector(tensor, 0, 4);
        vector(tensor, 3, 1);
      });
      vector(subgraph, 1, 4);
      vector(subgraph, 2, 4);
      each_table(subgraph, 3, [&](size_t node) {
        vector(node, 1, 4);
        vector(node, 2, 4);
      });
      vector(subgraph, 4, 1);
    });
    vector(table, 3, 1);
    each_table(table, 4, [&](size_t buffer) { vector(buffer, 0, 1); });
    each_table(table, 6, [&](size_t metadata) { vector(metadata, 0, 1); });
  }

  const std::span<const uint8_t> bytes_;
  size_t needed_ = 0, beyond_ = 0, steps_ = 0, last_start_ = 0, crossing_ = SIZE_MAX;
  bool crooked_ = false;
};

}  // namespace

std::optional<size_t> size_before_cut(std::span<const uint8_t> bytes) { return Walk(bytes).result(); }

}  // namespace whyzero::graph
