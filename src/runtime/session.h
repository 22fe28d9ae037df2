// What runs models, ours or another's, behind one interface: a Runtime opens a model, a Session runs it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/progress.h"
#include "graph/graph.h"
#include "ops/tensor.h"
#include "runtime/interpreter.h"
#include "whyzero/result.h"

namespace whyzero::runtime {

/// One model of one runtime, ready to run. Not thread-safe; several sessions may share one model.
class Session {
 public:
  virtual ~Session() = default;

  virtual const graph::Subgraph& subgraph() const = 0;
  int inputs() const { return static_cast<int>(subgraph().inputs.size()); }
  int outputs() const { return static_cast<int>(subgraph().outputs.size()); }
  /// Type and present shape of an input.
  virtual const ops::Tensor& input(int k) const = 0;
  /// Another shape for an input; its contents become zero.
  virtual Result<void> resize_input(int k, const ops::Shape& shape) = 0;
  /// As many bytes as the input has; they stay until they are set again.
  virtual Result<void> set_input(int k, std::span<const uint8_t> bytes) = 0;
  virtual Result<void> invoke() = 0;
  /// Variables become as they were before the first invocation.
  virtual Result<void> reset_state() = 0;
  /// Why a tensor has no trustworthy value after the last invocation. Outputs have one, others only with `keep_all`.
  virtual Result<void> available(int tensor_index) const = 0;
  /// Where available.
  virtual const ops::Tensor& tensor(int index) const = 0;
  const ops::Tensor& output(int k) const { return tensor(subgraph().outputs[static_cast<size_t>(k)]); }
  virtual Coverage coverage() const = 0;
  /// Of the last invocation, in the runtime alone.
  virtual double seconds() const = 0;
};

struct SessionOptions {
  int subgraph = 0;       // that runs
  bool keep_all = false;  // every tensor stays readable after the run
  size_t max_memory_bytes = size_t{1} << 30;
  double max_seconds = 600;  // one invocation of a runtime that cannot be cancelled
  const Progress* progress = nullptr;
};

/// Thread-safe.
class Runtime {
 public:
  virtual ~Runtime() = default;
  /// "fast", "reference", "litert".
  virtual std::string_view name() const = 0;
  virtual Result<std::unique_ptr<Session>> open(std::shared_ptr<const graph::Model> model, const SessionOptions& options) const = 0;
};

/// The kernels of this library. The Observer, where there is one, must outlive all sessions and serve several threads.
std::shared_ptr<const Runtime> own_runtime(Kernels kernels, Observer* observer = nullptr);

/// Google's LiteRT library, loaded when a session opens. Each session is a process of its own, because the library may crash
/// on hostile models: that is an error of the invocation then, which names the signal. `library` is the file libLiteRt.so, or a
/// folder that holds it; empty: it is searched (WHYZERO_LITERT, the Python package ai-edge-litert in the usual places).
/// kNotFound where there is none, with what to install.
Result<std::shared_ptr<const Runtime>> litert_runtime(const std::filesystem::path& library = {}, int threads = 1);

}  // namespace whyzero::runtime
