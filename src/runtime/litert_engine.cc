#include "runtime/litert_engine.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "ops/common/memory.h"

namespace whyzero::runtime::litert {
namespace {

std::string status_text(int status) {
  switch (status) {
    case 1: return "invalid argument";
    case 2: return "no memory";
    case 3: return "runtime failure";
    case 5: return "unsupported";
    case 500: return "file error";
    case 501: return "invalid flatbuffer";
    case 504: return "the model cannot be compiled";
    default: return fmt::format("status {}", status);
  }
}

Result<void> check(int status, const char* what) {
  if (status == kOk) return {};
  return fail(status == 2 ? ErrorCode::kOutOfMemory : ErrorCode::kUnsupported, fmt::format("LiteRT cannot {}: {}", what, status_text(status)));
}

#define WHYZERO_LITERT_TRY(call, what) WHYZERO_TRY(check(api_.call, what))

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(const Api& api, const graph::Model& model, int threads) {
  std::unique_ptr<Engine> engine(new Engine(api, model, threads));
  WHYZERO_TRY(check(api.CreateEnvironment(0, nullptr, &engine->environment_), "make an environment"));
  WHYZERO_TRY(check(api.CreateModelFromBuffer(engine->environment_, model.bytes->data(), model.bytes->size(), &engine->loaded_), "read the model"));
  WHYZERO_TRY(check(api.GetModelSignature(engine->loaded_, 0, &engine->signature_), "find the model's main graph"));
  const graph::Subgraph& graph = model.main();
  size_t inputs = 0, outputs = 0;
  WHYZERO_TRY(check(api.GetNumSignatureInputs(engine->signature_, &inputs), "count inputs"));
  WHYZERO_TRY(check(api.GetNumSignatureOutputs(engine->signature_, &outputs), "count outputs"));
  if (inputs != graph.inputs.size() || outputs != graph.outputs.size())
    return fail(ErrorCode::kUnsupported, fmt::format("LiteRT sees {} inputs and {} outputs, the file has {} and {} (a tensor listed twice?)", inputs,
                                                     outputs, graph.inputs.size(), graph.outputs.size()));
  for (int input : graph.inputs) engine->shapes_.push_back(graph.tensors[static_cast<size_t>(input)].shape);
  WHYZERO_TRY(engine->compile());
  return engine;
}

Engine::~Engine() {
  free_compiled();
  if (loaded_) api_.DestroyModel(loaded_);
  if (environment_) api_.DestroyEnvironment(environment_);
}

void Engine::free_buffers(std::vector<Buffer>& buffers) {
  for (const Buffer& buffer : buffers)
    if (buffer.handle) api_.DestroyTensorBuffer(buffer.handle);
  buffers.clear();
}

void Engine::free_compiled() {
  free_buffers(inputs_);
  free_buffers(outputs_);
  if (compiled_) api_.DestroyCompiledModel(compiled_);
  compiled_ = nullptr;
}

Result<void> Engine::compile() {
  Handle options = nullptr;
  WHYZERO_LITERT_TRY(CreateOptions(&options), "make options");
  auto set = check(api_.SetOptionsHardwareAccelerators(options, kAcceleratorCpu), "choose the CPU");
  // The number of threads travels as TOML text under the CPU delegate's name.
  Handle cpu = nullptr;
  if (set) set = check(api_.CreateOpaqueOptions("xnnpack", ::strdup(fmt::format("num_threads = {}\n", threads_).c_str()), ::free, &cpu), "make CPU options");
  if (set) set = check(api_.AddOpaqueOptions(options, cpu), "set the number of threads");
  if (set) set = check(api_.CreateCompiledModel(environment_, loaded_, options, &compiled_), "compile the model");
  api_.DestroyOptions(options);
  WHYZERO_TRY(set);
  const graph::Subgraph& graph = model_.main();
  for (size_t k = 0; k < shapes_.size(); ++k) {
    const auto& shape = shapes_[k];
    if (shape != graph.tensors[static_cast<size_t>(graph.inputs[k])].shape)
      WHYZERO_LITERT_TRY(CompiledModelResizeInputTensorNonStrict(compiled_, 0, k, shape.data(), shape.size()), "resize an input");
  }
  return make_buffers();
}

Result<Engine::Buffer> Engine::make_buffer(size_t index, bool input, const ops::Shape& shape) {
  const graph::Subgraph& graph = model_.main();
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>((input ? graph.inputs : graph.outputs)[index])];
  const auto told = [&](const char* what) { return fmt::format("{} {} {}", what, input ? "input" : "output", tensor.label()); };
  if (shape.size() > kMaxRank) return fail(ErrorCode::kUnsupported, told("LiteRT has at most 8 dimensions;"));
  if (dtype_bits(tensor.dtype) == 0)
    return fail(ErrorCode::kUnsupported, told("LiteRT's C interface does not pass strings or resources:"));
  Buffer buffer;
  Handle handle = nullptr, requirements = nullptr;
  if (input) {
    WHYZERO_LITERT_TRY(GetSignatureInputTensorByIndex(signature_, index, &handle), told("find").c_str());
    WHYZERO_LITERT_TRY(GetCompiledModelInputBufferRequirements(compiled_, 0, index, &requirements), told("say what memory it needs for").c_str());
  } else {
    WHYZERO_LITERT_TRY(GetSignatureOutputTensorByIndex(signature_, index, &handle), told("find").c_str());
    WHYZERO_LITERT_TRY(GetCompiledModelOutputBufferRequirements(compiled_, 0, index, &requirements), told("say what memory it needs for").c_str());
  }
  WHYZERO_LITERT_TRY(GetRankedTensorType(handle, &buffer.type), told("tell the type of").c_str());
  buffer.type.layout = {};
  buffer.type.layout.rank_and_flags = static_cast<uint32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), buffer.type.layout.dims);
  WHYZERO_LITERT_TRY(CreateManagedTensorBufferFromRequirements(environment_, &buffer.type, requirements, &buffer.handle), told("make memory for").c_str());
  WHYZERO_LITERT_TRY(GetTensorBufferSize(buffer.handle, &buffer.bytes), told("measure the memory of").c_str());
  return buffer;
}

Result<void> Engine::make_buffers() {
  free_buffers(inputs_);
  free_buffers(outputs_);
  std::vector<Layout> layouts(model_.main().outputs.size());
  WHYZERO_LITERT_TRY(GetCompiledModelOutputTensorLayouts(compiled_, 0, layouts.size(), layouts.data(), true), "plan memory for these shapes");
  for (size_t k = 0; k < shapes_.size(); ++k) {
    WHYZERO_ASSIGN(Buffer buffer, make_buffer(k, true, shapes_[k]));
    inputs_.push_back(buffer);
  }
  for (size_t k = 0; k < layouts.size(); ++k) {
    const int rank = std::min(layouts[k].rank(), kMaxRank);
    WHYZERO_ASSIGN(Buffer buffer, make_buffer(k, false, ops::Shape(layouts[k].dims, layouts[k].dims + rank)));
    outputs_.push_back(buffer);
  }
  return {};
}

Result<void> Engine::reset() {
  free_compiled();
  return compile();
}

Result<void> Engine::invoke(std::span<const Value> inputs, std::vector<Value>& outputs, double& seconds) {
  bool resized = false;
  for (size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].shape == shapes_[k]) continue;
    shapes_[k] = inputs[k].shape;
    resized = true;
    WHYZERO_LITERT_TRY(CompiledModelResizeInputTensorNonStrict(compiled_, 0, k, shapes_[k].data(), shapes_[k].size()), "resize an input");
  }
  if (resized) WHYZERO_TRY(make_buffers());
  std::vector<Handle> in, out;
  for (size_t k = 0; k < inputs.size(); ++k) {
    in.push_back(inputs_[k].handle);
    if (inputs[k].bytes.empty()) continue;
    void* address = nullptr;
    if (inputs[k].bytes.size() > inputs_[k].bytes)
      return fail(ErrorCode::kShapeMismatch, fmt::format("LiteRT gives {} bytes for input {}, which needs {}", inputs_[k].bytes, k, inputs[k].bytes.size()));
    WHYZERO_LITERT_TRY(LockTensorBuffer(inputs_[k].handle, &address, kLockWrite), "lend an input's memory");
    ::memcpy(address, inputs[k].bytes.data(), inputs[k].bytes.size());
    WHYZERO_LITERT_TRY(UnlockTensorBuffer(inputs_[k].handle), "take an input's memory back");
  }
  for (const Buffer& buffer : outputs_) out.push_back(buffer.handle);

  const auto start = std::chrono::steady_clock::now();
  WHYZERO_LITERT_TRY(RunCompiledModel(compiled_, 0, in.size(), in.data(), out.size(), out.data()), "run the model");
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  const graph::Subgraph& graph = model_.main();
  outputs.resize(outputs_.size());
  for (size_t k = 0; k < outputs_.size(); ++k) {
    const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(graph.outputs[k])];
    const Layout& layout = outputs_[k].type.layout;
    outputs[k].shape.assign(layout.dims, layout.dims + layout.rank());
    const auto bytes = ops::tensor_bytes(tensor.dtype, outputs[k].shape);
    if (!bytes || *bytes > outputs_[k].bytes)
      return fail(ErrorCode::kUnsupported, fmt::format("LiteRT does not tell the shape of output {}, which is known only while it runs", tensor.label()));
    void* address = nullptr;
    WHYZERO_LITERT_TRY(LockTensorBuffer(outputs_[k].handle, &address, kLockRead), "lend an output's memory");
    const auto* data = static_cast<const uint8_t*>(address);
    outputs[k].bytes.assign(data, data + *bytes);
    WHYZERO_LITERT_TRY(UnlockTensorBuffer(outputs_[k].handle), "take an output's memory back");
  }
  return {};
}

}  // namespace whyzero::runtime::litert
