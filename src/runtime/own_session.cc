// Our interpreter as one runtime among others.
#include <chrono>
#include <utility>

#include "runtime/session.h"

namespace whyzero::runtime {
namespace {

class OwnSession final : public Session {
 public:
  OwnSession(std::unique_ptr<Interpreter> interpreter, Observer* observer)
      : interpreter_(std::move(interpreter)), observer_(observer) {}

  const graph::Subgraph& subgraph() const override { return interpreter_->subgraph(); }
  const ops::Tensor& input(int k) const override { return interpreter_->input(k); }
  Result<void> resize_input(int k, const ops::Shape& shape) override { return interpreter_->resize_input(k, shape); }
  Result<void> set_input(int k, std::span<const uint8_t> bytes) override { return interpreter_->set_input(k, bytes); }
  Result<void> invoke() override {
    WHYZERO_TRY(interpreter_->prepare());
    const auto start = std::chrono::steady_clock::now();
    WHYZERO_TRY(interpreter_->invoke(observer_));
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return {};
  }
  Result<void> reset_state() override {
    interpreter_->reset_state();
    return {};
  }
  Result<void> available(int tensor_index) const override { return interpreter_->available(tensor_index); }
  const ops::Tensor& tensor(int index) const override { return std::as_const(*interpreter_).tensor(index); }
  Coverage coverage() const override { return interpreter_->coverage(); }
  double seconds() const override { return seconds_; }

 private:
  std::unique_ptr<Interpreter> interpreter_;
  Observer* observer_;
  double seconds_ = 0;
};

class OwnRuntime final : public Runtime {
 public:
  OwnRuntime(Kernels kernels, Observer* observer) : kernels_(kernels), observer_(observer) {}

  std::string_view name() const override { return kernels_ == Kernels::kFast ? "fast" : "reference"; }
  Result<std::unique_ptr<Session>> open(std::shared_ptr<const graph::Model> model, const SessionOptions& options) const override {
    InterpreterOptions settings;
    settings.kernels = kernels_;
    settings.max_memory_bytes = options.max_memory_bytes;
    settings.keep_all = options.keep_all;
    settings.subgraph = options.subgraph;
    settings.progress = options.progress;
    WHYZERO_ASSIGN(auto interpreter, Interpreter::create(std::move(model), settings));
    return std::unique_ptr<Session>(new OwnSession(std::move(interpreter), observer_));
  }

 private:
  Kernels kernels_;
  Observer* observer_;
};

}  // namespace

std::shared_ptr<const Runtime> own_runtime(Kernels kernels, Observer* observer) {
  return std::make_shared<OwnRuntime>(kernels, observer);
}

}  // namespace whyzero::runtime
