// Decode steps: from the bytes of an output tensor to a class or a number.
#include "app/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "app/check.h"
#include "app/words.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

constexpr std::string_view kNames[] = {"dequantize", "view",      "scale",    "softmax",   "sigmoid",
                                       "argmax",     "threshold", "truncate", "regression"};
constexpr std::string_view kDequantize[] = {"affine"};
constexpr std::string_view kThresholdKeys[] = {"value"};

Result<void> check_step(std::string_view name, const json& value) {
  if (name == "dequantize") return check_word(value, "dequantize", kDequantize);
  if (name == "view") return check_dtype(value, "view");
  if (name == "scale") return check_number(value, "scale");
  if (name == "threshold") {
    if (!value.is_object()) return check_number(value, "threshold");
    WHYZERO_TRY(check_object(value, "threshold", kThresholdKeys));
    return check_number(member(value, "value") ? *member(value, "value") : json(), "threshold's \"value\"");
  }
  return check_object(value, name, {});
}

std::vector<double> numbers_of(const Value& x) {
  std::vector<double> numbers(x.elements());
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = number_at(x.dtype, x.bytes.data(), i);
  return numbers;
}

void set_count(Value& x) { x.shape = {static_cast<int32_t>(x.bytes.size() / std::max<size_t>(1, dtype_size(x.dtype)))}; }

void dequantize(Value& x, const TensorInfo& tensor) {
  make_float(x);
  const auto zero_point = static_cast<float>(tensor.zero_point);
  for (size_t i = 0; i < x.elements(); ++i) x.as<float>()[i] = (x.as<float>()[i] - zero_point) * tensor.scale;
}

void softmax(Value& x) {
  make_float(x);
  float* data = x.as<float>();
  const size_t count = x.elements();
  if (count == 0) return;
  float largest = data[0];
  for (size_t i = 1; i < count; ++i)
    if (data[i] > largest || data[i] != data[i]) largest = data[i];  // one NaN spoils all, as it does in an app
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += static_cast<double>(data[i] = std::exp(data[i] - largest));
  for (size_t i = 0; i < count; ++i) data[i] /= static_cast<float>(sum);
}

/// The first of the largest; NaN loses against everything.
int argmax(const std::vector<double>& numbers) {
  size_t best = 0;
  for (size_t i = 1; i < numbers.size(); ++i)
    if (numbers[i] > numbers[best] || (std::isnan(numbers[best]) && !std::isnan(numbers[i]))) best = i;
  return static_cast<int>(best);
}

/// Real numbers are compared in their own precision, as the app's comparison does.
bool above(const Value& x, double threshold) {
  const double first = number_at(x.dtype, x.bytes.data(), 0);
  return first > (x.dtype == DType::kFloat32 ? static_cast<double>(static_cast<float>(threshold)) : threshold);
}

Result<void> decode_step(Value& x, Answer& answer, std::string_view name, const json& value, const TensorInfo& tensor) {
  if (name == "dequantize") {
    dequantize(x, tensor);
  } else if (name == "view") {
    const auto dtype = dtype_from_name(text_of(value)).value_or(x.dtype);
    if (x.bytes.size() % std::max<size_t>(1, dtype_size(dtype)) != 0)
      return fail(ErrorCode::kShapeMismatch,
                  fmt::format("{} bytes are no whole number of {}", x.bytes.size(), dtype_name(dtype)));
    x.dtype = dtype;
    set_count(x);
  } else if (name == "scale") {
    make_float(x);
    const auto factor = static_cast<float>(value.is_number() ? value.get<double>() : 1.0);
    for (size_t i = 0; i < x.elements(); ++i) x.as<float>()[i] *= factor;
  } else if (name == "softmax") {
    softmax(x);
  } else if (name == "sigmoid") {
    make_float(x);
    for (size_t i = 0; i < x.elements(); ++i) x.as<float>()[i] = 1.0f / (1.0f + std::exp(-x.as<float>()[i]));
  } else if (name == "argmax") {
    answer.scores = numbers_of(x);
    answer.label = argmax(answer.scores);
    answer.thresholded = false;
  } else if (name == "threshold") {
    answer.scores = numbers_of(x);
    answer.label = above(x, value.is_number() ? value.get<double>() : number_or(value, "value", 0.5)) ? 1 : 0;
    answer.thresholded = true;
  } else if (name == "truncate") {
    return cast_value(x, DType::kInt32);
  } else if (name == "regression") {
    answer.scores = numbers_of(x);
  } else {
    return fail(ErrorCode::kInvalidArgument, unknown_word("decode step", name, kNames));
  }
  return {};
}

}  // namespace

Result<void> check_decode(const json& steps) {
  if (!steps.is_array()) return fail(ErrorCode::kInvalidArgument, "\"decode\" must be a list of steps, given: " + shown(steps));
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].is_object() || steps[i].size() != 1)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("decode step {} must be an object with one key, given: {}", i, shown(steps[i])));
    const std::string& name = steps[i].begin().key();
    if (std::find(std::begin(kNames), std::end(kNames), std::string_view(name)) == std::end(kNames))
      return fail(ErrorCode::kInvalidArgument, fmt::format("decode step {}: {}", i, unknown_word("decode step", name, kNames)));
    if (auto checked = check_step(name, steps[i].begin().value()); !checked)
      return fail(std::move(checked).error(), fmt::format("decode step {} ({})", i, name));
  }
  return {};
}

Result<Answer> decode_output(std::span<const uint8_t> raw, const TensorInfo& tensor, const json& steps) {
  if (!dtype_is_number(tensor.dtype) || raw.size() < dtype_size(tensor.dtype))
    return fail(ErrorCode::kUnsupported, fmt::format("output tensor #{} \"{}\" ({}, {} bytes) holds no number that could be read",
                                                     tensor.index, tensor.name, dtype_name(tensor.dtype), raw.size()));
  Answer answer;
  Value x;
  x.dtype = tensor.dtype;
  x.bytes.assign(raw.begin(), raw.end());
  set_count(x);
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto entry = steps[i].begin();
    if (auto done = decode_step(x, answer, entry.key(), entry.value(), tensor); !done)
      return fail(std::move(done).error(), fmt::format("decode step {} ({})", i, entry.key()));
    if (x.elements() == 0)
      return fail(ErrorCode::kShapeMismatch, fmt::format("nothing is left of the output after decode step {}", i));
  }
  answer.shown = numbers_of(x);
  if (answer.scores.empty()) answer.scores = answer.shown;
  return answer;
}

std::optional<std::string> label_text(const Output& output, int label) {
  const int64_t line = int64_t{label} + output.label_offset;
  if (!output.labels) return std::to_string(line);
  if (line < 0 || line >= static_cast<int64_t>(output.labels->size())) return std::nullopt;
  return (*output.labels)[static_cast<size_t>(line)];
}

}  // namespace whyzero::app
