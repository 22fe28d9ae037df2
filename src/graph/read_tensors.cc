// Tensors of a model file: shape, type, quantization and constant data, checked against each other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/checked.h"
#include "graph/read_context.h"

namespace whyzero::graph {
namespace {

constexpr size_t kMostDimensions = 64;
// Leaves room to multiply by an element's size and a few more factors without overflow.
constexpr size_t kMostElements = size_t{1} << 48;

bool read_quantization(ReadContext& context, Place place, const schema::QuantizationParameters& from, Tensor& to) {
  Quantization& q = to.quantization;
  if (!context.copy(from.scale(), q.scales) || !context.copy(from.zero_point(), q.zero_points) ||
      !context.copy(from.min(), q.min) || !context.copy(from.max(), q.max))
    return false;
  q.zero_points_in_file = static_cast<uint32_t>(q.zero_points.size());
  q.zero_points.resize(q.scales.size(), q.zero_points.empty() ? 0 : q.zero_points.back());
  q.axis_in_file = from.quantized_dimension();
  q.axis = std::clamp<int32_t>(q.axis_in_file, 0, std::max<int32_t>(static_cast<int32_t>(to.shape.size()) - 1, 0));

  int32_t scales = -1, zero_points = -1;
  if (const auto* blocks = from.details_as_BlockwiseQuantization()) {
    scales = blocks->scales(), zero_points = blocks->zero_points(), q.block_size = blocks->block_size();
  } else if (const auto* axes = from.details_as_MultiAxisQuantization()) {
    scales = axes->scales(), zero_points = axes->zero_points(), q.block_size = axes->block_size();
  } else {
    return true;
  }
  q.blockwise = true;
  q.scales_tensor = scales;
  q.zero_points_tensor = zero_points;
  const auto count =
      static_cast<int32_t>(context.file.subgraphs()->Get(static_cast<flatbuffers::uoffset_t>(place.subgraph))->tensors()->size());
  if (scales < 0 || scales >= count || zero_points < -1 || zero_points >= count) {
    context.contradiction(
        place,
        fmt::format("tensor {}: the scales and zero points of its blocks are said to be in tensors {} and {}, but there are "
                    "only {} tensors",
                    to.label(), scales, zero_points, count));
    return false;
  }
  if (q.block_size < 0) {
    context.contradiction(place, fmt::format("tensor {}: quantized in blocks of {} elements", to.label(), q.block_size));
    return false;
  }
  return true;
}

bool read_shape(ReadContext& context, Place place, const schema::Tensor& from, Tensor& to) {
  if ((from.shape() && from.shape()->size() > kMostDimensions) ||
      (from.shape_signature() && from.shape_signature()->size() > kMostDimensions)) {
    context.contradiction(place, fmt::format("tensor {} has more than {} dimensions", to.label(), kMostDimensions));
    return false;
  }
  if (!context.copy(from.shape(), to.shape) || !context.copy(from.shape_signature(), to.shape_signature)) return false;
  for (int32_t dim : to.shape) {
    if (dim >= 0) continue;
    context.contradiction(
        place,
        fmt::format("tensor {} has shape [{}]: a dimension cannot be {} (one that is unknown is 1 here and -1 in the shape "
                    "signature)",
                    to.label(), fmt::join(to.shape, ", "), dim));
    return false;
  }
  const auto elements = checked_elements(to.shape);
  if (!elements || *elements > kMostElements) {
    context.contradiction(place, fmt::format("tensor {} has shape [{}]: more elements than any memory holds", to.label(),
                                             fmt::join(to.shape, ", ")));
    return false;
  }
  // A signature of another rank says nothing about this shape.
  if (to.shape_signature.size() != to.shape.size()) to.shape_signature.clear();
  to.has_shape = from.has_rank() || !to.shape.empty();
  return true;
}

bool read_data(ReadContext& context, Place place, const schema::Tensor& from, Tensor& to) {
  const std::span<const uint8_t> data = context.buffer(to.buffer);
  if (data.empty() || to.dtype == DType::kResource || to.dtype == DType::kVariant) return true;
  to.data = data;
  to.constant = true;
  to.has_shape = true;
  if (to.variable) {
    context.contradiction(place, fmt::format("tensor {} is a variable and yet has constant data", to.label()));
    return false;
  }
  std::string wrong;
  if (from.sparsity()) {
    to.sparse = true;
    to.sparsity_table = from.sparsity();
    wrong = check_sparsity(to);
  } else {
    const size_t elements = *checked_elements(to.shape);
    if (to.dtype == DType::kString) {
      wrong = check_strings(data, elements);
    } else {
      const size_t needed = (elements * dtype_bits(to.dtype) + 7) / 8;
      if (data.size() < needed)
        wrong = fmt::format("its shape [{}] of {} needs {} bytes, buffer {} holds {}", fmt::join(to.shape, ", "),
                            dtype_name(to.dtype), needed, to.buffer, data.size());
      else
        to.data = data.first(needed);
    }
  }
  if (wrong.empty()) return true;
  context.contradiction(place, fmt::format("constant tensor {}: {}", to.label(), wrong));
  return false;
}

}  // namespace

std::string check_strings(std::span<const uint8_t> data, size_t elements) {
  const auto word = [&](size_t index) { return flatbuffers::ReadScalar<int32_t>(data.data() + 4 * index); };
  // Layout: number of strings, then that many offsets and the end, then the characters.
  if (data.size() < 8) return fmt::format("its string data has only {} bytes", data.size());
  const int32_t count = word(0);
  if (count < 0 || static_cast<size_t>(count) > data.size() / 4 - 2)
    return fmt::format("it claims {} strings in {} bytes", count, data.size());
  if (static_cast<size_t>(count) != elements)
    return fmt::format("its shape asks for {} strings, its data holds {}", elements, count);
  int64_t previous = 4 * (static_cast<int64_t>(count) + 2);
  for (size_t i = 0; i <= static_cast<size_t>(count); ++i) {
    const int64_t offset = word(1 + i);
    if (offset < previous || offset > static_cast<int64_t>(data.size()))
      return fmt::format("string {} lies at byte {} of {}", i, offset, data.size());
    previous = offset;
  }
  return {};
}

bool read_tensor(ReadContext& context, int subgraph, const schema::Tensor& from, Tensor& to) {
  const Place place{subgraph, to.index, -1};
  to.name = context.text(from.name());
  const int type = from.type();
  if (type < schema::TensorType_MIN || type > schema::TensorType_MAX) {
    context.contradiction(place, fmt::format("tensor {} has type {}; known are {} to {}", to.label(), type,
                                             int{schema::TensorType_MIN}, int{schema::TensorType_MAX}));
    return false;
  }
  to.dtype = static_cast<DType>(type);
  to.variable = from.is_variable();
  to.buffer = from.buffer();
  if (to.buffer >= context.buffer_count()) {
    context.contradiction(place, fmt::format("tensor {} is said to be in buffer {}, but there are only {} buffers", to.label(),
                                             to.buffer, context.buffer_count()));
    return false;
  }
  if (!read_shape(context, place, from, to)) return false;
  if (from.quantization() && !read_quantization(context, place, *from.quantization(), to)) return false;
  if (from.external_buffer() != 0) {
    context.truncated(place, fmt::format("tensor {} keeps its data in another file, which is not read", to.label()));
    return false;
  }
  return read_data(context, place, from, to);
}

}  // namespace whyzero::graph
