// What a model's TFLITE_METADATA says of its inputs. The metadata are a flatbuffer of their own; the few fields that are needed
// are read here with every offset checked.
#include "app/metadata.h"

#include <cmath>
#include <cstring>

namespace whyzero::app {
namespace {

// Numbers of the fields in the tables of metadata_schema.fbs.
constexpr size_t kSubgraphMetadata = 3, kInputTensorMetadata = 2, kOutputTensorMetadata = 3, kProcessUnits = 4, kOptionsType = 0, kOptions = 1, kMean = 0,
                 kStd = 1;
constexpr uint8_t kNormalizationOptions = 1;

class Buffer {
 public:
  explicit Buffer(std::span<const uint8_t> bytes) : bytes_(bytes) {}

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

  std::vector<float> floats(std::optional<size_t> vector) const {
    constexpr uint32_t kMost = 64;
    std::vector<float> numbers;
    const auto count = vector ? read<uint32_t>(*vector) : std::nullopt;
    for (uint32_t i = 0; count && *count <= kMost && i < *count; ++i) {
      const auto number = read<float>(*vector + 4 + 4 * size_t{i});
      if (!number || !std::isfinite(*number)) return {};
      numbers.push_back(*number);
    }
    return numbers;
  }

 private:
  std::span<const uint8_t> bytes_;
};

std::optional<Normalization> normalization_in(const Buffer& buffer, size_t input) {
  const auto subgraph = buffer.element(buffer.follow(buffer.field(buffer.follow(0), kSubgraphMetadata)), 0);
  const auto tensor = buffer.element(buffer.follow(buffer.field(subgraph, kInputTensorMetadata)), input);
  const auto units = buffer.follow(buffer.field(tensor, kProcessUnits));
  constexpr size_t kMostUnits = 16;
  for (size_t i = 0; i < kMostUnits; ++i) {
    const auto unit = buffer.element(units, i);
    const auto type = buffer.field(unit, kOptionsType);
    if (!type || buffer.read<uint8_t>(*type) != kNormalizationOptions) continue;
    const auto options = buffer.follow(buffer.field(unit, kOptions));
    Normalization found{buffer.floats(buffer.follow(buffer.field(options, kMean))),
                        buffer.floats(buffer.follow(buffer.field(options, kStd)))};
    if (!found.mean.empty() && !found.std.empty()) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Normalization> input_normalization(const graph::Model& model, size_t input) {
  for (const graph::Metadata& metadata : model.metadata)
    if (metadata.name == "TFLITE_METADATA") return normalization_in(Buffer(metadata.data), input);
  return std::nullopt;
}

std::optional<DescribedTensors> described_tensors(const graph::Model& model) {
  for (const graph::Metadata& metadata : model.metadata) {
    if (metadata.name != "TFLITE_METADATA") continue;
    const Buffer buffer(metadata.data);
    const auto subgraph = buffer.element(buffer.follow(buffer.field(buffer.follow(0), kSubgraphMetadata)), 0);
    if (!subgraph) return std::nullopt;
    const auto count = [&](size_t field) {
      const auto vector = buffer.follow(buffer.field(subgraph, field));
      return size_t{vector ? buffer.read<uint32_t>(*vector).value_or(0) : 0};
    };
    return DescribedTensors{count(kInputTensorMetadata), count(kOutputTensorMetadata)};
  }
  return std::nullopt;
}

}  // namespace whyzero::app
