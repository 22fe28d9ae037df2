// A flatbuffer read without its schema's code, every offset checked.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace whyzero::graph {

/// Fields and vectors are asked for by position; whatever leads out of the bytes is nothing.
class FlatTables {
 public:
  explicit FlatTables(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  template <class T>
  std::optional<T> read(size_t at) const {
    if (bytes_.size() < sizeof(T) || at > bytes_.size() - sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof(T));
    return value;
  }

  /// Where the offset at `at` leads to.
  std::optional<size_t> follow(std::optional<size_t> at) const {
    const auto offset = at ? read<uint32_t>(*at) : std::nullopt;
    if (!offset || *offset == 0 || *offset >= bytes_.size()) return std::nullopt;
    return *at + *offset;
  }

  /// Where a table keeps its field; nothing where it has none.
  std::optional<size_t> field(std::optional<size_t> table, size_t number) const {
    const auto back = table ? read<int32_t>(*table) : std::nullopt;
    if (!back) return std::nullopt;
    const int64_t vtable = static_cast<int64_t>(*table) - *back;
    if (vtable < 0) return std::nullopt;
    const auto size = read<uint16_t>(static_cast<size_t>(vtable));
    const size_t slot = 4 + 2 * number;
    if (!size || slot + 2 > *size) return std::nullopt;
    const auto offset = read<uint16_t>(static_cast<size_t>(vtable) + slot);
    if (!offset || *offset == 0) return std::nullopt;
    return *table + *offset;
  }

  /// Element `index` of a vector of tables.
  std::optional<size_t> element(std::optional<size_t> vector, size_t index) const {
    const auto count = vector ? read<uint32_t>(*vector) : std::nullopt;
    if (!count || index >= *count) return std::nullopt;
    return follow(*vector + 4 + 4 * index);
  }

  size_t count(std::optional<size_t> vector) const { return vector ? read<uint32_t>(*vector).value_or(0) : 0; }

  /// A byte that is a field; 0 where the table has none.
  uint8_t byte(std::optional<size_t> table, size_t number) const {
    const auto at = field(table, number);
    return at ? read<uint8_t>(*at).value_or(0) : uint8_t{0};
  }

  std::string text(std::optional<size_t> at) const {
    const auto length = at ? read<uint32_t>(*at) : std::nullopt;
    if (!length || *length > bytes_.size() || *at + 4 > bytes_.size() - *length) return {};
    return std::string(reinterpret_cast<const char*>(bytes_.data()) + *at + 4, *length);
  }

  /// A short vector of numbers of four bytes; none where it is longer or holds what is no number.
  template <class T>
  std::vector<T> numbers(std::optional<size_t> vector) const {
    static_assert(sizeof(T) == 4);
    constexpr uint32_t kMost = 64;
    std::vector<T> numbers;
    const auto count = vector ? read<uint32_t>(*vector) : std::nullopt;
    for (uint32_t i = 0; count && *count <= kMost && i < *count; ++i) {
      const auto number = read<T>(*vector + 4 + 4 * size_t{i});
      if (!number || !std::isfinite(static_cast<double>(*number))) return {};
      numbers.push_back(*number);
    }
    return numbers;
  }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace whyzero::graph
