// whyzero inspect: what a model file is and has, without running it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/metadata.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "graph/macs.h"
#include "graph/precision.h"
#include "graph/sniff.h"
#include "graph/tflite_reader.h"
#include "graph/validate.h"

namespace whyzero::cli {
namespace {

using nlohmann::json;

json describe_tensor(const graph::Tensor& tensor) {
  return {{"name", tensor.name},
          {"index", tensor.index},
          {"shape", tensor.shape},
          {"shape_signature", tensor.shape_signature.empty() ? tensor.shape : tensor.shape_signature},
          {"dtype", dtype_name(tensor.dtype)},
          {"quantization_parameters",
           {{"scales", tensor.quantization.scales},
            {"zero_points", tensor.quantization.zero_points},
            {"quantized_dimension", tensor.quantization.axis}}}};
}

json describe_tensors(const graph::Subgraph& graph, const std::vector<int>& indices) {
  json list = json::array();
  for (int index : indices) list.push_back(describe_tensor(graph.tensors[static_cast<size_t>(index)]));
  return list;
}

json describe_signatures(const graph::Model& model) {
  json list = json::array();
  for (const graph::Signature& signature : model.signatures) {
    json inputs = json::object(), outputs = json::object();
    for (const auto& entry : signature.inputs) inputs[entry.name] = entry.tensor;
    for (const auto& entry : signature.outputs) outputs[entry.name] = entry.tensor;
    list.push_back({{"key", signature.key}, {"subgraph", signature.subgraph}, {"inputs", inputs}, {"outputs", outputs}});
  }
  return list;
}

json describe_subgraph(const graph::Subgraph& graph) {
  json operators = json::array(), tensors = json::array();
  for (const graph::Node& node : graph.nodes) {
    json one = {{"index", node.index},     {"name", node.op_name},  {"version", node.version},
                {"custom", node.custom()}, {"inputs", node.inputs}, {"outputs", node.outputs}};
    const auto macs = graph::macs_of(graph, node);
    one["macs"] = macs ? json(*macs) : json();
    operators.push_back(std::move(one));
  }
  for (const graph::Tensor& tensor : graph.tensors) {
    json one = describe_tensor(tensor);
    one["constant"] = tensor.constant;
    one["variable"] = tensor.variable;
    one["constant_bytes"] = tensor.data.size();
    tensors.push_back(std::move(one));
  }
  return {{"name", graph.name}, {"operators", operators}, {"tensors", tensors}};
}

json describe_model(const graph::Model& model) {
  json subgraphs = json::array(), metadata = json::array();
  size_t constants = 0;
  for (const graph::Subgraph& graph : model.subgraphs) {
    subgraphs.push_back(describe_subgraph(graph));
    for (const graph::Tensor& tensor : graph.tensors) constants += tensor.data.size();
  }
  for (const graph::Metadata& entry : model.metadata) metadata.push_back({{"name", entry.name}, {"bytes", entry.data.size()}});
  const graph::Precision precision = graph::precision_of(model);
  return {{"version", model.version},
          {"description", model.description},
          {"precision", {{"scheme", graph::scheme_name(precision.scheme)}, {"layers", precision.layers}, {"reduced", precision.reduced}, {"noted", precision.noted}, {"converter", precision.converter}}},
          {"inputs", describe_tensors(model.main(), model.main().inputs)},
          {"outputs", describe_tensors(model.main(), model.main().outputs)},
          {"signatures", describe_signatures(model)},
          {"macs", graph::total_macs(model)},
          {"constant_bytes", constants},
          {"metadata", metadata},
          {"packed_files", app::packed_file_names(model)},
          {"subgraphs", subgraphs}};
}

json describe_defects(const std::vector<graph::Defect>& defects) {
  json list = json::array();
  for (const graph::Defect& defect : defects) list.push_back({{"code", defect.code}, {"message", defect.message}});
  return list;
}

std::string tensor_line(const graph::Tensor& tensor) {
  std::string text = fmt::format("  #{:<4} {:<8} [{}]  {}", tensor.index, dtype_name(tensor.dtype), fmt::join(tensor.shape, ", "),
                                 printable(tensor.name));
  const auto& quantization = tensor.quantization;
  if (quantization.scales.size() == 1)
    text += fmt::format("  scale {:.6g}, zero point {}", quantization.scales[0],
                        quantization.zero_points.empty() ? 0 : quantization.zero_points[0]);
  else if (quantization.per_channel())
    text += fmt::format("  {} scales along axis {}", quantization.scales.size(), quantization.axis);
  return text + "\n";
}

std::string text_of(const graph::Model& model, size_t file_bytes) {
  const graph::Subgraph& main = model.main();
  std::string text = fmt::format("TensorFlow Lite model, version {}, {} bytes, {} operators, {} MACs\n", model.version,
                                 file_bytes, main.nodes.size(), graph::total_macs(model));
  if (!model.description.empty()) text += "description: " + printable(model.description) + "\n";
  text += "numbers " + graph::describe(graph::precision_of(model)) + "\n";
  text += styled("inputs", Style::kBold) + "\n";
  for (int index : main.inputs) text += tensor_line(main.tensors[static_cast<size_t>(index)]);
  text += styled("outputs", Style::kBold) + "\n";
  for (int index : main.outputs) text += tensor_line(main.tensors[static_cast<size_t>(index)]);
  for (const graph::Signature& signature : model.signatures) text += fmt::format("signature {}\n", printable(signature.key));
  for (const graph::Metadata& entry : model.metadata)
    text += fmt::format("metadata {} ({} bytes)\n", printable(entry.name), entry.data.size());
  for (const std::string& name : app::packed_file_names(model)) text += fmt::format("packed file {}\n", printable(name));
  std::map<std::string, int> kinds;
  for (const graph::Subgraph& graph : model.subgraphs)
    for (const graph::Node& node : graph.nodes) ++kinds[fmt::format("{} version {}", node.op_name, node.version)];
  text += styled("operators", Style::kBold) + "\n";
  for (const auto& [kind, count] : kinds) text += fmt::format("{:>6}  {}\n", count, printable(kind));
  return text;
}

int run(const std::string& path, const Context& context) {
  auto bytes = read_file(path);
  if (!bytes) return fail_with(context, bytes.error());
  const auto shared = std::make_shared<const std::vector<uint8_t>>(std::move(*bytes));
  const graph::FileKind kind = graph::sniff(*shared);
  graph::Reading reading = graph::read_tflite(shared);
  json document = {{"path", path}, {"kind", kind.kind}, {"bytes", shared->size()}};
  if (!reading.model) {
    document["defects"] = describe_defects(reading.defects);
    std::string message =
        reading.defects.empty() ? "this is " + kind.what : reading.defects[0].code + ": " + reading.defects[0].message;
    return fail_with(context, Error{ErrorCode::kMalformed, std::move(message), {path}}, std::move(document));
  }
  for (graph::Defect& defect : graph::validate(*reading.model)) reading.defects.push_back(std::move(defect));
  document["defects"] = describe_defects(reading.defects);
  if (context.json()) {
    document.update(describe_model(*reading.model));
    return finish(context, print_json(document));
  }
  std::string text = text_of(*reading.model, shared->size());
  for (const graph::Defect& defect : reading.defects) text += printable(defect.code + ": " + defect.message) + "\n";
  return finish(context, print_text(text));
}

Runner declare(CLI::App& parser) {
  auto path = std::make_shared<std::string>();
  parser.add_option("model", *path, "The model (.tflite)")->required();
  return [path](const Context& context) { return run(*path, context); };
}

}  // namespace

extern constinit const Command unit_inspect{
    .name = "inspect",
    .summary = "Shows what a model file has: inputs, outputs, operators, quantization, metadata",
    .example = "whyzero inspect model.tflite --format json",
    .declare = declare,
};

}  // namespace whyzero::cli
