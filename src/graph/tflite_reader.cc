// MODEL FILE → GRAPH: what kind of file it is, whether it is whole, then subgraphs, signatures and metadata.
#include "graph/tflite_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "graph/read_context.h"
#include "graph/sniff.h"
#include "graph/truncation.h"

namespace whyzero::graph {
namespace {

constexpr uint32_t kVersion = 3;

bool check_tensor_list(ReadContext& context, int subgraph, const std::vector<int>& list, const char* what) {
  const auto count = static_cast<int>(context.model.subgraphs[static_cast<size_t>(subgraph)].tensors.size());
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] >= 0 && list[i] < count) continue;
    context.contradiction({subgraph, -1, -1},
                          fmt::format("{} {} of subgraph {} is tensor {}, but the subgraph has only {} tensors", what, i,
                                      subgraph, list[i], count));
    return false;
  }
  return true;
}

void read_subgraph(ReadContext& context, int index, const schema::SubGraph& from) {
  Subgraph& to = context.model.subgraphs[static_cast<size_t>(index)];
  to.name = context.text(from.name());
  if (!from.tensors()) return context.contradiction({index, -1, -1}, fmt::format("subgraph {} has no list of tensors", index));
  to.tensors.resize(from.tensors()->size());
  bool sound = true;
  for (flatbuffers::uoffset_t i = 0; i < from.tensors()->size(); ++i) {
    to.tensors[i].index = static_cast<int>(i);
    sound = read_tensor(context, index, *from.tensors()->Get(i), to.tensors[i]) && sound;
  }
  if (!context.copy(from.inputs(), to.inputs) || !context.copy(from.outputs(), to.outputs)) return;
  if (!check_tensor_list(context, index, to.inputs, "input") || !check_tensor_list(context, index, to.outputs, "output")) return;
  if (from.operators()) {
    to.nodes.resize(from.operators()->size());
    for (flatbuffers::uoffset_t i = 0; i < from.operators()->size(); ++i) {
      to.nodes[i].index = static_cast<int>(i);
      sound = read_node(context, index, *from.operators()->Get(i), to.nodes[i]) && sound;
    }
  }
  // Order is judged only between sound nodes: one wrong index would otherwise be reported many times.
  if (sound) check_order(context, index);
}

bool read_entries(ReadContext& context, const Signature& signature,
                  const flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>* from, std::vector<SignatureEntry>& to) {
  if (!from) return true;
  const size_t tensors = context.model.subgraphs[static_cast<size_t>(signature.subgraph)].tensors.size();
  for (const schema::TensorMap* entry : *from) {
    to.push_back({context.text(entry->name()), static_cast<int>(entry->tensor_index())});
    if (entry->tensor_index() < tensors) continue;
    context.blemish({signature.subgraph, -1, -1},
                    fmt::format("signature \"{}\" names tensor {} as \"{}\", but subgraph {} has only {} tensors", signature.key,
                                entry->tensor_index(), to.back().name, signature.subgraph, tensors));
    return false;
  }
  return true;
}

void read_signatures(ReadContext& context) {
  if (!context.file.signature_defs()) return;
  for (const schema::SignatureDef* from : *context.file.signature_defs()) {
    Signature to;
    to.key = context.text(from->signature_key());
    if (from->subgraph_index() >= context.model.subgraphs.size()) {
      context.blemish({}, fmt::format("signature \"{}\" belongs to subgraph {}, but there are only {} subgraphs", to.key,
                                      from->subgraph_index(), context.model.subgraphs.size()));
      continue;
    }
    to.subgraph = static_cast<int>(from->subgraph_index());
    if (read_entries(context, to, from->inputs(), to.inputs) && read_entries(context, to, from->outputs(), to.outputs))
      context.model.signatures.push_back(std::move(to));
  }
}

void read_metadata(ReadContext& context) {
  if (!context.file.metadata()) return;
  for (const schema::Metadata* from : *context.file.metadata()) {
    Metadata to{context.text(from->name()), {}};
    if (from->buffer() >= context.buffer_count()) {
      context.blemish({}, fmt::format("metadata \"{}\" is said to be in buffer {}, but there are only {} buffers", to.name,
                                      from->buffer(), context.buffer_count()));
      continue;
    }
    to.data = context.buffer(from->buffer());
    context.model.metadata.push_back(std::move(to));
  }
}

void read_model(ReadContext& context) {
  const schema::Model& file = context.file;
  context.model.version = static_cast<int>(file.version());
  context.model.description = context.text(file.description());
  if (file.version() != kVersion)
    return context.contradiction({}, fmt::format("the model has format version {}, expected {}", file.version(), kVersion));
  if (!file.subgraphs() || file.subgraphs()->size() == 0) return context.contradiction({}, "the model has no subgraphs");
  if (!context.read_buffers()) return;
  context.model.subgraphs.resize(file.subgraphs()->size());
  for (flatbuffers::uoffset_t i = 0; i < file.subgraphs()->size(); ++i) {
    // Blockwise quantization and messages count the tensors of a subgraph, so each must have its list.
    read_subgraph(context, static_cast<int>(i), *file.subgraphs()->Get(i));
  }
  if (context.usable()) check_calls(context);
  if (!context.usable()) return;
  read_signatures(context);
  read_metadata(context);
}

Defect not_a_model(const FileKind& kind) {
  std::string message = "this is not a TensorFlow Lite model but " + kind.what;
  if (!kind.advice.empty()) message += "; " + kind.advice;
  return {"F001", std::move(message)};
}

}  // namespace

Reading read_tflite(std::shared_ptr<const std::vector<uint8_t>> bytes) {
  Reading reading;
  if (!bytes) return {nullptr, {{"F001", "there is no model"}}};
  const FileKind kind = sniff(*bytes);
  if (kind.kind != "tflite") {
    reading.defects.push_back(not_a_model(kind));
    return reading;
  }
  // Offsets inside a flatbuffer have 31 bits; what lies further behind is reached by offset and size only.
  const size_t flatbuffer_size = std::min<size_t>(bytes->size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
  flatbuffers::Verifier::Options limits;
  // Each table takes at least four bytes and four more for the reference to it.
  limits.max_tables = static_cast<flatbuffers::uoffset_t>(std::min<size_t>(flatbuffer_size / 4 + 1024, 1'000'000));
  flatbuffers::Verifier verifier(bytes->data(), flatbuffer_size, limits);
  if (!schema::VerifyModelBuffer(verifier)) {
    if (const auto size = size_before_cut(*bytes))
      reading.defects.push_back(
          {"F002",
           fmt::format("the file is cut off: it has {} bytes, but its own offsets lead to byte {} or further; fetch or copy "
                       "it again and compare its size",
                       bytes->size(), *size)});
    else
      reading.defects.push_back(
          {"F003",
           "the file is damaged: offsets inside it lead to places that cannot hold what they should; fetch or copy it "
           "again, or export the model again"});
    return reading;
  }
  auto model = std::make_shared<Model>();
  model->bytes = bytes;
  ReadContext context(*bytes, *schema::GetModel(bytes->data()), *model, reading.defects);
  read_model(context);
  if (context.usable()) reading.model = std::move(model);
  return reading;
}

Result<Reading> read_tflite(const std::filesystem::path& path) {
  WHYZERO_ASSIGN(std::vector<uint8_t> bytes, read_file(path));
  return read_tflite(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)));
}

}  // namespace whyzero::graph
