#include "evidence/response.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "runtime/interpreter.h"

namespace whyzero::evidence {
namespace {

/// The ranges that apps feed: whatever the model was trained on, one of them reaches it. Small ones first.
struct Range {
  double low, high;
};
constexpr Range kRanges[] = {{-1, 1}, {0, 1}, {-3, 3}, {-1, 1}, {0, 255}, {-128, 127}, {0, 255}};
constexpr int kSmallRanges = 4;
// Photos and sound are far smaller; a file may claim anything, and would keep seven runs busy for minutes.
constexpr size_t kMostInputElements = size_t{1} << 23;

void fill(ops::Tensor& tensor, Range range, Random& random) {
  for (size_t i = 0; i < tensor.elements(); ++i) {
    const double x = range.low + (range.high - range.low) * random.uniform();
    switch (tensor.dtype) {
      case DType::kFloat32: tensor.as<float>()[i] = static_cast<float>(x); break;
      case DType::kUInt8:
      case DType::kInt8: tensor.as<uint8_t>()[i] = static_cast<uint8_t>(random.below(256)); break;
      case DType::kInt16: tensor.as<uint16_t>()[i] = static_cast<uint16_t>(random.below(65536)); break;
      case DType::kInt32: tensor.as<int32_t>()[i] = static_cast<int32_t>(random.below(4)); break;  // an index more often than a number
      case DType::kInt64: tensor.as<int64_t>()[i] = static_cast<int64_t>(random.below(4)); break;
      case DType::kBool: tensor.as<uint8_t>()[i] = random.below(2) != 0; break;
      default: break;
    }
  }
}

bool can_fill(const ops::Tensor& tensor) {
  constexpr DType kKnown[] = {DType::kFloat32, DType::kUInt8, DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64, DType::kBool};
  return std::find(std::begin(kKnown), std::end(kKnown), tensor.dtype) != std::end(kKnown);
}

/// What every tensor of the main graph did over the runs.
struct Watch final : runtime::Observer {
  struct Seen {
    size_t hash = 0;
    bool changed = false, zero = true;
  };
  std::map<int, Seen> tensors;

  void note(const ops::Tensor& tensor) {
    if (!tensor.info) return;
    const std::string_view bytes(reinterpret_cast<const char*>(tensor.data), tensor.bytes);
    const size_t hash = std::hash<std::string_view>{}(bytes);
    auto [it, first] = tensors.try_emplace(tensor.info->index);
    if (first) it->second.hash = hash;
    it->second.changed = it->second.changed || it->second.hash != hash;
    it->second.zero = it->second.zero && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
  }
  void node_end(int subgraph, const graph::Node&, std::span<ops::Tensor* const> outputs) override {
    if (subgraph == 0)
      for (const ops::Tensor* output : outputs)
        if (output) note(*output);
  }
};

/// Every element at the end of an activation's clamp.
bool clamped(const ops::Tensor& tensor) {
  if (tensor.dtype != DType::kFloat32 || tensor.elements() == 0) return false;
  const float* x = tensor.as<float>();
  return (x[0] == 6 || x[0] == 1 || x[0] == -1) && std::all_of(x, x + tensor.elements(), [&](float y) { return y == x[0]; });
}

/// From the output back to the node where the signal dies: nothing of it changes although something that it reads does.
void find_death(runtime::Interpreter& interpreter, const Watch& watch, int tensor, Response& response) {
  const graph::Subgraph& graph = interpreter.subgraph();
  const auto changed = [&](int t) {
    const auto it = watch.tensors.find(t);
    return it != watch.tensors.end() && it->second.changed;
  };
  for (size_t steps = 0; steps <= graph.nodes.size(); ++steps) {
    const auto node = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const graph::Node& n) {
      return std::find(n.outputs.begin(), n.outputs.end(), tensor) != n.outputs.end();
    });
    if (node == graph.nodes.end()) return;
    response.dead_node = node->index;
    response.dead_tensor = tensor;
    const auto it = watch.tensors.find(tensor);
    response.dead_zero = it != watch.tensors.end() && it->second.zero;
    response.saturated = clamped(interpreter.tensor(tensor));
    int source = -1;
    for (int input : node->inputs) {
      if (input < 0 || graph.tensors[static_cast<size_t>(input)].constant) continue;
      if (changed(input)) return;
      if (source < 0) source = input;
    }
    if (source < 0) return;
    tensor = source;
  }
}

}  // namespace

Response measure_response(std::shared_ptr<const graph::Model> model, int output, uint64_t seed, size_t max_memory_bytes) {
  Response response;
  runtime::InterpreterOptions options;
  options.keep_all = true;
  options.max_memory_bytes = max_memory_bytes;
  auto made = runtime::Interpreter::create(model, options);
  if (!made || !(*made)->prepare()) return response;
  runtime::Interpreter& interpreter = **made;
  size_t elements = 0;
  for (int k = 0; k < interpreter.inputs(); ++k) elements += interpreter.input(k).elements();
  if (elements > kMostInputElements) return response;
  const int tensor = interpreter.subgraph().outputs[static_cast<size_t>(output)];
  Watch watch;
  Random random(seed);
  std::vector<uint8_t> first;
  bool constant = true;
  for (const Range& range : kRanges) {
    interpreter.reset_state();
    for (int k = 0; k < interpreter.inputs(); ++k) {
      if (!can_fill(interpreter.input(k))) return response;
      fill(interpreter.input(k), range, random);
      watch.note(interpreter.input(k));
    }
    if (!interpreter.invoke(&watch) || !interpreter.available(tensor)) return response;
    const ops::Tensor& result = interpreter.output(output);
    std::vector<uint8_t> bytes(result.data, result.data + result.bytes);
    if (response.inputs++ == 0) first = std::move(bytes);
    else constant = constant && bytes == first;
    if (response.inputs == kSmallRanges && constant) {
      response.constant_when_small = true;
      find_death(interpreter, watch, tensor, response);
    }
  }
  response.measured = true;
  response.constant = constant;
  if (constant) find_death(interpreter, watch, tensor, response);
  return response;
}

}  // namespace whyzero::evidence
