// Any model that the reader accepts can be prepared and invoked within a limit of memory, by both kinds of kernels, and where only
// integers are involved both give the same bits.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/random.h"
#include "graph/tflite_reader.h"
#include "runtime/interpreter.h"

namespace {

using namespace whyzero;

// Small, so that the work of one input is bounded too: tensors of 512 KiB keep every operator far below a second.
constexpr size_t kMemoryLimit = 512 << 10;

/// The bytes of each output, empty where it could not be computed; nothing where the model cannot be set up.
std::vector<std::vector<uint8_t>> run(const std::shared_ptr<const graph::Model>& model, runtime::Kernels kernels) {
  std::vector<std::vector<uint8_t>> results;
  runtime::InterpreterOptions options;
  options.kernels = kernels;
  options.max_memory_bytes = kMemoryLimit;
  options.max_subgraph_calls = 100;
  auto interpreter = runtime::Interpreter::create(model, options);
  if (!interpreter || !(*interpreter)->prepare()) return results;
  Random random(1);
  // The second invocation sees the state that the first one left.
  for (int invocation = 0; invocation < 2; ++invocation) {
    for (int k = 0; k < (*interpreter)->inputs(); ++k) {
      ops::Tensor& input = (*interpreter)->input(k);
      if (input.dtype == DType::kString || input.dtype == DType::kBool) continue;
      std::vector<uint8_t> bytes(input.bytes);
      std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(random.next()); });
      (void)(*interpreter)->set_input(k, bytes).has_value();
    }
    if (!(*interpreter)->invoke()) return {};
    results.clear();
    for (int k = 0; k < (*interpreter)->outputs(); ++k) {
      const ops::Tensor& output = (*interpreter)->output(k);
      if (!(*interpreter)->available((*interpreter)->subgraph().outputs[static_cast<size_t>(k)])) results.emplace_back();
      else results.emplace_back(output.data, output.data + output.bytes);
    }
  }
  return results;
}

bool integers_only(const graph::Model& model) {
  for (const graph::Subgraph& graph : model.subgraphs)
    for (const graph::Tensor& tensor : graph.tensors)
      if (!dtype_is_integer(tensor.dtype)) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(data, data + size));
  if (!reading.model) return 0;
  const auto reference = run(reading.model, runtime::Kernels::kReference);
  const auto fast = run(reading.model, runtime::Kernels::kFast);
  if (reference.size() == fast.size() && integers_only(*reading.model)) {
    for (size_t k = 0; k < fast.size(); ++k)
      if (!reference[k].empty() && !fast[k].empty() && reference[k] != fast[k]) std::abort();
  }
  return 0;
}
