// One-node models for the tests of operators: random values in, the reference kernel's values out.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/random.h"
#include "graph/builder.h"
#include "runtime/interpreter.h"

namespace whyzero::ops::test {

/// Uniform in [-1, 1).
inline std::vector<float> random_floats(Random& random, size_t count) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(random.uniform() * 2.0 - 1.0);
  return values;
}

inline std::vector<int8_t> random_int8(Random& random, size_t count) {
  std::vector<int8_t> values(count);
  for (int8_t& v : values) v = static_cast<int8_t>(static_cast<int>(random.below(256)) - 128);
  return values;
}

/// Runs the builder's model on the inputs; its first output. A model that cannot run is a failure.
template <class In, class Out = In>
std::vector<Out> run(const graph::ModelBuilder& builder, const std::vector<std::vector<In>>& inputs, Shape* shape = nullptr) {
  const auto model = builder.build();
  if (!model) {
    ADD_FAILURE() << "the reader rejects the model";
    return {};
  }
  auto made = runtime::Interpreter::create(model, {.kernels = runtime::Kernels::kReference});
  if (!made) {
    ADD_FAILURE() << made.error().text();
    return {};
  }
  auto& interpreter = **made;
  for (size_t k = 0; k < inputs.size(); ++k) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(inputs[k].data());
    const auto set = interpreter.set_input(static_cast<int>(k), {bytes, inputs[k].size() * sizeof(In)});
    if (!set) ADD_FAILURE() << set.error().text();
  }
  if (const auto done = interpreter.invoke(); !done) ADD_FAILURE() << done.error().text();
  for (const auto& skipped : interpreter.coverage().skipped) ADD_FAILURE() << skipped.error.text();
  const Tensor& output = interpreter.output(0);
  if (shape) *shape = output.shape;
  std::vector<Out> values(output.elements());
  if (!values.empty()) std::memcpy(values.data(), output.data, values.size() * sizeof(Out));
  return values;
}

/// The code of the error that keeps the model's only node from running.
inline ErrorCode refusal(const graph::ModelBuilder& builder) {
  const auto model = builder.build();
  if (!model) return ErrorCode::kIo;
  auto made = runtime::Interpreter::create(model, {.kernels = runtime::Kernels::kReference});
  if (!made || !(*made)->invoke()) return ErrorCode::kIo;
  const auto skipped = (*made)->coverage().skipped;
  return skipped.empty() ? ErrorCode::kNotFound : skipped[0].error.code;
}

inline double clamp_int8(double x) { return std::min(127.0, std::max(-128.0, x)); }

}  // namespace whyzero::ops::test
