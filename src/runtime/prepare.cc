// The plan of an interpreter: which operator or fast kernel runs each node, all shapes, and the arena.
#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

#include "graph/sparse.h"
#include "ops/common/memory.h"
#include "ops/registry.h"
#include "runtime/interpreter_internal.h"
#include "runtime/plan.h"

namespace whyzero::runtime {
namespace {

/// Operators that converters use to compute shapes. Where their inputs are known their outputs are too, and what they size
/// needs no dynamic shape. None of them has state.
bool computes_shapes(int32_t op) {
  switch (op) {
    case schema::BuiltinOperator_SHAPE:
    case schema::BuiltinOperator_RANK:
    case schema::BuiltinOperator_STRIDED_SLICE:
    case schema::BuiltinOperator_SLICE:
    case schema::BuiltinOperator_PACK:
    case schema::BuiltinOperator_CONCATENATION:
    case schema::BuiltinOperator_GATHER:
    case schema::BuiltinOperator_CAST:
    case schema::BuiltinOperator_RESHAPE:
    case schema::BuiltinOperator_SQUEEZE:
    case schema::BuiltinOperator_EXPAND_DIMS:
    case schema::BuiltinOperator_ADD:
    case schema::BuiltinOperator_SUB:
    case schema::BuiltinOperator_MUL:
    case schema::BuiltinOperator_FLOOR_DIV:
    case schema::BuiltinOperator_DIV:
    case schema::BuiltinOperator_MAXIMUM:
    case schema::BuiltinOperator_MINIMUM:
    case schema::BuiltinOperator_REDUCE_PROD:
      return true;
    default:
      return false;
  }
}

constexpr size_t kMostFoldedElements = 1024;

Error no_operator(const graph::Node& node) {
  std::string why = node.custom() ? "whyzero does not have this custom operator" : "whyzero does not have this operator";
  for (const ops::Operator* op : ops::all_operators())
    if (!node.custom() && op->builtin == node.op)
      why = fmt::format("version {} is needed, whyzero knows up to {}", node.version, op->max_version);
  return {ErrorCode::kUnsupported, fmt::format("{}: {}; the nodes that depend on it are not computed", node.label(), why), {}};
}

}  // namespace

Result<void> Interpreter::prepare() {
  if (prepared_) return {};
  failed_ = false;
  run_list_.clear();
  for (size_t k = 0; k < tensors_.size(); ++k) {
    ops::Tensor& tensor = tensors_[k];
    taint_[k] = is_source_[k] ? kClean : kUnwritten;
    if (is_source_[k]) continue;
    tensor.shape = tensor.info->shape;
    tensor.constant = tensor.dynamic = false;
    tensor.data = nullptr;
    tensor.bytes = 0;
  }
  for (auto& node : nodes_) plan_node(*node);
  planned_taint_ = taint_;
  WHYZERO_TRY(allocate_arena());
  prepared_ = true;
  return {};
}

void Interpreter::plan_node(Node& node) {
  node.error.reset();
  node.late = node.late_ready = node.late_error = node.owns_outputs = false;
  node.kernel = nullptr;
  node.op = ops::find_operator(*node.graph);
  if (auto sound = check_node(node); !sound) return fail_node(node, std::move(sound).error());
  if (!node.op) return fail_node(node, no_operator(*node.graph));
  if (const int cause = cause_of(node); cause != kClean) return taint_outputs(node, cause);
  taint_outputs(node, kClean);
  const bool late =
      std::any_of(node.inputs.begin(), node.inputs.end(), [](const ops::Tensor* input) { return input && input->dynamic; });
  if (late) {
    node.late = node.owns_outputs = true;
    node.eval = node.op->eval;
    for (ops::Tensor* output : node.outputs) output->dynamic = true;
  } else {
    if (auto ready = prepare_node(node); !ready) return fail_node(node, std::move(ready).error());
    fold(node);
  }
  run_list_.push_back(&node);
}

/// What the kernels rely on beyond their own contract: values that exist, and outputs that are nobody else's.
Result<void> Interpreter::check_node(const Node& node) const {
  for (const ops::Tensor* input : node.inputs) {
    if (!input) continue;
    if (taint_[index_of(*input)] == kUnwritten)
      return fail(ErrorCode::kMalformed,
                  fmt::format("{} reads tensor {} before any node writes it; the order of the nodes is wrong or "
                              "they form a cycle",
                              node.graph->label(), input->label()));
    const graph::Tensor& info = *input->info;
    if (!info.constant) continue;
    const auto needed = ops::tensor_bytes(info.dtype, info.shape);
    if (needed && input->bytes >= *needed) continue;
    if (info.sparse)
      if (auto dense = graph::densify(info); !dense) return fail(std::move(dense).error(), node.graph->label());
    return fail(ErrorCode::kMalformed, fmt::format("{}: the data of tensor {} has {} bytes, its shape needs {}",
                                                   node.graph->label(), input->label(), input->bytes, needed.value_or(SIZE_MAX)));
  }
  for (size_t k = 0; k < node.outputs.size(); ++k) {
    const ops::Tensor* output = node.outputs[k];
    const bool twice = std::find(node.outputs.begin(), node.outputs.begin() + static_cast<std::ptrdiff_t>(k), output) !=
                       node.outputs.begin() + static_cast<std::ptrdiff_t>(k);
    if (twice || taint_[index_of(*output)] != kUnwritten)
      return fail(ErrorCode::kMalformed, fmt::format("{} writes tensor {}, which has a value already; a tensor has one writer",
                                                     node.graph->label(), output->label()));
  }
  return {};
}

Result<void> Interpreter::prepare_node(Node& node) {
  shared_->used -= node.reserved;
  node.reserved = 0;
  node.state.reset();
  for (ops::Tensor* output : node.outputs) {
    output->shape = output->info->shape;
    output->dynamic = output->constant = false;
    output->data = nullptr;
    output->bytes = 0;
  }
  const size_t pending = shared_->pending;
  Result<void> done = node.op->prepare(node.context);
  if (done) done = finish_outputs(node);
  if (done) choose_kernel(node);
  node.reserved = shared_->pending - pending;
  shared_->pending = pending;
  shared_->used += node.reserved;
  node.owns_outputs = node.late;
  for (const ops::Tensor* output : node.outputs)
    if (output->dynamic || dtype_bits(output->dtype) == 0) node.owns_outputs = true;
  return done;
}

Result<void> Interpreter::finish_outputs(const Node& node) const {
  for (ops::Tensor* output : node.outputs) {
    if (output->dynamic) continue;
    const auto bytes = ops::tensor_bytes(output->dtype, output->shape);
    if (!bytes || *bytes > shared_->limit)
      return fail(ErrorCode::kOutOfMemory,
                  fmt::format("{}: output {} would need {} bytes, the limit for one model is {}", node.graph->label(),
                              output->label(), bytes.value_or(SIZE_MAX), shared_->limit));
    output->bytes = *bytes;
  }
  return {};
}

void Interpreter::choose_kernel(Node& node) {
  node.kernel = nullptr;
  node.eval = node.op->eval;
  if (options_.kernels != Kernels::kFast || node.op->builtin < 0) return;
  for (const ops::Tensor* output : node.outputs)
    if (output->dynamic) return;
  for (const fast::Kernel* kernel : fast::all_kernels()) {
    if (kernel->builtin != node.op->builtin || !kernel->supports(node.context)) continue;
    if (!kernel->prepare || kernel->prepare(node.context)) {
      node.kernel = kernel;
      node.eval = kernel->eval;
    } else {
      // The kernel may have replaced the state that the reference made; its second prepare succeeds as its first did.
      (void)node.op->prepare(node.context);
    }
    return;
  }
}

/// Computes a node of shape arithmetic now and makes its outputs constants of this plan.
void Interpreter::fold(Node& node) {
  if (node.graph->custom() || !computes_shapes(node.graph->op)) return;
  const bool shape_only = node.graph->op == schema::BuiltinOperator_SHAPE || node.graph->op == schema::BuiltinOperator_RANK;
  for (const ops::Tensor* input : node.inputs)
    if (input && !input->constant && !shape_only) return;
  for (const ops::Tensor* output : node.outputs) {
    const bool small = (output->dtype == DType::kInt32 || output->dtype == DType::kInt64) && !output->dynamic &&
                       output->elements() <= kMostFoldedElements;
    if (!small) return;
  }
  bool done = true;
  for (ops::Tensor* output : node.outputs) done = done && grow(*output, output->bytes).has_value();
  done = done && node.eval(node.context).has_value();
  for (ops::Tensor* output : node.outputs) output->constant = done;
}

Result<void> Interpreter::allocate_arena() {
  const size_t count = tensors_.size();
  const int end = static_cast<int>(run_list_.size());
  std::vector<int> last(count, -1);
  for (int step = 0; step < end; ++step)
    for (const ops::Tensor* input : run_list_[static_cast<size_t>(step)]->inputs)
      if (input) last[index_of(*input)] = step;
  for (int index : graph_->outputs) last[static_cast<size_t>(index)] = INT_MAX;

  std::vector<Block> blocks;
  std::vector<ops::Tensor*> owners;
  for (int step = 0; step < end; ++step) {
    const Node& node = *run_list_[static_cast<size_t>(step)];
    if (node.late) continue;
    for (ops::Tensor* output : node.outputs) {
      if (output->dynamic || output->constant || dtype_bits(output->dtype) == 0) continue;
      const bool keep = options_.keep_all;
      blocks.push_back({output->bytes, keep ? 0 : step, keep ? INT_MAX : std::max(step, last[index_of(*output)])});
      owners.push_back(output);
    }
  }
  const Layout layout = place_blocks(blocks);
  if (layout.overflow) return fail(ErrorCode::kOutOfMemory, "the tensors of the model do not fit the address space");
  if (layout.bytes > arena_capacity_) {
    shared_->used -= arena_capacity_;
    arena_.reset();
    arena_capacity_ = 0;
    if (auto room = reserve(layout.bytes); !room) return fail(std::move(room).error(), "memory for the tensors between nodes");
    shared_->pending -= layout.bytes;
    // Zeroed, so that what a run computes never depends on what lay there.
    arena_.reset(static_cast<uint8_t*>(std::calloc(layout.bytes / kArenaAlignment + 1, kArenaAlignment)));
    if (!arena_) return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for {} bytes of tensors", layout.bytes));
    arena_capacity_ = layout.bytes;
    shared_->used += layout.bytes;
  }
  arena_bytes_ = layout.bytes;
  const auto address = reinterpret_cast<uintptr_t>(arena_.get());
  uint8_t* base = arena_.get() + (kArenaAlignment - address % kArenaAlignment) % kArenaAlignment;
  for (size_t k = 0; k < owners.size(); ++k) owners[k]->data = blocks[k].bytes ? base + layout.offsets[k] : ops::no_bytes();
  return {};
}

Result<void> Interpreter::prepare_late(Node& node) {
  bool same = node.late_ready;
  for (size_t k = 0; same && k < node.inputs.size(); ++k) same = !node.inputs[k] || node.inputs[k]->shape == node.prepared_for[k];
  if (same) return {};
  node.late_ready = false;
  WHYZERO_TRY(prepare_node(node));
  for (ops::Tensor* output : node.outputs)
    if (!output->dynamic && dtype_bits(output->dtype) != 0) WHYZERO_TRY(grow(*output, output->bytes));
  node.prepared_for.resize(node.inputs.size());
  for (size_t k = 0; k < node.inputs.size(); ++k)
    if (node.inputs[k]) node.prepared_for[k] = node.inputs[k]->shape;
  node.late_ready = true;
  return {};
}

/// The failed node that a node's inputs depend on; kClean where all are sound.
int Interpreter::cause_of(const Node& node) const {
  for (const ops::Tensor* input : node.inputs)
    if (input && taint_[index_of(*input)] != kClean) return taint_[index_of(*input)];
  return kClean;
}

void Interpreter::taint_outputs(const Node& node, int cause) {
  for (const ops::Tensor* output : node.outputs) taint_[index_of(*output)] = cause;
}

void Interpreter::fail_node(Node& node, Error error) {
  node.error = std::move(error);
  // The position, not graph->index: it finds the node again whatever the graph's author wrote there.
  taint_outputs(node, static_cast<int>(node.graph - graph_->nodes.data()));
}

}  // namespace whyzero::runtime
