// Runs an app as its file says, all samples, all cores: what `whyzero eval` shows and what every fix is verified with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/score.h"
#include "base/progress.h"
#include "graph/graph.h"
#include "runtime/interpreter.h"

namespace whyzero::app {

struct EvaluateOptions {
  int threads = 0;  // 0: all cores
  bool reference_kernels = false;
  size_t limit = 0;  // first samples only; 0: all
  bool keep_outputs = false;
  size_t max_memory_bytes = runtime::InterpreterOptions{}.max_memory_bytes;  // of each worker's interpreter
};

struct Unreadable {
  std::string sample, why;
};

struct Evaluation {
  Scored scored;
  std::vector<std::string> names;
  std::vector<std::optional<Answer>> answers;  // null where unreadable
  std::vector<std::vector<uint8_t>> outputs;   // raw bytes of the read output tensor, with keep_outputs
  std::vector<Unreadable> unreadable;
  size_t distinct_inputs = 0;
  bool constant_output = false, nan = false;
  bool reinterpreted = false;
  double seconds = 0;
};

/// Input tensors in the order of the app's inputs (by name, else by position), and the output tensor that is read.
struct Binding {
  std::vector<int> input_of;        // app input k fills model input input_of[k]
  std::vector<TensorInfo> tensors;  // of app input k
  int output = 0;                   // index into the model's outputs
  TensorInfo output_tensor;
};
Result<Binding> bind(const App& app, const graph::Model& model);

/// What the tensor gets for sample i: the source's value, the whole pipeline, the last checks. Captured tensors take no step.
Result<Value> input_value(const Source& source, const Input& input, size_t i, const TensorInfo& tensor);
TensorInfo tensor_info(const graph::Tensor& tensor);
/// Whether what one invocation leaves behind may change the next: variable tensors, resource variables, random numbers.
bool keeps_state(const graph::Model& model);

/// kShapeMismatch / kDtypeMismatch where the app could not have run. State models run in sample order on one interpreter.
Result<Evaluation> evaluate(const App& app, std::shared_ptr<const graph::Model> model, const EvaluateOptions& options = {},
                            Progress* progress = nullptr);

}  // namespace whyzero::app
