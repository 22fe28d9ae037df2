// Runs an app as its file says, all samples, all cores.
#include "app/evaluate_on.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>
#include <set>

#include "app/check.h"
#include "app/step.h"
#include "app/words.h"
#include "base/parallel.h"
#include "runtime/batch.h"

namespace whyzero::app {
namespace {

/// One sample's way through the app, written by one thread.
struct Slot {
  std::optional<Answer> answer;
  std::optional<Error> unreadable;
  std::vector<uint64_t> fed;  // hashes of the input tensors
  std::vector<uint8_t> output;
  bool finite = true;
};

struct Run {
  const App& app;
  const Binding& binding;
  const std::vector<std::unique_ptr<Source>>& sources;
  const EvaluateOptions& options;
  std::vector<Slot> slots{};
  std::atomic<bool> reinterpreted{false}, differs{false};
  std::mutex mutex{};
  std::vector<uint8_t> reference_output{};  // of whichever sample came first
  bool have_reference = false;
};

uint64_t hash_of(std::span<const uint8_t> bytes) {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool all_finite(const TensorInfo& tensor, std::span<const uint8_t> bytes) {
  if (!dtype_is_float(tensor.dtype) || !dtype_is_number(tensor.dtype)) return true;
  const size_t count = bytes.size() / dtype_size(tensor.dtype);
  for (size_t i = 0; i < count; ++i)
    if (!std::isfinite(number_at(tensor.dtype, bytes.data(), i))) return false;
  return true;
}

/// Equal as numbers: NaN equals nothing, -0 equals 0.
bool same_numbers(const TensorInfo& tensor, std::span<const uint8_t> a, std::span<const uint8_t> b) {
  if (a.size() != b.size()) return false;
  if (!dtype_is_float(tensor.dtype) || !dtype_is_number(tensor.dtype))
    return a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0;
  const size_t count = a.size() / dtype_size(tensor.dtype);
  for (size_t i = 0; i < count; ++i)
    if (number_at(tensor.dtype, a.data(), i) != number_at(tensor.dtype, b.data(), i)) return false;
  return true;
}

void compare_output(Run& run, std::span<const uint8_t> raw) {
  if (run.differs) return;
  std::lock_guard lock(run.mutex);
  if (!run.have_reference) {
    run.reference_output.assign(raw.begin(), raw.end());
    run.have_reference = true;
  } else if (!same_numbers(run.binding.output_tensor, run.reference_output, raw)) {
    run.differs = true;
  }
}

Result<void> run_sample(Run& run, runtime::Session& session, size_t i) {
  Slot& slot = run.slots[i];
  if (run.app.reset_between) WHYZERO_TRY(session.reset_state());
  for (size_t k = 0; k < run.sources.size(); ++k) {
    const Input& input = run.app.inputs[k];
    const TensorInfo& tensor = run.binding.tensors[k];
    auto value = run.sources[k]->first_value(i, decode_like(input.pipeline), tensor);
    if (!value) {
      slot.unreadable = std::move(value).error();
      slot.fed.clear();
      return {};
    }
    if (value->reinterpreted) run.reinterpreted = true;
    WHYZERO_TRY(finish_input(*value, *run.sources[k], input, tensor));
    slot.fed.push_back(hash_of(value->bytes));
    WHYZERO_TRY(session.set_input(run.binding.input_of[k], value->bytes));
  }
  WHYZERO_TRY(session.invoke());
  WHYZERO_TRY(session.available(run.binding.output_tensor.index));
  const ops::Tensor& output = session.output(run.binding.output);
  const std::span<const uint8_t> raw(output.data, output.bytes);
  WHYZERO_ASSIGN(slot.answer, decode_output(raw, run.binding.output_tensor, run.app.output.decode));
  slot.finite = all_finite(run.binding.output_tensor, raw);
  compare_output(run, raw);
  if (run.options.keep_outputs) slot.output.assign(raw.begin(), raw.end());
  return {};
}

Result<void> name_sample(Result<void> result, const Run& run, size_t i) {
  if (!result) return fail(std::move(result).error(), fmt::format("sample {} ({})", i, run.sources[0]->place(i)));
  return result;
}

/// One session, samples in order: what state a model keeps goes from one sample to the next, as it does in the app.
Result<void> run_in_order(Run& run, const runtime::Runtime& runtime, std::shared_ptr<const graph::Model> model,
                          const runtime::SessionOptions& options, Progress* progress) {
  WHYZERO_ASSIGN(const auto session, runtime.open(std::move(model), options));
  for (size_t i = 0; i < run.slots.size(); ++i) {
    if (progress && progress->cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
    WHYZERO_TRY(name_sample(run_sample(run, *session, i), run, i));
    if (progress) progress->update("running the app", i + 1, run.slots.size());
  }
  return {};
}

Result<void> run_parallel(Run& run, std::shared_ptr<const runtime::Runtime> runtime, std::shared_ptr<const graph::Model> model,
                          const runtime::SessionOptions& options, Progress* progress) {
  const int threads = run.options.threads > 0 ? run.options.threads : default_threads();
  runtime::BatchRunner runner(std::move(runtime), std::move(model), options,
                              static_cast<int>(std::min<size_t>(static_cast<size_t>(threads), run.slots.size())));
  std::atomic<size_t> done{0};
  return runner.run(
      run.slots.size(),
      [&](runtime::Session& session, size_t i) -> Result<void> {
        WHYZERO_TRY(name_sample(run_sample(run, session, i), run, i));
        if (progress) progress->update("running the app", ++done, run.slots.size());
        return {};
      },
      progress);
}

bool is_mismatch(const Error& error) { return error.code == ErrorCode::kShapeMismatch || error.code == ErrorCode::kDtypeMismatch; }

/// A captured value that the tensor cannot take is a broken file beside others that fit; where none fits for that reason, or a script
/// handed it to the runtime, it is what the app does wrong.
Result<void> check_readable(const Run& run) {
  const bool recorded = run.app.document.contains("calls");
  std::optional<size_t> first, mismatch;
  size_t unreadable = 0, mismatches = 0;
  for (size_t i = 0; i < run.slots.size(); ++i) {
    const auto& error = run.slots[i].unreadable;
    if (!error) continue;
    ++unreadable;
    if (!first) first = i;
    if (!is_mismatch(*error)) continue;
    ++mismatches;
    if (!mismatch) mismatch = i;
  }
  const bool none = unreadable == run.slots.size();
  if (mismatch && (recorded || (none && 2 * mismatches > unreadable))) return name_sample(fail(Error(*run.slots[*mismatch].unreadable)), run, *mismatch);
  if (none) return fail(ErrorCode::kNotFound, fmt::format("none of {} samples could be read; the first: {}", unreadable, run.slots[*first].unreadable->text()));
  return {};
}

Evaluation summary(Run& run, const Truth& truth) {
  Evaluation evaluation;
  std::set<std::pair<size_t, uint64_t>> fed;
  for (size_t i = 0; i < run.slots.size(); ++i) {
    Slot& slot = run.slots[i];
    evaluation.names.push_back(run.sources[0]->name(i));
    if (slot.unreadable) evaluation.unreadable.push_back({evaluation.names.back(), slot.unreadable->text()});
    for (size_t k = 0; k < slot.fed.size(); ++k) fed.emplace(k, slot.fed[k]);
    evaluation.nan = evaluation.nan || !slot.finite;
    evaluation.answers.push_back(std::move(slot.answer));
    if (run.options.keep_outputs) evaluation.outputs.push_back(std::move(slot.output));
  }
  evaluation.distinct_inputs = fed.size();
  evaluation.reinterpreted = run.reinterpreted;
  evaluation.scored = score(run.app.output, evaluation.answers, truth);
  evaluation.constant_output = evaluation.scored.samples > 1 && !run.differs;
  return evaluation;
}

Result<int> find_output(const App& app, const graph::Subgraph& graph) {
  const auto& which = app.output.tensor;
  if (which.is_number_integer()) {
    const auto index = which.get<int64_t>();
    if (index >= 0 && index < static_cast<int64_t>(graph.outputs.size())) return static_cast<int>(index);
    return fail(ErrorCode::kNotFound,
                fmt::format("the app reads output {}, but the model has {} output(s)", index, graph.outputs.size()));
  }
  std::vector<std::string_view> known;
  for (size_t k = 0; k < graph.outputs.size(); ++k) {
    known.push_back(graph.tensors[static_cast<size_t>(graph.outputs[k])].name);
    if (known.back() == text_of(which)) return static_cast<int>(k);
  }
  return fail(ErrorCode::kNotFound, unknown_word("output", text_of(which), known));
}

}  // namespace

TensorInfo tensor_info(const graph::Tensor& tensor) {
  TensorInfo info;
  info.name = tensor.name;
  info.index = tensor.index;
  info.dtype = tensor.dtype;
  info.shape = tensor.shape;
  if (tensor.quantization.scales.size() == 1) {
    info.scale = tensor.quantization.scales[0];
    if (!tensor.quantization.zero_points.empty()) info.zero_point = static_cast<int32_t>(tensor.quantization.zero_points[0]);
  }
  return info;
}

bool keeps_state(const graph::Model& model) {
  for (const graph::Subgraph& graph : model.subgraphs) {
    for (const graph::Tensor& tensor : graph.tensors)
      if (tensor.variable) return true;
    for (const graph::Node& node : graph.nodes)
      if (node.op_name == "VAR_HANDLE" || node.op_name.starts_with("RANDOM_") || node.op_name == "MULTINOMIAL") return true;
  }
  return false;
}

Result<Binding> bind(const App& app, const graph::Model& model) {
  const graph::Subgraph& graph = model.main();
  if (app.inputs.size() != graph.inputs.size())
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("the model has {} input(s), the app gives {}; list one under \"inputs\" for each",
                            graph.inputs.size(), app.inputs.size()));
  Binding binding;
  std::set<int> taken;
  for (size_t k = 0; k < app.inputs.size(); ++k) {
    int place = static_cast<int>(k);
    for (size_t m = 0; m < graph.inputs.size(); ++m)
      if (graph.tensors[static_cast<size_t>(graph.inputs[m])].name == app.inputs[k].name) {
        place = static_cast<int>(m);
        break;
      }
    if (!taken.insert(place).second)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("two inputs of the app ({} is the second) fill input {} of the model; give each the "
                              "\"name\" of its tensor",
                              app.inputs[k].pointer, place));
    binding.input_of.push_back(place);
    binding.tensors.push_back(tensor_info(graph.tensors[static_cast<size_t>(graph.inputs[static_cast<size_t>(place)])]));
  }
  WHYZERO_ASSIGN(binding.output, find_output(app, graph));
  binding.output_tensor = tensor_info(graph.tensors[static_cast<size_t>(graph.outputs[static_cast<size_t>(binding.output)])]);
  return binding;
}

Result<void> finish_input(Value& value, const Source& source, const Input& input, const TensorInfo& tensor) {
  if (!source.captured()) WHYZERO_TRY(run_steps(value, input.pipeline, 0, input.pipeline.size(), tensor));
  return finish_value(value, tensor);
}

Result<Value> input_value(const Source& source, const Input& input, size_t i, const TensorInfo& tensor) {
  WHYZERO_ASSIGN(Value value, source.first_value(i, decode_like(input.pipeline), tensor));
  WHYZERO_TRY(finish_input(value, source, input, tensor));
  return value;
}

Result<Evaluation> evaluate(const App& app, std::shared_ptr<const graph::Model> model, const EvaluateOptions& options,
                            Progress* progress) {
  const auto kernels = options.reference_kernels ? runtime::Kernels::kReference : runtime::Kernels::kFast;
  return evaluate_on(runtime::own_runtime(kernels), app, std::move(model), options, progress);
}

Result<Evaluation> evaluate_on(std::shared_ptr<const runtime::Runtime> runtime, const App& app, std::shared_ptr<const graph::Model> model,
                               const EvaluateOptions& options, Progress* progress) {
  const auto start = std::chrono::steady_clock::now();
  WHYZERO_ASSIGN(const Binding binding, bind(app, *model));
  std::vector<std::unique_ptr<Source>> sources;
  size_t count = static_cast<size_t>(-1);
  for (const Input& input : app.inputs) {
    WHYZERO_ASSIGN(auto source, open_source(app, input));
    count = std::min(count, source->size());
    sources.push_back(std::move(source));
  }
  if (options.limit > 0) count = std::min(count, options.limit);
  if (count == 0) return fail(ErrorCode::kNotFound, "the app has no sample");
  WHYZERO_ASSIGN(const Truth truth, load_truth(app, *sources[0]));

  Run run{app, binding, sources, options};
  run.slots.resize(count);
  runtime::SessionOptions session_options;
  session_options.max_memory_bytes = options.max_memory_bytes;
  session_options.progress = progress;
  const bool in_order = keeps_state(*model) && !app.reset_between;
  WHYZERO_TRY(in_order ? run_in_order(run, *runtime, std::move(model), session_options, progress)
                       : run_parallel(run, std::move(runtime), std::move(model), session_options, progress));
  WHYZERO_TRY(check_readable(run));
  Evaluation evaluation = summary(run, truth);
  evaluation.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return evaluation;
}

}  // namespace whyzero::app
