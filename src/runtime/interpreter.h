// Runs a model: plans memory once, then each invocation only calls the kernels. What cannot run is skipped and everything
// that depends on it is tainted; the rest is computed.
#pragma once

#include <any>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "graph/graph.h"
#include "ops/operator.h"
#include "ops/tensor.h"
#include "whyzero/result.h"

namespace whyzero::runtime {

enum class Kernels {
  kReference,  // ops/ only
  kFast,       // fast/ where it supports the node, ops/ otherwise
};

struct InterpreterOptions {
  Kernels kernels = Kernels::kFast;
  int subgraph = 0;
  size_t max_memory_bytes = size_t{1} << 30;  // of tensors and operators' state; constants in the file do not count
  bool keep_all = false;                      // every tensor stays readable after the run
  uint64_t max_subgraph_calls = 1'000'000;    // one invocation; ends loops that never end
  const Progress* progress = nullptr;         // cancelled() is looked at before each call of a subgraph
};

/// The only tap into a run; also sees the nodes of called subgraphs. Nodes that do not run are not reported.
struct Observer {
  virtual ~Observer() = default;
  virtual void node_begin(int /*subgraph*/, const graph::Node& /*node*/) {}
  /// May change the bytes of the outputs: what follows computes with them.
  virtual void node_end(int /*subgraph*/, const graph::Node& /*node*/, std::span<ops::Tensor* const> /*outputs*/) {}
};

struct Skipped {
  int node = 0;
  std::string op_name;
  Error error;
};

struct Coverage {
  int operators = 0;
  int run = 0;
  std::vector<Skipped> skipped;  // nodes that failed themselves; those downstream of them are only counted
};

/// Not thread-safe; several interpreters may share one model.
class Interpreter final : private ops::Host {
 public:
  /// kMalformed where the graph names tensors that do not exist; kOutOfMemory where the inputs alone pass the limit.
  static Result<std::unique_ptr<Interpreter>> create(std::shared_ptr<const graph::Model> model, InterpreterOptions options = {});
  ~Interpreter() override;
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  const graph::Subgraph& subgraph() const { return *graph_; }
  int inputs() const { return static_cast<int>(graph_->inputs.size()); }
  int outputs() const { return static_cast<int>(graph_->outputs.size()); }
  /// Its data may be written in place (not the size); it keeps its value from one invocation to the next.
  ops::Tensor& input(int k) { return tensor(graph_->inputs[static_cast<size_t>(k)]); }
  /// Readable after an invocation where `available` says so.
  const ops::Tensor& output(int k) const { return tensor(graph_->outputs[static_cast<size_t>(k)]); }
  ops::Tensor& tensor(int index) { return tensors_[static_cast<size_t>(index)]; }
  const ops::Tensor& tensor(int index) const { return tensors_[static_cast<size_t>(index)]; }

  /// Another shape for an input; its contents become zero. The next prepare or invoke plans anew.
  Result<void> resize_input(int k, const ops::Shape& shape);
  /// As many bytes as the input has; for strings a buffer with as many strings as the shape has elements.
  Result<void> set_input(int k, std::span<const uint8_t> bytes);
  /// Plans; invoke does it where needed. Fails only where memory does not suffice.
  Result<void> prepare();
  /// Fails where memory does not suffice or the user cancelled; nodes that fail are in `coverage`.
  Result<void> invoke(Observer* observer = nullptr);
  /// Variables become zero, resources (hash tables, assigned variables) are forgotten.
  void reset_state();

  Coverage coverage() const;
  /// The value was not computed, or with the value of something that was not.
  bool tainted(int tensor_index) const { return taint_[static_cast<size_t>(tensor_index)] != kClean; }
  /// Why a tensor has no trustworthy value: the error of the node that all depends on.
  Result<void> available(int tensor_index) const;
  /// Name of the fast kernel that runs a node; empty where the reference runs it.
  std::string_view kernel_name(int node) const;
  /// Memory shared by the tensors between nodes, and all memory that the interpreter and its subgraphs hold.
  size_t arena_bytes() const { return arena_bytes_; }
  size_t memory_bytes() const;

 private:
  struct Node;
  struct Shared;
  struct Free {
    void operator()(void* memory) const;
  };
  static constexpr int kClean = -1, kUnwritten = -2;  // otherwise the index of the node that failed

  Interpreter(std::shared_ptr<const graph::Model> model, InterpreterOptions options, Shared* shared, int depth);
  static Result<std::unique_ptr<Interpreter>> create(std::shared_ptr<const graph::Model> model, InterpreterOptions options,
                                                     std::unique_ptr<Shared> own, Shared* shared, int depth);

  Result<void> call(int subgraph, std::span<const ops::Tensor* const> inputs, std::vector<ops::Tensor>& outputs) override;
  std::any& resource(const std::string& key) override;
  Result<void> reserve(size_t bytes) override;

  // interpreter.cc
  Result<void> init();
  Result<void> init_source(ops::Tensor& tensor, bool input);
  Result<void> zero(ops::Tensor& tensor);
  Result<void> grow(ops::Tensor& tensor, size_t bytes);
  Result<Interpreter*> child(int subgraph);
  Result<void> run();
  Result<void> run_node(Node& node, Observer* observer);
  void forget_failures();

  // prepare.cc
  void plan_node(Node& node);
  Result<void> check_node(const Node& node) const;
  Result<void> prepare_node(Node& node);
  Result<void> finish_outputs(const Node& node) const;
  void choose_kernel(Node& node);
  void fold(Node& node);
  Result<void> allocate_arena();
  Result<void> prepare_late(Node& node);
  int cause_of(const Node& node) const;
  void taint_outputs(const Node& node, int cause);
  void fail_node(Node& node, Error error);
  size_t index_of(const ops::Tensor& tensor) const { return static_cast<size_t>(&tensor - tensors_.data()); }

  std::shared_ptr<const graph::Model> model_;
  const graph::Subgraph* graph_;
  InterpreterOptions options_;
  std::unique_ptr<Shared> own_;  // only the interpreter that the user made; its children point to it
  Shared* shared_;
  int depth_;
  std::vector<ops::Tensor> tensors_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<uint8_t> is_source_;  // one a tensor: has a value before any node runs
  std::vector<Node*> run_list_;
  std::vector<int> taint_, planned_taint_;  // one a tensor
  std::unique_ptr<uint8_t, Free> arena_;
  size_t arena_capacity_ = 0, arena_bytes_ = 0;
  int run_ = 0;  // nodes that ran in the last invocation
  bool prepared_ = false;
  bool failed_ = false;  // a node failed while running; taint_ differs from planned_taint_
};

}  // namespace whyzero::runtime
