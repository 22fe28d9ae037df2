// What tests of the interpreter share: small graphs, and running them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "graph/builder.h"
#include "runtime/interpreter.h"

namespace whyzero::runtime {

using graph::ModelBuilder;
using Values = std::vector<float>;

inline std::unique_ptr<Interpreter> make(std::shared_ptr<const graph::Model> model, InterpreterOptions options = {}) {
  if (!model) {
    ADD_FAILURE() << "the reader refused the test's model";
    std::abort();
  }
  auto made = Interpreter::create(std::move(model), options);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return std::move(*made);
}

inline void set(Interpreter& interpreter, int k, const Values& values) {
  auto done = interpreter.set_input(k, {reinterpret_cast<const uint8_t*>(values.data()), values.size() * 4});
  ASSERT_TRUE(done) << done.error().text();
}

template <class T = float>
std::vector<T> values(const ops::Tensor& tensor) {
  std::vector<T> copy(tensor.bytes / sizeof(T));
  if (tensor.bytes) std::memcpy(copy.data(), tensor.data, tensor.bytes);
  return copy;
}

inline void run(Interpreter& interpreter, Observer* observer = nullptr) {
  auto done = interpreter.invoke(observer);
  ASSERT_TRUE(done) << done.error().text();
}

inline int neg(ModelBuilder& b, int x, const std::string& name, const std::vector<int32_t>& shape) {
  const int y = b.tensor(name, DType::kFloat32, shape);
  b.node(schema::BuiltinOperator_NEG, {x}, {y});
  return y;
}

inline int add(ModelBuilder& b, int x, int y, const std::string& name, const std::vector<int32_t>& shape,
        DType dtype = DType::kFloat32) {
  const int z = b.tensor(name, dtype, shape);
  b.node(schema::BuiltinOperator_ADD, {x, y}, {z}, [](auto& f) { return schema::CreateAddOptions(f); });
  return z;
}

}  // namespace whyzero::runtime
