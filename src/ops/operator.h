// What an operator is: a contract checked once in prepare, and a kernel. One file an operator; the build lists the
// folder and makes the table (`ops/registry.h`), so adding one touches its own file and its test only.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "graph/graph.h"
#include "graph/options.h"
#include "ops/tensor.h"
#include "whyzero/result.h"

namespace whyzero::ops {

/// What control-flow and stateful operators need of the interpreter around them.
class Host {
 public:
  virtual ~Host() = default;
  /// Runs another subgraph: copies `inputs` in (resizing), gives its outputs as dynamic tensors.
  virtual Result<void> call(int subgraph, std::span<const Tensor* const> inputs, std::vector<Tensor>& outputs) = 0;
  /// State that outlives an invocation (variables, hash tables), by name; empty until first asked for.
  virtual std::any& resource(const std::string& key) = 0;
  /// ErrorCode::kOutOfMemory where a further `bytes` would pass the allocation limit.
  virtual Result<void> reserve(size_t bytes) = 0;
};

/// One node as its operator sees it, in prepare and in eval.
class Context {
 public:
  Context(const graph::Node& node, std::span<Tensor*> inputs, std::span<Tensor*> outputs, std::any& state, Host& host,
          std::span<Tensor*> intermediates = {})
      : node_(node), inputs_(inputs), outputs_(outputs), intermediates_(intermediates), state_(state), host_(host) {}

  const graph::Node& node() const { return node_; }
  template <class T>
  const T& options() const { return graph::options<T>(node_); }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  int outputs() const { return static_cast<int>(outputs_.size()); }
  bool has_input(int k) const { return k < inputs() && inputs_[static_cast<size_t>(k)]; }
  /// Only for inputs that are there: prepare has checked.
  const Tensor& input(int k) const { return *inputs_[static_cast<size_t>(k)]; }
  /// A variable tensor that the operator updates (states of RNN, LSTM, SVDF).
  Tensor& variable(int k) { return *inputs_[static_cast<size_t>(k)]; }
  Tensor& output(int k) { return *outputs_[static_cast<size_t>(k)]; }
  /// Tensor that only lends its type and quantization (integer LSTM); null where the node has no such one.
  const Tensor* intermediate(int k) const {
    return k < static_cast<int>(intermediates_.size()) ? intermediates_[static_cast<size_t>(k)] : nullptr;
  }
  Host& host() { return host_; }

  /// In prepare: states the output's shape, or in eval: gives a dynamic output its shape and memory.
  /// kShapeMismatch for a negative dimension or an impossible size, kOutOfMemory past the limit.
  Result<void> resize_output(int k, Shape shape);
  /// In prepare: the output's shape depends on values that are known only in eval.
  void make_dynamic(int k) { output(k).dynamic = true; }
  /// In eval: sets a string output's buffer (TFLite's format) and shape; read_strings of ops/common/strings.h reads it. A
  /// resource output carries the name of its resource in the same way and keeps its shape.
  Result<void> set_strings(int k, const std::vector<std::string>& strings, Shape shape);

  /// What prepare keeps for eval (multipliers, tables, packed weights). Made once a node, again after a resize.
  template <class T>
  T& make_state() { return state_.emplace<T>(); }
  template <class T>
  T& state() { return *std::any_cast<T>(&state_); }

  // --- contract checks for prepare: the message names node, tensor, expected and given ---
  Result<void> expect_arity(int min_inputs, int max_inputs, int min_outputs, int max_outputs) const;
  Result<void> expect_input(int k) const;   // is there (not left out)
  Result<void> expect_dtype(const Tensor& tensor, std::initializer_list<DType> allowed) const;
  Result<void> expect_same_dtype(const Tensor& a, const Tensor& b) const;
  Result<void> expect_rank(const Tensor& tensor, int min_rank, int max_rank) const;
  /// kQuantizationMissing (M001) without scale and zero point, kQuantizationInvalid (M002) where scale is not a positive
  /// finite number or the zero point does not fit the type; per-tensor unless `channels` > 0 allows that many scales.
  Result<void> expect_quantized(const Tensor& tensor, int channels = 0) const;
  Result<void> expect_zero_point(const Tensor& tensor, int64_t zero_point) const;
  /// An error of this node: "node #3 CONV_2D: message".
  Unexpected error(ErrorCode code, std::string message) const;

 private:
  const graph::Node& node_;
  std::span<Tensor*> inputs_, outputs_, intermediates_;
  std::any& state_;
  Host& host_;
};

struct Operator {
  std::string_view name;          // schema spelling: "CONV_2D"; a custom operator's code otherwise
  int32_t builtin = -1;           // schema::BuiltinOperator_…; -1 for a custom operator
  int max_version = 1;            // newest version whose meaning is implemented
  /// Checks the contract, gives every output its shape or makes it dynamic. Constant inputs have data already.
  Result<void> (*prepare)(Context&) = nullptr;
  /// Computes. Checks only control data (gather indices, slice bounds, divisors).
  Result<void> (*eval)(Context&) = nullptr;
};

}  // namespace whyzero::ops
