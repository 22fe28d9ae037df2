// Inputs, outputs, the loop over the nodes, and what control flow asks of the interpreter.
#include "runtime/interpreter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "graph/sparse.h"
#include "ops/common/memory.h"
#include "ops/common/strings.h"
#include "runtime/interpreter_internal.h"

namespace whyzero::runtime {
namespace {

constexpr int kDeepestCall = 64;
constexpr size_t kWidestElement = 8;  // alignment that the kernels' element types need
const graph::Quantization kNoQuantization;

std::string shape_text(const ops::Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

Result<void> check_indices(const graph::Subgraph& graph) {
  const int count = static_cast<int>(graph.tensors.size());
  auto check = [&](const std::vector<int>& indices, int least, const std::string& where) -> Result<void> {
    for (int index : indices)
      if (index < least || index >= count)
        return fail(ErrorCode::kMalformed, fmt::format("{} names tensor {}; there are {} tensors", where, index, count));
    return {};
  };
  WHYZERO_TRY(check(graph.inputs, 0, "the list of inputs"));
  WHYZERO_TRY(check(graph.outputs, 0, "the list of outputs"));
  for (const graph::Node& node : graph.nodes) {
    WHYZERO_TRY(check(node.inputs, -1, node.label()));
    WHYZERO_TRY(check(node.outputs, 0, node.label()));
  }
  return {};
}

size_t capacity_of(std::span<ops::Tensor* const> tensors) {
  size_t bytes = 0;
  for (const ops::Tensor* tensor : tensors) bytes += tensor->owned.capacity();
  return bytes;
}

}  // namespace

void Interpreter::Free::operator()(void* memory) const { std::free(memory); }

Interpreter::Interpreter(std::shared_ptr<const graph::Model> model, InterpreterOptions options, Shared* shared, int depth)
    : model_(std::move(model)),
      graph_(&model_->subgraphs[static_cast<size_t>(options.subgraph)]),
      options_(options),
      shared_(shared),
      depth_(depth) {}

Interpreter::~Interpreter() = default;

Result<std::unique_ptr<Interpreter>> Interpreter::create(std::shared_ptr<const graph::Model> model, InterpreterOptions options) {
  auto own = std::make_unique<Shared>();
  own->limit = options.max_memory_bytes;
  Shared* shared = own.get();
  return create(std::move(model), options, std::move(own), shared, 0);
}

Result<std::unique_ptr<Interpreter>> Interpreter::create(std::shared_ptr<const graph::Model> model, InterpreterOptions options,
                                                         std::unique_ptr<Shared> own, Shared* shared, int depth) {
  if (!model) return fail(ErrorCode::kInvalidArgument, "there is no model to run; the file could not be read");
  if (options.subgraph < 0 || static_cast<size_t>(options.subgraph) >= model->subgraphs.size())
    return fail(ErrorCode::kMalformed,
                fmt::format("subgraph {} is called; the model has {}", options.subgraph, model->subgraphs.size()));
  std::unique_ptr<Interpreter> made(new Interpreter(std::move(model), options, shared, depth));
  made->own_ = std::move(own);
  WHYZERO_TRY(made->init());
  return made;
}

Result<void> Interpreter::init() {
  WHYZERO_TRY(check_indices(*graph_));
  const size_t count = graph_->tensors.size();
  tensors_.resize(count);
  taint_.assign(count, kUnwritten);
  is_source_.assign(count, 0);
  for (size_t k = 0; k < count; ++k) {
    const graph::Tensor& info = graph_->tensors[k];
    ops::Tensor& tensor = tensors_[k];
    tensor.info = &info;
    tensor.dtype = info.dtype;
    tensor.shape = info.shape;
    tensor.quantization = &info.quantization;
    if (info.constant || info.variable) WHYZERO_TRY(init_source(tensor, false));
  }
  for (int index : graph_->inputs)
    if (!is_source_[static_cast<size_t>(index)]) WHYZERO_TRY(init_source(tensor(index), true));

  auto pointers = [&](const std::vector<int>& indices) {
    std::vector<ops::Tensor*> result;
    for (int index : indices)
      result.push_back(index >= 0 && static_cast<size_t>(index) < count ? &tensors_[static_cast<size_t>(index)] : nullptr);
    return result;
  };
  ops::Host& host = *this;  // a private base: only members may convert
  for (const graph::Node& info : graph_->nodes)
    nodes_.push_back(
        std::make_unique<Node>(info, pointers(info.inputs), pointers(info.outputs), pointers(info.intermediates), host));
  return {};
}

Result<void> Interpreter::init_source(ops::Tensor& tensor, bool input) {
  const graph::Tensor& info = *tensor.info;
  is_source_[index_of(tensor)] = 1;
  if (input || !info.constant) return zero(tensor);
  tensor.constant = !info.variable;
  if (info.sparse) {
    // The kernels see dense constants only; what cannot be made dense fails in the nodes that read it.
    auto dense = graph::densify(info);
    const size_t size = dense ? dense->size() : 0;
    WHYZERO_TRY(grow(tensor, size));
    if (size) std::memcpy(tensor.data, dense->data(), size);
    return {};
  }
  tensor.bytes = info.data.size();
  if (dtype_bits(info.dtype) != 0) tensor.bytes = std::min(tensor.bytes, ops::tensor_bytes(info.dtype, info.shape).value_or(0));
  const bool aligned = reinterpret_cast<uintptr_t>(info.data.data()) % kWidestElement == 0;
  if (tensor.constant && aligned) {
    // The kernels keep to the contract that constants are not written.
    tensor.data = tensor.bytes ? const_cast<uint8_t*>(info.data.data()) : ops::no_bytes();
    return {};
  }
  const size_t bytes = tensor.bytes;
  WHYZERO_TRY(grow(tensor, bytes));
  if (bytes) std::memcpy(tensor.data, info.data.data(), bytes);
  return {};
}

/// What every byte of a state is at the start: a real zero, which for int8 is the zero point.
static uint8_t rest_byte(const ops::Tensor& tensor) {
  return tensor.info->variable && tensor.dtype == DType::kInt8 ? static_cast<uint8_t>(tensor.zero_point()) : uint8_t{0};
}

/// Zeros; empty strings for a string tensor. Takes the size from the shape.
Result<void> Interpreter::zero(ops::Tensor& tensor) {
  auto bytes = ops::tensor_bytes(tensor.dtype, tensor.shape);
  if (bytes && tensor.dtype == DType::kString) {
    bytes = checked_mul(tensor.elements(), 4);
    if (bytes) bytes = checked_add(*bytes, 8);
    if (bytes && *bytes > INT32_MAX) bytes.reset();
  }
  if (!bytes)
    return fail(ErrorCode::kOutOfMemory,
                fmt::format("tensor {} of shape {} is too large to run", tensor.label(), shape_text(tensor.shape)));
  WHYZERO_TRY(grow(tensor, *bytes));
  std::fill(tensor.owned.begin(), tensor.owned.end(), rest_byte(tensor));
  if (tensor.dtype == DType::kString) {
    const int32_t count = static_cast<int32_t>(tensor.elements()), end = static_cast<int32_t>(*bytes);
    int32_t* words = tensor.as<int32_t>();
    words[0] = count;
    std::fill(words + 1, words + 2 + count, end);
  }
  return {};
}

/// Gives a tensor its own storage of `bytes`; what it held may be lost.
Result<void> Interpreter::grow(ops::Tensor& tensor, size_t bytes) {
  const size_t before = tensor.owned.capacity();
  if (bytes > before) {
    if (auto room = reserve(bytes - before); !room) return fail(std::move(room).error(), "tensor " + tensor.label());
    shared_->pending -= bytes - before;
    std::vector<uint8_t>().swap(tensor.owned);
  }
  const bool done = ops::try_resize(tensor.owned, bytes);
  shared_->used += tensor.owned.capacity() - before;
  tensor.data = bytes && done ? tensor.owned.data() : ops::no_bytes();
  tensor.bytes = done ? bytes : 0;
  if (!done) return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for {} bytes of tensor {}", bytes, tensor.label()));
  return {};
}

Result<void> Interpreter::resize_input(int k, const ops::Shape& shape) {
  if (k < 0 || k >= inputs())
    return fail(ErrorCode::kInvalidArgument, fmt::format("there is no input {}; the model has {}", k, inputs()));
  ops::Tensor& tensor = input(k);
  if (tensor.shape == shape) return {};
  const auto bytes = ops::tensor_bytes(tensor.dtype, shape);
  if (tensor.constant || !bytes)
    return fail(
        ErrorCode::kShapeMismatch,
        fmt::format("input {} ({}) cannot have shape {}{}", k, tensor.label(), shape_text(shape),
                    tensor.constant ? ": it is a constant of the model" : "; dimensions must be positive and the size possible"));
  prepared_ = false;
  ops::Shape before = std::exchange(tensor.shape, shape);
  if (auto done = zero(tensor); !done) {
    tensor.shape = std::move(before);
    WHYZERO_TRY(zero(tensor));
    return done;
  }
  return {};
}

Result<void> Interpreter::set_input(int k, std::span<const uint8_t> bytes) {
  if (k < 0 || k >= inputs())
    return fail(ErrorCode::kInvalidArgument, fmt::format("there is no input {}; the model has {}", k, inputs()));
  ops::Tensor& tensor = input(k);
  if (tensor.constant)
    return fail(ErrorCode::kInvalidArgument, fmt::format("input {} ({}) is a constant of the model", k, tensor.label()));
  if (tensor.dtype == DType::kString) {
    WHYZERO_ASSIGN(const auto strings, ops::read_strings(bytes));
    if (strings.size() != tensor.elements())
      return fail(ErrorCode::kShapeMismatch, fmt::format("input {} ({}): {} strings given, shape {} needs {}", k, tensor.label(),
                                                         strings.size(), shape_text(tensor.shape), tensor.elements()));
    WHYZERO_TRY(grow(tensor, bytes.size()));
  } else if (bytes.size() != tensor.bytes) {
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("input {} ({}): {} bytes given, {} {} needs {}", k, tensor.label(), bytes.size(),
                            dtype_name(tensor.dtype), shape_text(tensor.shape), tensor.bytes));
  }
  if (!bytes.empty()) std::memcpy(tensor.data, bytes.data(), bytes.size());
  return {};
}

Result<void> Interpreter::invoke(Observer* observer) {
  if (depth_ == 0) {
    shared_->calls = 0;
    shared_->pending = 0;
    shared_->observer = observer;
  }
  WHYZERO_TRY(prepare());
  return run();
}

Result<void> Interpreter::run() {
  forget_failures();
  run_ = 0;
  Observer* observer = shared_->observer;
  for (Node* node : run_list_) {
    if (failed_) {
      if (const int cause = cause_of(*node); cause != kClean) {
        taint_outputs(*node, cause);
        continue;
      }
    }
    WHYZERO_TRY(run_node(*node, observer));
  }
  return {};
}

Result<void> Interpreter::run_node(Node& node, Observer* observer) {
  auto failed = [&](Error error) -> Result<void> {
    if (error.code == ErrorCode::kCancelled) return fail(std::move(error));
    node.late_error = failed_ = true;
    fail_node(node, std::move(error));
    return {};
  };
  if (node.late)
    if (auto ready = prepare_late(node); !ready) return failed(std::move(ready).error());
  if (observer) observer->node_begin(options_.subgraph, *node.graph);
  const size_t pending = shared_->pending;
  const size_t held = node.owns_outputs ? capacity_of(node.outputs) : 0;
  Result<void> done = node.eval(node.context);
  shared_->pending = pending;
  if (node.owns_outputs) shared_->used += capacity_of(node.outputs) - held;
  if (!done) return failed(std::move(done).error());
  ++run_;
  if (observer) observer->node_end(options_.subgraph, *node.graph, node.outputs);
  return {};
}

void Interpreter::forget_failures() {
  if (!failed_) return;
  failed_ = false;
  taint_ = planned_taint_;
  for (auto& node : nodes_) {
    if (node->late_error) node->error.reset();
    node->late_error = false;
  }
}

void Interpreter::reset_state() {
  for (ops::Tensor& tensor : tensors_) {
    if (!tensor.info->variable) continue;
    if (tensor.info->constant && !tensor.info->data.empty())
      std::memcpy(tensor.data, tensor.info->data.data(), std::min(tensor.bytes, tensor.info->data.size()));
    else if (tensor.bytes)
      std::memset(tensor.data, rest_byte(tensor), tensor.bytes);
  }
  if (depth_ != 0) return;
  for (auto& [place, interpreter] : shared_->children) interpreter->reset_state();
  shared_->resources.clear();
}

Coverage Interpreter::coverage() const {
  Coverage coverage;
  coverage.operators = static_cast<int>(nodes_.size());
  coverage.run = run_;
  for (const auto& node : nodes_)
    if (node->error) coverage.skipped.push_back({node->graph->index, node->graph->op_name, *node->error});
  return coverage;
}

Result<void> Interpreter::available(int tensor_index) const {
  const int cause = taint_[static_cast<size_t>(tensor_index)];
  if (cause == kClean) return {};
  if (cause == kUnwritten)
    return fail(ErrorCode::kMalformed,
                fmt::format("tensor {} has no value: no operator of the graph writes it", tensor(tensor_index).label()));
  return fail(*nodes_[static_cast<size_t>(cause)]->error,
              fmt::format("tensor {} was not computed", tensor(tensor_index).label()));
}

std::string_view Interpreter::kernel_name(int node) const {
  const fast::Kernel* kernel = nodes_[static_cast<size_t>(node)]->kernel;
  return kernel ? kernel->name : std::string_view();
}

size_t Interpreter::memory_bytes() const { return shared_->used; }

Result<void> Interpreter::reserve(size_t bytes) {
  const size_t taken = shared_->used + shared_->pending;
  if (taken > shared_->limit || bytes > shared_->limit - taken)
    return fail(ErrorCode::kOutOfMemory,
                fmt::format("{} bytes more than the {} in use would pass the limit of {} bytes for one model; "
                            "use smaller inputs or raise the limit",
                            bytes, taken, shared_->limit));
  shared_->pending += bytes;
  return {};
}

std::any& Interpreter::resource(const std::string& key) { return shared_->resources[key]; }

Result<Interpreter*> Interpreter::child(int subgraph) {
  if (depth_ >= kDeepestCall)
    return fail(ErrorCode::kUnsupported, fmt::format("subgraphs call each other more than {} deep", kDeepestCall));
  auto& place = shared_->children[{depth_ + 1, subgraph}];
  if (!place) {
    InterpreterOptions options = options_;
    options.subgraph = subgraph;
    options.keep_all = false;
    WHYZERO_ASSIGN(place, create(model_, options, nullptr, shared_, depth_ + 1));
  }
  return place.get();
}

Result<void> Interpreter::call(int subgraph, std::span<const ops::Tensor* const> inputs, std::vector<ops::Tensor>& outputs) {
  if (options_.progress && options_.progress->cancelled()) return fail(ErrorCode::kCancelled, "cancelled while the model ran");
  if (++shared_->calls > options_.max_subgraph_calls)
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("more than {} calls of subgraphs in one invocation; the loop may have no end", options_.max_subgraph_calls));
  WHYZERO_ASSIGN(Interpreter * callee, child(subgraph));
  const std::string where = fmt::format("subgraph {}", subgraph);
  if (inputs.size() != callee->graph_->inputs.size())
    return fail(ErrorCode::kMalformed, fmt::format("subgraph {} is called with {} inputs and has {}", subgraph, inputs.size(),
                                                   callee->graph_->inputs.size()));
  for (size_t k = 0; k < inputs.size(); ++k) {
    const ops::Tensor& from = *inputs[k];
    ops::Tensor& to = callee->input(static_cast<int>(k));
    if (from.dtype != to.dtype)
      return fail(ErrorCode::kDtypeMismatch, fmt::format("input {} of subgraph {} is {} and is called with {}", k, subgraph,
                                                         dtype_name(to.dtype), dtype_name(from.dtype)));
    if (auto sized = callee->resize_input(static_cast<int>(k), from.shape); !sized) return fail(std::move(sized).error(), where);
    if (to.constant) continue;
    if (dtype_bits(to.dtype) == 0) WHYZERO_TRY(callee->grow(to, from.bytes));
    if (from.bytes != to.bytes)
      return fail(ErrorCode::kShapeMismatch,
                  fmt::format("input {} of subgraph {}: {} bytes given, {} needed", k, subgraph, from.bytes, to.bytes));
    if (from.bytes) std::memcpy(to.data, from.data, from.bytes);
  }
  if (auto done = callee->invoke(); !done) return fail(std::move(done).error(), where);
  outputs.resize(callee->graph_->outputs.size());
  for (size_t k = 0; k < outputs.size(); ++k) {
    const int index = callee->graph_->outputs[k];
    if (auto there = callee->available(index); !there) return fail(std::move(there).error(), where);
    const ops::Tensor& from = callee->tensor(index);
    ops::Tensor& to = outputs[k];
    if (from.bytes > to.owned.capacity()) WHYZERO_TRY(reserve(from.bytes - to.owned.capacity()));
    if (!ops::try_resize(to.owned, from.bytes))
      return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for output {} of {}", k, where));
    to.info = from.info;
    to.dtype = from.dtype;
    to.shape = from.shape;
    to.quantization = from.quantization ? from.quantization : &kNoQuantization;
    to.bytes = from.bytes;
    to.data = from.bytes ? to.owned.data() : ops::no_bytes();
    to.constant = false;
    to.dynamic = true;
    if (from.bytes) std::memcpy(to.data, from.data, from.bytes);
  }
  return {};
}

}  // namespace whyzero::runtime
