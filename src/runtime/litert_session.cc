// LiteRT as a Runtime: each session drives an Engine in a child process. Untrusted models may crash the library, and which
// models can be trusted nobody knows, so that there is no other way to it.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "graph/tflite_writer.h"
#include "ops/common/memory.h"
#include "runtime/child.h"
#include "runtime/frame.h"
#include "runtime/litert_engine.h"
#include "runtime/session.h"

namespace whyzero::runtime {
namespace {

namespace fs = std::filesystem;
using litert::Value;

enum class Request : uint8_t { kOpen, kInvoke, kReset };

/// In the child: the library, loaded at the first request, and the compiled model.
class Server {
 public:
  Server(fs::path library, std::shared_ptr<const graph::Model> model, int threads)
      : library_(std::move(library)), model_(std::move(model)), threads_(threads) {}

  std::vector<uint8_t> serve(std::span<const uint8_t> request) {
    FrameReader reader(request);
    FrameWriter writer;
    const Result<void> done = answer(reader, writer);
    if (done) return writer.take();
    FrameWriter refusal;
    refusal.put(static_cast<uint8_t>(1 + static_cast<int>(done.error().code)));
    refusal.put_list(done.error().text());
    return refusal.take();
  }

 private:
  Result<void> answer(FrameReader& request, FrameWriter& reply) {
    reply.put(uint8_t{0});
    switch (request.get<Request>()) {
      case Request::kOpen: {
        WHYZERO_ASSIGN(api_, litert::load_api(library_));
        WHYZERO_ASSIGN(engine_, litert::Engine::create(api_, *model_, threads_));
        return {};
      }
      case Request::kReset:
        return engine_->reset();
      case Request::kInvoke: {
        inputs_.resize(model_->main().inputs.size());
        for (Value& input : inputs_) {
          input.shape = request.get_list<ops::Shape>();
          input.bytes = request.get_list<std::vector<uint8_t>>();
        }
        double seconds = 0;
        WHYZERO_TRY(engine_->invoke(inputs_, outputs_, seconds));
        reply.put(seconds);
        for (const Value& output : outputs_) {
          reply.put_list(output.shape);
          reply.put_list(output.bytes);
        }
        return {};
      }
    }
    return fail(ErrorCode::kInvalidArgument, "unknown request");
  }

  fs::path library_;
  std::shared_ptr<const graph::Model> model_;
  int threads_;
  litert::Api api_{};
  std::unique_ptr<litert::Engine> engine_;
  std::vector<Value> inputs_, outputs_;
};

bool has_state(const graph::Model& model) {
  for (const graph::Subgraph& graph : model.subgraphs) {
    for (const graph::Tensor& tensor : graph.tensors)
      if (tensor.variable) return true;
    for (const graph::Node& node : graph.nodes)
      if (node.op_name == "VAR_HANDLE") return true;
  }
  return false;
}

/// Tensors whose shape is known only while the model runs. The C interface gives no memory for them, or gives them a wrong shape, so our
/// own planning tells which they are; empty where it cannot.
std::set<int> dynamic_tensors(const std::shared_ptr<const graph::Model>& model) {
  std::set<int> dynamic;
  const auto interpreter = Interpreter::create(model);
  if (!interpreter || !(*interpreter)->prepare()) return dynamic;
  for (const graph::Tensor& tensor : model->main().tensors)
    if (std::as_const(**interpreter).tensor(tensor.index).dynamic) dynamic.insert(tensor.index);
  return dynamic;
}

/// The outputs, and for `keep_all` behind them every other tensor that a node writes and the library can give. What is computed from
/// constants alone it may fold away, and leaves the memory for it unwritten.
std::vector<int> wanted_tensors(const graph::Subgraph& graph, bool keep_all, const std::set<int>& dynamic) {
  std::vector<int> wanted = graph.outputs;
  if (!keep_all) return wanted;
  const std::set<int> outputs(wanted.begin(), wanted.end());
  std::set<int> folded;
  for (const graph::Node& node : graph.nodes) {
    const bool folds = !node.inputs.empty() && std::all_of(node.inputs.begin(), node.inputs.end(), [&](int input) {
      return input < 0 || folded.contains(input) || graph.tensors[static_cast<size_t>(input)].constant;
    });
    for (int index : node.outputs) {
      if (folds) folded.insert(index);
      if (index < 0 || folds || outputs.contains(index) || dynamic.contains(index)) continue;
      const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(index)];
      if (dtype_bits(tensor.dtype) != 0 && !tensor.variable) wanted.push_back(index);
    }
  }
  return wanted;
}

class LiteRtSession final : public Session {
 public:
  LiteRtSession(std::shared_ptr<const graph::Model> model, std::shared_ptr<const graph::Model> cut, const SessionOptions& options)
      : model_(std::move(model)), cut_(std::move(cut)), progress_(options.progress), values_(model_->main().tensors.size()) {}

  Result<void> open(const fs::path& library, int threads, const SessionOptions& options) {
    for (int input : model_->main().inputs) {
      ops::Tensor& tensor = start(input, model_->main().tensors[static_cast<size_t>(input)].shape);
      WHYZERO_TRY(allocate(tensor));
    }
    Child::Limits limits;
    limits.max_seconds = options.max_seconds;
    limits.max_memory_bytes += options.max_memory_bytes;
    auto server = std::make_shared<Server>(library, cut_, threads);
    WHYZERO_ASSIGN(child_, Child::start("LiteRT", limits, [server](std::span<const uint8_t> request) { return server->serve(request); }));
    FrameWriter request;
    request.put(Request::kOpen);
    auto opened = call(request);
    if (!opened && has_state(*model_))
      return fail(std::move(opened).error(), "the model keeps state in variable tensors, which LiteRT's C interface does not take");
    WHYZERO_TRY(opened);
    return {};
  }

  const graph::Subgraph& subgraph() const override { return model_->main(); }
  const ops::Tensor& input(int k) const override { return values_[static_cast<size_t>(subgraph().inputs[static_cast<size_t>(k)])]; }
  const ops::Tensor& tensor(int index) const override { return values_[static_cast<size_t>(index)]; }
  double seconds() const override { return seconds_; }

  Result<void> resize_input(int k, const ops::Shape& shape) override {
    ops::Tensor& tensor = mutable_input(k);
    if (shape == tensor.shape) return {};
    if (!ops::tensor_bytes(tensor.dtype, shape))
      return fail(ErrorCode::kShapeMismatch, fmt::format("input {} ({}) cannot have this shape", k, tensor.label()));
    tensor.shape = shape;
    tensor.owned.clear();
    return allocate(tensor);
  }

  Result<void> set_input(int k, std::span<const uint8_t> bytes) override {
    ops::Tensor& tensor = mutable_input(k);
    if (tensor.dtype == DType::kString)
      return fail(ErrorCode::kUnsupported, fmt::format("LiteRT's C interface does not pass strings: input {} ({})", k, tensor.label()));
    if (bytes.size() != tensor.bytes)
      return fail(ErrorCode::kShapeMismatch, fmt::format("input {} ({}) takes {} bytes, {} given", k, tensor.label(), tensor.bytes, bytes.size()));
    std::copy(bytes.begin(), bytes.end(), tensor.owned.begin());
    return {};
  }

  Result<void> invoke() override {
    FrameWriter request;
    request.put(Request::kInvoke);
    for (int index : subgraph().inputs) {
      const ops::Tensor& tensor = values_[static_cast<size_t>(index)];
      request.put_list(tensor.shape);
      request.put_list(tensor.owned);
    }
    ran_ = false;
    WHYZERO_ASSIGN(const std::vector<uint8_t> bytes, call(request));
    FrameReader reply(bytes);
    reply.get<uint8_t>();
    seconds_ = reply.get<double>();
    for (int index : cut_->main().outputs) {
      const auto shape = reply.get_list<ops::Shape>();
      auto data = reply.get_list<std::vector<uint8_t>>();
      const auto needed = ops::tensor_bytes(subgraph().tensors[static_cast<size_t>(index)].dtype, shape);
      if (!reply.ok() || !needed || *needed != data.size()) return fail(ErrorCode::kMalformed, "LiteRT's process answers nonsense");
      if (is_input(index)) continue;
      ops::Tensor& tensor = start(index, shape);
      tensor.owned = std::move(data);
      tensor.bytes = tensor.owned.size();
      tensor.data = tensor.bytes ? tensor.owned.data() : ops::no_bytes();
    }
    ran_ = true;
    return {};
  }

  Result<void> reset_state() override {
    if (!has_state(*model_)) return {};
    FrameWriter request;
    request.put(Request::kReset);
    WHYZERO_TRY(call(request));
    return {};
  }

  Result<void> available(int index) const override {
    const auto& outputs = cut_->main().outputs;
    const bool known = is_input(index) || (ran_ && std::find(outputs.begin(), outputs.end(), index) != outputs.end());
    if (known) return {};
    return fail(ErrorCode::kNotFound, fmt::format("LiteRT gave no value of tensor {}", subgraph().tensors[static_cast<size_t>(index)].label()));
  }

  Coverage coverage() const override {
    const int operators = static_cast<int>(subgraph().nodes.size());
    return {operators, ran_ ? operators : 0, {}};
  }

 private:
  ops::Tensor& mutable_input(int k) { return values_[static_cast<size_t>(subgraph().inputs[static_cast<size_t>(k)])]; }
  bool is_input(int index) const { return std::find(subgraph().inputs.begin(), subgraph().inputs.end(), index) != subgraph().inputs.end(); }

  ops::Tensor& start(int index, const ops::Shape& shape) {
    ops::Tensor& tensor = values_[static_cast<size_t>(index)];
    tensor.info = &subgraph().tensors[static_cast<size_t>(index)];
    tensor.dtype = tensor.info->dtype;
    tensor.quantization = &tensor.info->quantization;
    tensor.shape = shape;
    return tensor;
  }

  static Result<void> allocate(ops::Tensor& tensor) {
    tensor.bytes = ops::tensor_bytes(tensor.dtype, tensor.shape).value_or(SIZE_MAX);
    if (!ops::try_resize(tensor.owned, tensor.bytes))
      return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for input {}", tensor.label()));
    tensor.data = tensor.bytes ? tensor.owned.data() : ops::no_bytes();
    return {};
  }

  Result<std::vector<uint8_t>> call(FrameWriter& request) {
    WHYZERO_ASSIGN(std::vector<uint8_t> bytes, child_->call(request.take(), progress_));
    FrameReader reply(bytes);
    const auto code = reply.get<uint8_t>();
    if (code == 0) return bytes;
    if (code > 1 + static_cast<int>(ErrorCode::kCancelled)) return fail(ErrorCode::kMalformed, "LiteRT's process answers nonsense");
    return fail(static_cast<ErrorCode>(code - 1), reply.get_list<std::string>() + child_->last_words());
  }

  std::shared_ptr<const graph::Model> model_;
  std::shared_ptr<const graph::Model> cut_;  // what the library gets: all tensors that are asked for are outputs
  const Progress* progress_;
  std::vector<ops::Tensor> values_;  // one a tensor of the main graph; data where it is known
  std::unique_ptr<Child> child_;
  double seconds_ = 0;
  bool ran_ = false;
};

class LiteRtRuntime final : public Runtime {
 public:
  LiteRtRuntime(fs::path library, int threads) : library_(std::move(library)), threads_(threads) {}

  std::string_view name() const override { return "litert"; }
  Result<std::unique_ptr<Session>> open(std::shared_ptr<const graph::Model> model, const SessionOptions& options) const override {
    if (options.subgraph != 0) return fail(ErrorCode::kUnsupported, "LiteRT is asked for the first signature only; run this one with --runtime fast");
    const std::set<int> dynamic = dynamic_tensors(model);
    for (int output : model->main().outputs)
      if (dynamic.contains(output))
        return fail(ErrorCode::kUnsupported, fmt::format("LiteRT's C interface does not give output {}, whose shape is known only while the model runs",
                                                         model->main().tensors[static_cast<size_t>(output)].label()));
    std::shared_ptr<const graph::Model> cut = model;
    if (options.keep_all || !model->signatures.empty()) {
      WHYZERO_ASSIGN(cut, graph::patched(*model, {graph::SetOutputs{0, wanted_tensors(model->main(), options.keep_all, dynamic)}}));
    }
    auto session = std::make_unique<LiteRtSession>(std::move(model), std::move(cut), options);
    WHYZERO_TRY(session->open(library_, threads_, options));
    return std::unique_ptr<Session>(std::move(session));
  }

 private:
  fs::path library_;
  int threads_;
};

}  // namespace

Result<std::shared_ptr<const Runtime>> litert_runtime(const fs::path& library, int threads) {
  WHYZERO_ASSIGN(fs::path file, litert::find_library(library));
  return std::shared_ptr<const Runtime>(std::make_shared<LiteRtRuntime>(std::move(file), std::max(1, threads)));
}

}  // namespace whyzero::runtime
