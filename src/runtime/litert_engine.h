// One compiled model of the LiteRT library in this process. What is given here may crash it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "ops/tensor.h"
#include "runtime/litert_api.h"
#include "whyzero/result.h"

namespace whyzero::runtime::litert {

struct Value {
  ops::Shape shape;
  std::vector<uint8_t> bytes;
};

class Engine {
 public:
  /// The model has no signatures (SetOutputs of graph/patch.h takes them out), and outlives the engine.
  static Result<std::unique_ptr<Engine>> create(const Api& api, const graph::Model& model, int threads);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// One value an input of the main graph in, one an output out. Inputs of another shape than the last resize the model.
  Result<void> invoke(std::span<const Value> inputs, std::vector<Value>& outputs, double& seconds);
  /// Compiles anew: the C interface has no other way to forget the state.
  Result<void> reset();

 private:
  struct Buffer {
    Handle handle = nullptr;
    RankedType type;
    size_t bytes = 0;
  };

  Engine(const Api& api, const graph::Model& model, int threads) : api_(api), model_(model), threads_(threads) {}
  Result<void> compile();
  Result<void> make_buffers();
  Result<Buffer> make_buffer(size_t index, bool input, const ops::Shape& shape);
  void free_buffers(std::vector<Buffer>& buffers);
  void free_compiled();

  const Api& api_;
  const graph::Model& model_;
  int threads_;
  Handle environment_ = nullptr, loaded_ = nullptr, signature_ = nullptr, compiled_ = nullptr;
  std::vector<ops::Shape> shapes_;  // of the inputs
  std::vector<Buffer> inputs_, outputs_;
};

}  // namespace whyzero::runtime::litert
