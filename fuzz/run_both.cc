#include "run_both.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "runtime/interpreter.h"

namespace whyzero::fuzz {
namespace {

// The work of one operator grows at most with the square of what its tensors hold (a filter over an image): 96 KiB of floats
// keep that below a second, sanitizers included.
constexpr size_t kMemoryLimit = 96 << 10;

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
      // Any bits at first; then small numbers, which pass for axes, indices and shapes.
      if (invocation == 0) std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(random.next()); });
      else
        for (size_t i = 0; i < bytes.size(); i += std::max<size_t>(1, dtype_size(input.dtype))) bytes[i] = static_cast<uint8_t>(random.next() % 4);
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

void run_both(const std::shared_ptr<const graph::Model>& model) {
  const auto reference = run(model, runtime::Kernels::kReference);
  const auto fast = run(model, runtime::Kernels::kFast);
  if (reference.size() != fast.size() || !integers_only(*model)) return;
  for (size_t k = 0; k < fast.size(); ++k)
    if (!reference[k].empty() && !fast[k].empty() && reference[k] != fast[k]) std::abort();
}

}  // namespace whyzero::fuzz
