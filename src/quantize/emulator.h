// A quantized model run in real numbers, each activation rounded and clamped to its own integers again, except those that are
// lifted. Takes and gives the bytes of the quantized model, so that it can stand in its place.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "quantize/activation_range.h"
#include "quantize/float_twin.h"
#include "runtime/interpreter.h"

namespace whyzero::quantize {

struct Emulation {
  std::shared_ptr<const FloatTwin> twin;
  std::vector<bool> rounded;  // by tensor of the main graph: kept on its integers; all others are lifted
};

class Emulator final : private runtime::Observer {
 public:
  static Result<std::unique_ptr<Emulator>> create(Emulation emulation, runtime::InterpreterOptions options);

  void reset_state() { interpreter_->reset_state(); }
  /// Bytes of the quantized model's input k.
  Result<void> set_input(int k, std::span<const uint8_t> bytes);
  /// With `ranges` what the activations do is added to it.
  Result<void> invoke(ActivationRanges* ranges = nullptr);
  int outputs() const { return interpreter_->outputs(); }
  /// Bytes as the quantized model gives them, on the integers of its output.
  Result<std::vector<uint8_t>> output(int k) const;

 private:
  explicit Emulator(Emulation emulation) : emulation_(std::move(emulation)) {}
  void node_end(int subgraph, const graph::Node& node, std::span<ops::Tensor* const> outputs) override;
  void see(size_t tensor, std::span<float> values);

  Emulation emulation_;
  std::unique_ptr<runtime::Interpreter> interpreter_;
  ActivationRanges* ranges_ = nullptr;
};

}  // namespace whyzero::quantize
