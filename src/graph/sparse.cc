// The sparse format is a tree: each level goes over one dimension, either all of it (dense) or only the indices that
// are there (segments and indices as in compressed rows). A dimension may be split into blocks, whose inside is a
// further level. The leaves, in order, are the values.
#include "graph/sparse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "graph/read_context.h"

namespace whyzero::graph {
namespace {

constexpr size_t kMostDenseBytes = size_t{1} << 31;

/// Index vectors come in three widths.
class Indices {
 public:
  Indices() = default;
  Indices(schema::SparseIndexVector type, const void* table)
      : type_(table ? type : schema::SparseIndexVector_NONE), table_(table) {}
  size_t size() const {
    return visit([](const auto* values) -> size_t { return values ? values->size() : 0; });
  }
  int64_t at(size_t i) const {
    return visit([&](const auto* values) -> int64_t { return values->Get(static_cast<flatbuffers::uoffset_t>(i)); });
  }

 private:
  template <class F>
  auto visit(F f) const -> decltype(f(static_cast<const flatbuffers::Vector<int32_t>*>(nullptr))) {
    switch (type_) {
      case schema::SparseIndexVector_Int32Vector:
        return f(static_cast<const schema::Int32Vector*>(table_)->values());
      case schema::SparseIndexVector_Uint16Vector:
        return f(static_cast<const schema::Uint16Vector*>(table_)->values());
      case schema::SparseIndexVector_Uint8Vector:
        return f(static_cast<const schema::Uint8Vector*>(table_)->values());
      default:
        return {};
    }
  }
  schema::SparseIndexVector type_ = schema::SparseIndexVector_NONE;
  const void* table_ = nullptr;
};

struct Level {
  size_t dimension = 0;  // of the tensor
  size_t size = 0;       // indices at this level lie in [0, size)
  size_t stride = 0;     // what one step at this level means along the dimension
  bool dense = true;
  Indices segments, indices;
};

const schema::SparsityParameters& parameters(const Tensor& tensor) {
  return *static_cast<const schema::SparsityParameters*>(tensor.sparsity_table);
}

std::string read_levels(const Tensor& tensor, std::vector<Level>& levels) {
  const auto& from = parameters(tensor);
  const size_t rank = tensor.shape.size();
  const size_t blocks = from.block_map() ? from.block_map()->size() : 0;
  const size_t count = from.dim_metadata() ? from.dim_metadata()->size() : 0;
  const size_t order = from.traversal_order() ? from.traversal_order()->size() : 0;
  if (count != rank + blocks || order != count || blocks > rank)
    return fmt::format("its sparse format has {} levels and an order of {} for {} dimensions and {} blocks", count, order, rank,
                       blocks);
  std::vector<size_t> block_size(rank, 1), level_of(count, count);
  levels.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const int32_t at = from.traversal_order()->Get(static_cast<flatbuffers::uoffset_t>(i));
    if (at < 0 || static_cast<size_t>(at) >= count || level_of[static_cast<size_t>(at)] != count)
      return fmt::format("its sparse format goes over dimension {} twice or has no such dimension", at);
    level_of[static_cast<size_t>(at)] = i;
  }
  for (size_t b = 0; b < blocks; ++b) {
    const int32_t dimension = from.block_map()->Get(static_cast<flatbuffers::uoffset_t>(b));
    if (dimension < 0 || static_cast<size_t>(dimension) >= rank || block_size[static_cast<size_t>(dimension)] != 1)
      return fmt::format("its sparse format has blocks in dimension {}, twice or beyond its {} dimensions", dimension, rank);
    const auto& inside = *from.dim_metadata()->Get(static_cast<flatbuffers::uoffset_t>(level_of[rank + b]));
    const int32_t size = inside.dense_size();
    const auto along = static_cast<size_t>(dimension);
    if (inside.format() != schema::DimensionType_DENSE || size < 1 || tensor.shape[along] % size != 0)
      return fmt::format("its sparse format has blocks of {} in dimension {} of size {}", size, dimension, tensor.shape[along]);
    block_size[along] = static_cast<size_t>(size);
    levels[level_of[rank + b]] = {along, block_size[along], 1, true, {}, {}};
  }
  for (size_t d = 0; d < rank; ++d) {
    const auto& meta = *from.dim_metadata()->Get(static_cast<flatbuffers::uoffset_t>(level_of[d]));
    Level& level = levels[level_of[d]];
    level = {
        d, static_cast<size_t>(tensor.shape[d]) / block_size[d], block_size[d], meta.format() == schema::DimensionType_DENSE, {},
        {}};
    if (level.dense && (meta.dense_size() < 0 || static_cast<size_t>(meta.dense_size()) != level.size))
      return fmt::format("its sparse format gives dimension {} the size {}, its shape {}", d, meta.dense_size(), level.size);
    if (!level.dense) {
      if (meta.format() != schema::DimensionType_SPARSE_CSR)
        return fmt::format("its sparse format has the unknown kind {}", int{meta.format()});
      level.segments = {meta.array_segments_type(), meta.array_segments()};
      level.indices = {meta.array_indices_type(), meta.array_indices()};
    }
  }
  return {};
}

struct Expansion {
  const std::vector<Level>& levels;
  const std::vector<size_t>& strides;  // elements from one index to the next, a dimension
  const uint8_t* values;
  size_t element;
  uint8_t* out;

  /// Point number `position` of level `depth` stands for dense element `offset`.
  void expand(size_t depth, size_t position, size_t offset) const {
    if (depth == levels.size()) {
      std::memcpy(out + offset * element, values + position * element, element);
      return;
    }
    const Level& level = levels[depth];
    const size_t step = strides[level.dimension] * level.stride;
    if (level.dense) {
      for (size_t i = 0; i < level.size; ++i) expand(depth + 1, position * level.size + i, offset + i * step);
    } else {
      const auto end = static_cast<size_t>(level.segments.at(position + 1));
      for (auto i = static_cast<size_t>(level.segments.at(position)); i < end; ++i)
        expand(depth + 1, i, offset + static_cast<size_t>(level.indices.at(i)) * step);
    }
  }
};

}  // namespace

std::string check_sparsity(const Tensor& tensor) {
  const size_t bits = dtype_bits(tensor.dtype);
  if (bits == 0 || bits % 8 != 0) return fmt::format("sparse data of type {} is not known", dtype_name(tensor.dtype));
  std::vector<Level> levels;
  if (std::string wrong = read_levels(tensor, levels); !wrong.empty()) return wrong;
  size_t points = 1;
  for (const Level& level : levels) {
    if (level.dense) {
      const auto next = checked_mul(points, level.size);
      if (!next) return "its sparse format has more points than any memory holds";
      points = *next;
      continue;
    }
    if (level.segments.size() == 0 || level.segments.size() - 1 != points)
      return fmt::format("its sparse dimension {} has {} segment bounds for {} segments", level.dimension, level.segments.size(),
                         points);
    int64_t previous = 0;
    for (size_t i = 0; i <= points; ++i) {
      const int64_t bound = level.segments.at(i);
      if (bound < previous || (i == 0 && bound != 0) || bound > static_cast<int64_t>(level.indices.size()))
        return fmt::format("its sparse dimension {} has segment bound {} after {}, with {} indices", level.dimension, bound,
                           previous, level.indices.size());
      previous = bound;
    }
    points = static_cast<size_t>(previous);
    for (size_t i = 0; i < points; ++i) {
      const int64_t index = level.indices.at(i);
      if (index < 0 || index >= static_cast<int64_t>(level.size))
        return fmt::format("its sparse dimension {} of size {} has index {}", level.dimension, level.size, index);
    }
  }
  const auto bytes = checked_mul(points, bits / 8);
  if (!bytes || *bytes > tensor.data.size())
    return fmt::format("its sparse format asks for {} values of {} bytes, its data has {} bytes", points, bits / 8,
                       tensor.data.size());
  return {};
}

Result<std::vector<uint8_t>> densify(const Tensor& tensor) {
  if (!tensor.sparse || !tensor.sparsity_table)
    return fail(ErrorCode::kInvalidArgument, "tensor " + tensor.label() + " is not sparse");
  const size_t element = dtype_size(tensor.dtype);
  const auto elements = checked_elements(tensor.shape);
  const auto bytes = elements ? checked_mul(*elements, element) : std::nullopt;
  if (!bytes || *bytes > kMostDenseBytes)
    return fail(ErrorCode::kOutOfMemory,
                fmt::format("tensor {} needs more than {} bytes without its sparse format", tensor.label(), kMostDenseBytes));
  std::vector<Level> levels;
  if (std::string wrong = read_levels(tensor, levels); !wrong.empty())
    return fail(ErrorCode::kMalformed, "tensor " + tensor.label() + ": " + wrong);
  std::vector<size_t> strides(tensor.shape.size(), 1);
  for (size_t d = strides.size(); d-- > 1;) strides[d - 1] = strides[d] * static_cast<size_t>(tensor.shape[d]);
  std::vector<uint8_t> out(*bytes);
  if (!out.empty()) Expansion{levels, strides, tensor.data.data(), element, out.data()}.expand(0, 0, 0);
  return out;
}

}  // namespace whyzero::graph
