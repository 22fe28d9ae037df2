// What the tests of steps share: values from numbers, pipelines run on them.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "app/step.h"

namespace whyzero::app {

template <class T>
Value value_of(DType dtype, std::vector<int32_t> shape, const std::vector<T>& numbers) {
  Value value;
  value.dtype = dtype;
  value.shape = std::move(shape);
  value.bytes.resize(numbers.size() * sizeof(T));
  if (!numbers.empty()) std::memcpy(value.bytes.data(), numbers.data(), value.bytes.size());
  return value;
}

inline Value bytes_value(std::vector<int32_t> shape, const std::vector<uint8_t>& numbers) {
  return value_of<uint8_t>(DType::kUInt8, std::move(shape), numbers);
}
inline Value floats_value(std::vector<int32_t> shape, const std::vector<float>& numbers) {
  return value_of<float>(DType::kFloat32, std::move(shape), numbers);
}

/// 0, 1, 2, … as a picture of three channels.
inline Value counting_picture(int32_t height, int32_t width) {
  std::vector<uint8_t> bytes(static_cast<size_t>(height * width * 3));
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i);
  return bytes_value({height, width, 3}, bytes);
}

inline TensorInfo tensor_of(DType dtype, std::vector<int32_t> shape, float scale = 0, int32_t zero_point = 0) {
  TensorInfo tensor;
  tensor.name = "x";
  tensor.dtype = dtype;
  tensor.shape = std::move(shape);
  tensor.scale = scale;
  tensor.zero_point = zero_point;
  return tensor;
}

/// Checks and runs a pipeline written as JSON.
inline Result<Value> run_text(Value value, const std::string& pipeline,
                              const TensorInfo& tensor = tensor_of(DType::kFloat32, {1, 4})) {
  const auto steps = nlohmann::json::parse(pipeline, nullptr, false);
  for (const auto& step : steps) {
    const Step* known = find_step(step.begin().key());
    if (!known) return fail(ErrorCode::kNotFound, "no such step");
    WHYZERO_TRY(known->check(step.begin().value()));
  }
  WHYZERO_TRY(run_steps(value, steps, 0, steps.size(), tensor));
  return value;
}

/// Whether a step refuses what stands behind its name.
inline bool refused(std::string_view step, const std::string& value) {
  return !find_step(step)->check(nlohmann::json::parse(value, nullptr, false)).has_value();
}

template <class T>
std::vector<T> numbers_in(const Value& value) {
  return std::vector<T>(value.as<T>(), value.as<T>() + value.bytes.size() / sizeof(T));
}

}  // namespace whyzero::app
