// What a model's TFLITE_METADATA says of its inputs and outputs. The metadata are a flatbuffer of their own; the few fields that
// are needed are read here with every offset checked.
#include "app/metadata.h"

#include <algorithm>
#include <map>
#include <utility>

#include "app/label_lines.h"
#include "graph/appended_zip.h"
#include "graph/flat_tables.h"
#include "trace/unzip.h"

namespace whyzero::app {
namespace {

// Numbers of the fields in the tables of metadata_schema.fbs.
constexpr size_t kModelSubgraphs = 3, kModelFiles = 6;
constexpr size_t kInputTensors = 2, kOutputTensors = 3, kSubgraphFiles = 4;
constexpr size_t kContent = 3, kProcessUnits = 4, kTensorFiles = 6;
constexpr size_t kUnionType = 0, kUnionValue = 1, kMean = 0, kStd = 1, kColourSpace = 0;
constexpr size_t kFileName = 0, kFileType = 2, kFileLocale = 3;
constexpr uint8_t kNormalizationOptions = 1, kImageProperties = 2;
constexpr uint8_t kAxisLabels = 2, kValueLabels = 3;

/// The metadata of the main subgraph.
struct Described {
  graph::FlatTables tables;
  std::optional<size_t> model, subgraph;

  std::optional<size_t> tensor(size_t list, size_t index) const { return tables.element(tables.follow(tables.field(subgraph, list)), index); }
};

std::optional<Described> described(const graph::Model& model) {
  for (const graph::Metadata& metadata : model.metadata) {
    if (metadata.name != "TFLITE_METADATA") continue;
    const graph::FlatTables tables(metadata.data);
    const auto root = tables.follow(0);
    return Described{tables, root, tables.element(tables.follow(tables.field(root, kModelSubgraphs)), 0)};
  }
  return std::nullopt;
}

/// What is in the zip behind the model; none where there is no sound one.
std::map<std::string, std::vector<uint8_t>> packed_files(const graph::Model& model) {
  if (!model.bytes) return {};
  const graph::AppendedZip zip = graph::find_appended_zip(*model.bytes);
  if (zip.end_record == 0) return {};
  auto files = trace::unzip(std::span<const uint8_t>(*model.bytes).subspan(zip.shift));
  return files ? std::move(*files) : std::map<std::string, std::vector<uint8_t>>{};
}

/// Names of the label files in a table's list of associated files; those for all languages or for English first.
std::vector<std::string> label_files(const graph::FlatTables& tables, std::optional<size_t> table, size_t field) {
  constexpr size_t kMostFiles = 64;
  const auto list = tables.follow(tables.field(table, field));
  std::vector<std::string> first, others;
  for (size_t i = 0; i < std::min(tables.count(list), kMostFiles); ++i) {
    const auto file = tables.element(list, i);
    const uint8_t type = tables.byte(file, kFileType);
    if (type != kAxisLabels && type != kValueLabels) continue;
    const std::string locale = tables.text(tables.follow(tables.field(file, kFileLocale)));
    (locale.empty() || locale.starts_with("en") ? first : others).push_back(tables.text(tables.follow(tables.field(file, kFileName))));
  }
  first.insert(first.end(), others.begin(), others.end());
  return first;
}

}  // namespace

std::optional<Normalization> input_normalization(const graph::Model& model, size_t input) {
  const auto found = described(model);
  if (!found) return std::nullopt;
  const graph::FlatTables& tables = found->tables;
  const auto units = tables.follow(tables.field(found->tensor(kInputTensors, input), kProcessUnits));
  constexpr size_t kMostUnits = 16;
  for (size_t i = 0; i < std::min(tables.count(units), kMostUnits); ++i) {
    const auto unit = tables.element(units, i);
    if (tables.byte(unit, kUnionType) != kNormalizationOptions) continue;
    const auto options = tables.follow(tables.field(unit, kUnionValue));
    Normalization normalization{tables.numbers<float>(tables.follow(tables.field(options, kMean))), tables.numbers<float>(tables.follow(tables.field(options, kStd)))};
    const bool divides = std::none_of(normalization.std.begin(), normalization.std.end(), [](float s) { return s == 0; });
    if (!normalization.mean.empty() && !normalization.std.empty() && divides) return normalization;
  }
  return std::nullopt;
}

std::optional<DescribedTensors> described_tensors(const graph::Model& model) {
  const auto found = described(model);
  if (!found || !found->subgraph) return std::nullopt;
  const auto count = [&](size_t field) { return found->tables.count(found->tables.follow(found->tables.field(found->subgraph, field))); };
  return DescribedTensors{count(kInputTensors), count(kOutputTensors)};
}

ColourSpace described_colours(const graph::Model& model, size_t input) {
  const auto found = described(model);
  if (!found) return ColourSpace::kUnknown;
  const graph::FlatTables& tables = found->tables;
  const auto content = tables.follow(tables.field(found->tensor(kInputTensors, input), kContent));
  if (tables.byte(content, kUnionType) != kImageProperties) return ColourSpace::kUnknown;
  switch (tables.byte(tables.follow(tables.field(content, kUnionValue)), kColourSpace)) {
    case 1: return ColourSpace::kRgb;
    case 2: return ColourSpace::kGray;
    default: return ColourSpace::kUnknown;
  }
}

std::vector<std::string> packed_file_names(const graph::Model& model) {
  std::vector<std::string> names;
  for (const auto& [name, content] : packed_files(model)) names.push_back(name);
  return names;
}

std::optional<PackedLabels> packed_labels(const graph::Model& model, size_t output) {
  const auto found = described(model);
  if (!found) return std::nullopt;
  std::vector<std::string> names = label_files(found->tables, found->tensor(kOutputTensors, output), kTensorFiles);
  if (names.empty()) names = label_files(found->tables, found->subgraph, kSubgraphFiles);
  if (names.empty()) names = label_files(found->tables, found->model, kModelFiles);
  if (names.empty()) return std::nullopt;
  const auto files = packed_files(model);
  for (const std::string& name : names)
    if (const auto file = files.find(name); file != files.end())
      return PackedLabels{name, label_lines({reinterpret_cast<const char*>(file->second.data()), file->second.size()})};
  return std::nullopt;
}

}  // namespace whyzero::app
