#include "trace/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "trace/run_model.h"

namespace whyzero::trace {
namespace {

template <class T>
Array list(DType dtype, const std::vector<T>& values) {
  Array array;
  array.dtype = dtype;
  array.shape = {static_cast<int64_t>(values.size())};
  array.data.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(array.data.data(), values.data(), array.data.size());
  return array;
}

template <class T>
std::optional<T> element(const Arrays& arrays, const char* key, DType dtype, int index) {
  const auto found = arrays.find(key);
  if (found == arrays.end() || found->second.dtype != dtype || static_cast<size_t>(index) >= found->second.data.size() / sizeof(T))
    return std::nullopt;
  T value;
  std::memcpy(&value, found->second.data.data() + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

std::optional<int> number_behind(std::string_view key, std::string_view prefix) {
  int value = 0;
  if (!key.starts_with(prefix)) return std::nullopt;
  const auto [end, error] = std::from_chars(key.data() + prefix.size(), key.data() + key.size(), value);
  if (error != std::errc() || end != key.data() + key.size() || value < 0) return std::nullopt;
  return value;
}

/// Inputs first, then by node, then by index.
void sort_by_node(std::vector<TraceTensor>& tensors) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const TraceTensor& a, const TraceTensor& b) {
    return a.node != b.node ? a.node < b.node : a.index < b.index;
  });
}

std::vector<int> writers(const graph::Subgraph& graph) {
  std::vector<int> writer(graph.tensors.size(), -1);
  for (const graph::Node& node : graph.nodes)
    for (int output : node.outputs)
      if (output >= 0) writer[static_cast<size_t>(output)] = node.index;
  return writer;
}

}  // namespace

std::string TraceTensor::label() const {
  if (index < 0) return name;
  return name.empty() ? fmt::format("#{}", index) : fmt::format("#{} \"{}\"", index, name);
}

Result<Trace> trace_run(runtime::Session& session, const std::vector<std::vector<uint8_t>>& inputs) {
  for (size_t k = 0; k < inputs.size(); ++k) WHYZERO_TRY(session.set_input(static_cast<int>(k), inputs[k]));
  WHYZERO_TRY(session.invoke());
  const graph::Subgraph& graph = session.subgraph();
  const std::vector<int> writer = writers(graph);
  Trace trace;
  for (const graph::Tensor& info : graph.tensors) {
    const int node = writer[static_cast<size_t>(info.index)];
    const bool input = std::find(graph.inputs.begin(), graph.inputs.end(), info.index) != graph.inputs.end();
    if ((node < 0 && !input) || !session.available(info.index)) continue;
    auto array = array_from_tensor(session.tensor(info.index));
    if (!array && array.error().code == ErrorCode::kOutOfMemory) return fail(std::move(array).error());
    if (!array) continue;
    TraceTensor tensor;
    tensor.index = info.index;
    tensor.name = info.name;
    tensor.node = node;
    if (node >= 0) tensor.op_name = graph.nodes[static_cast<size_t>(node)].op_name;
    tensor.output = std::find(graph.outputs.begin(), graph.outputs.end(), info.index) != graph.outputs.end();
    tensor.value.array = std::move(*array);
    if (info.quantization.scales.size() == 1) {
      tensor.value.scale = static_cast<double>(info.quantization.scales[0]);
      tensor.value.zero_point = info.quantization.zero_points[0];
    }
    trace.tensors.push_back(std::move(tensor));
  }
  sort_by_node(trace.tensors);
  return trace;
}

Result<Trace> trace_from_arrays(const Arrays& arrays) {
  const auto read = [&](std::string_view prefix) {
    Trace trace;
    for (const auto& [key, array] : arrays) {
      const auto number = number_behind(key, prefix);
      if (!number) continue;
      TraceTensor tensor;
      tensor.value.array = array;
      if (prefix == "out_") {
        tensor.name = key;
        tensor.node = *number;
        tensor.output = true;
      } else {
        tensor.index = *number;
        if (const auto names = arrays.find("names"); names != arrays.end() && static_cast<size_t>(*number) < names->second.strings.size())
          tensor.name = names->second.strings[static_cast<size_t>(*number)];
        tensor.value.scale = element<double>(arrays, "scales", DType::kFloat64, *number).value_or(0);
        tensor.value.zero_point = element<int64_t>(arrays, "zero_points", DType::kInt64, *number).value_or(0);
        tensor.node = element<int32_t>(arrays, "nodes", DType::kInt32, *number).value_or(*number);
        if (tensor.node == -2) continue;  // a constant
      }
      trace.tensors.push_back(std::move(tensor));
    }
    sort_by_node(trace.tensors);
    return trace;
  };
  Trace trace = read("t_");
  if (trace.tensors.empty()) trace = read("out_");
  if (trace.tensors.empty())
    return fail(ErrorCode::kNotFound, "no arrays t_<index> or out_<k> in this file; write it with `whyzero run MODEL --all-tensors --output FILE.npz`");
  return trace;
}

void describe_tensors(const graph::Subgraph& graph, Arrays& arrays) {
  Array names;
  names.dtype = DType::kString;
  names.shape = {static_cast<int64_t>(graph.tensors.size())};
  std::vector<double> scales;
  std::vector<int64_t> zero_points;
  std::vector<int32_t> nodes = writers(graph);
  for (const graph::Tensor& tensor : graph.tensors) {
    names.strings.push_back(tensor.name);
    const bool whole = tensor.quantization.scales.size() == 1;
    scales.push_back(whole ? static_cast<double>(tensor.quantization.scales[0]) : 0);
    zero_points.push_back(whole ? tensor.quantization.zero_points[0] : 0);
    if (tensor.constant) nodes[static_cast<size_t>(tensor.index)] = -2;
  }
  arrays["names"] = std::move(names);
  arrays["scales"] = list(DType::kFloat64, scales);
  arrays["zero_points"] = list(DType::kInt64, zero_points);
  arrays["nodes"] = list(DType::kInt32, nodes);
}

}  // namespace whyzero::trace
