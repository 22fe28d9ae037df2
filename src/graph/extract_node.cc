#include "graph/extract_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include "graph/builder.h"

namespace whyzero::graph {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::ReadScalar;
using flatbuffers::voffset_t;

/// The same table again. It holds scalars only, whose widths the table does not tell: each is copied up to where the next begins, rounded
/// down to a width that scalars have. Readers take the low bytes, so that padding does no harm.
Offset<void> copy_scalars(FlatBufferBuilder& f, const flatbuffers::Table* table) {
  const uint8_t* vtable = table->GetVTable();
  const auto* data = reinterpret_cast<const uint8_t*>(table);
  const auto vtable_size = ReadScalar<voffset_t>(vtable), table_size = ReadScalar<voffset_t>(vtable + 2);
  const auto offset_of = [&](voffset_t field) { return ReadScalar<voffset_t>(vtable + field); };
  const auto start = f.StartTable();
  for (voffset_t field = 4; field < vtable_size; field += 2) {
    const voffset_t offset = offset_of(field);
    if (offset == 0) continue;
    voffset_t end = table_size;
    for (voffset_t other = 4; other < vtable_size; other += 2)
      if (offset_of(other) > offset) end = std::min(end, offset_of(other));
    switch (std::bit_floor(std::min<unsigned>(end - offset, 8))) {
      case 8: f.AddElement(field, ReadScalar<uint64_t>(data + offset)); break;
      case 4: f.AddElement(field, ReadScalar<uint32_t>(data + offset)); break;
      case 2: f.AddElement(field, ReadScalar<uint16_t>(data + offset)); break;
      default: f.AddElement(field, ReadScalar<uint8_t>(data + offset)); break;
    }
  }
  return f.EndTable(start);
}

template <class T>
Offset<flatbuffers::Vector<T>> copy(FlatBufferBuilder& f, const flatbuffers::Vector<T>* from) {
  return from ? f.CreateVector(from->data(), from->size()) : Offset<flatbuffers::Vector<T>>();
}

/// What writes the node's options once more; nothing where they cannot be copied.
std::optional<ModelBuilder::OptionsWriter> options_writer(const Node& node) {
  if (node.custom())
    return [bytes = std::vector<uint8_t>(node.custom_options.begin(), node.custom_options.end())](FlatBufferBuilder& f) {
      return f.CreateVector(bytes).Union();
    };
  if (node.options2_type != 0) return std::nullopt;
  if (node.options_type == 0 || !node.options_table) return ModelBuilder::OptionsWriter();
  switch (node.options_type) {
    case schema::BuiltinOptions_ReshapeOptions:
      return [table = static_cast<const schema::ReshapeOptions*>(node.options_table)](FlatBufferBuilder& f) {
        const auto shape = copy(f, table->new_shape());
        return schema::CreateReshapeOptions(f, shape).Union();
      };
    case schema::BuiltinOptions_SqueezeOptions:
      return [table = static_cast<const schema::SqueezeOptions*>(node.options_table)](FlatBufferBuilder& f) {
        const auto dims = copy(f, table->squeeze_dims());
        return schema::CreateSqueezeOptions(f, dims).Union();
      };
    case schema::BuiltinOptions_FullyConnectedOptions:
      if (static_cast<const schema::FullyConnectedOptions*>(node.options_table)->quant_spec()) return std::nullopt;
      break;
    // Vectors inside, or numbers of subgraphs that stay behind.
    case schema::BuiltinOptions_ConcatEmbeddingsOptions:
    case schema::BuiltinOptions_VarHandleOptions:
    case schema::BuiltinOptions_BucketizeOptions:
    case schema::BuiltinOptions_IfOptions:
    case schema::BuiltinOptions_WhileOptions:
    case schema::BuiltinOptions_CallOptions:
    case schema::BuiltinOptions_CallOnceOptions:
      return std::nullopt;
    default:
      break;
  }
  return [table = static_cast<const flatbuffers::Table*>(node.options_table)](FlatBufferBuilder& f) { return copy_scalars(f, table); };
}

}  // namespace

Result<ExtractedNode> extract_node(const Model& model, int index) {
  const Subgraph& graph = model.main();
  if (index < 0 || static_cast<size_t>(index) >= graph.nodes.size())
    return fail(ErrorCode::kInvalidArgument, fmt::format("the main graph has no node #{}", index));
  const Node& node = graph.nodes[static_cast<size_t>(index)];
  auto options = options_writer(node);
  if (!options || !node.intermediates.empty())
    return fail(ErrorCode::kUnsupported, fmt::format("{} cannot stand alone: its options or tensors refer to other parts of the model", node.label()));
  ExtractedNode result;
  ModelBuilder builder;
  std::map<int, int> placed;  // old tensor → new tensor
  for (int old : node.inputs) {
    if (old < 0 || placed.contains(old)) continue;
    const Tensor& tensor = graph.tensors[static_cast<size_t>(old)];
    if (tensor.sparse || tensor.quantization.blockwise)
      return fail(ErrorCode::kUnsupported, fmt::format("{} cannot stand alone: {} is stored sparse or quantized in blocks", node.label(), tensor.label()));
    if (tensor.constant) {
      placed[old] = builder.constant_bytes(tensor.name, tensor.dtype, tensor.shape, {tensor.data.begin(), tensor.data.end()}, tensor.quantization);
    } else if (tensor.variable) {
      placed[old] = builder.variable(tensor.name, tensor.dtype, tensor.shape, tensor.quantization);
    } else {
      placed[old] = builder.input(tensor.name, tensor.dtype, tensor.shape, tensor.quantization);
      result.inputs.push_back(old);
    }
  }
  std::vector<int> inputs, outputs;
  for (int old : node.inputs) inputs.push_back(old < 0 ? -1 : placed[old]);
  for (int old : node.outputs) {
    const Tensor& tensor = graph.tensors[static_cast<size_t>(old)];
    outputs.push_back(builder.tensor(tensor.name, tensor.dtype, tensor.shape, tensor.quantization));
    builder.output(outputs.back());
    result.outputs.push_back(old);
  }
  builder.node_like(node, std::move(inputs), std::move(outputs), std::move(*options));
  result.bytes = builder.bytes();
  return result;
}

}  // namespace whyzero::graph
