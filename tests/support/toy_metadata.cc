#include "support/toy_metadata.h"

#include <flatbuffers/flatbuffers.h>
#include <zlib.h>

namespace whyzero::toy {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using Table = Offset<void>;

/// The slot of field `number` in a table.
constexpr flatbuffers::voffset_t slot(int number) { return static_cast<flatbuffers::voffset_t>(4 + 2 * number); }

template <class Fill>
Table table(FlatBufferBuilder& f, Fill fill) {
  const auto start = f.StartTable();
  fill();
  return Table(f.EndTable(start));
}

Offset<flatbuffers::Vector<Table>> one(FlatBufferBuilder& f, Table element) { return f.CreateVector(&element, 1); }

void put(std::vector<uint8_t>& bytes, uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(value >> 8 * i));
}

void put(std::vector<uint8_t>& bytes, const std::string& text) { bytes.insert(bytes.end(), text.begin(), text.end()); }

}  // namespace

// Numbers of fields as in TensorFlow's metadata_schema.fbs.
std::vector<uint8_t> metadata_of(const MetadataOptions& o) {
  FlatBufferBuilder f;
  const bool normalizes = !o.mean.empty(), labelled = !o.labels.empty();
  Offset<flatbuffers::Vector<Table>> units, files;
  if (normalizes) {
    const auto mean = f.CreateVector(o.mean), std = f.CreateVector(o.std);
    const Table options = table(f, [&] { f.AddOffset(slot(0), mean), f.AddOffset(slot(1), std); });
    units = one(f, table(f, [&] { f.AddElement<uint8_t>(slot(0), 1, 0), f.AddOffset(slot(1), options); }));
  }
  Table content;
  if (o.colour_space) {
    const Table image = table(f, [&] { f.AddElement<uint8_t>(slot(0), static_cast<uint8_t>(o.colour_space), 0); });
    content = table(f, [&] { f.AddElement<uint8_t>(slot(0), 2, 0), f.AddOffset(slot(1), image); });
  }
  if (labelled) {
    const auto name = f.CreateString(o.labels), locale = f.CreateString(o.locale);
    files = one(f, table(f, [&] {
                  f.AddOffset(slot(0), name), f.AddElement<uint8_t>(slot(2), o.file_type, 0);
                  if (!o.locale.empty()) f.AddOffset(slot(3), locale);
                }));
  }
  const Table input = table(f, [&] {
    if (o.colour_space) f.AddOffset(slot(3), content);
    if (normalizes) f.AddOffset(slot(4), units);
  });
  const Table output = table(f, [&] {
    if (labelled && o.level == MetadataOptions::kTensor) f.AddOffset(slot(6), files);
  });
  const auto inputs = one(f, input), outputs = one(f, output);
  const Table subgraph = table(f, [&] {
    f.AddOffset(slot(2), inputs), f.AddOffset(slot(3), outputs);
    if (labelled && o.level == MetadataOptions::kSubgraph) f.AddOffset(slot(4), files);
  });
  const auto subgraphs = one(f, subgraph);
  const Table model = table(f, [&] {
    f.AddOffset(slot(3), subgraphs);
    if (labelled && o.level == MetadataOptions::kModel) f.AddOffset(slot(6), files);
  });
  f.Finish(model, "M001");
  return {f.GetBufferPointer(), f.GetBufferPointer() + f.GetSize()};
}

std::vector<uint8_t> with_zip(std::vector<uint8_t> model, const std::vector<PackedFile>& files, bool from_the_beginning) {
  const size_t begin = model.size(), base = from_the_beginning ? 0 : begin;
  std::vector<uint8_t> directory;
  for (const PackedFile& file : files) {
    const size_t local = model.size() - base;
    const auto crc = static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(file.content.data()), static_cast<uInt>(file.content.size())));
    std::vector<uint8_t> common;  // stored, not deflated
    put(common, 10, 2), put(common, 0, 2), put(common, 0, 2), put(common, 0, 2), put(common, 0x21, 2), put(common, crc, 4);
    put(common, file.content.size(), 4), put(common, file.content.size(), 4), put(common, file.name.size(), 2), put(common, 0, 2);
    put(model, 0x04034b50, 4);
    model.insert(model.end(), common.begin(), common.end());
    put(model, file.name), put(model, file.content);
    put(directory, 0x02014b50, 4), put(directory, 10, 2);
    directory.insert(directory.end(), common.begin(), common.end());
    put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 4), put(directory, local, 4);
    put(directory, file.name);
  }
  const size_t at = model.size() - base;
  model.insert(model.end(), directory.begin(), directory.end());
  put(model, 0x06054b50, 4), put(model, 0, 4), put(model, files.size(), 2), put(model, files.size(), 2);
  put(model, directory.size(), 4), put(model, at, 4), put(model, 0, 2);
  return model;
}

std::string lines_of(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) text += label + "\n";
  return text;
}

}  // namespace whyzero::toy
