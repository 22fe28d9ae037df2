// Quantized models for the toy app, made of the float model that is known to be right: healthy, or with one parameter spoilt.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "app/evaluate.h"
#include "base/file.h"
#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules::quantized_toy {

struct Linear {
  std::vector<float> weights, bias;
  size_t outputs() const { return bias.size(); }
  size_t inputs() const { return weights.size() / bias.size(); }
};

/// Weights of the toy's only layer, from its file.
inline Linear linear_of(const toy::App& app) {
  const auto parsed = app::parse_app(app.document(), app.folder().path());
  EXPECT_TRUE(parsed);
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(*read_file(parsed->model)));
  Linear linear;
  for (const graph::Tensor& tensor : reading.model->main().tensors) {
    std::vector<float>& to = tensor.name == "dense/kernel" ? linear.weights : linear.bias;
    if (!tensor.constant) continue;
    to.resize(tensor.data.size() / sizeof(float));
    std::memcpy(to.data(), tensor.data.data(), tensor.data.size());
  }
  return linear;
}

/// Least and largest output of the float model over the toy's samples, by the float model itself.
inline std::pair<float, float> outputs_of(const toy::App& app, const nlohmann::json& document) {
  const auto parsed = app::parse_app(document, app.folder().path());
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(*read_file(parsed->model)));
  const auto evaluation = app::evaluate(*parsed, reading.model, {.keep_outputs = true});
  float low = 0, high = 0;
  for (const std::vector<uint8_t>& output : evaluation->outputs)
    for (size_t k = 0; k < output.size() / sizeof(float); ++k) {
      float x;
      std::memcpy(&x, output.data() + k * sizeof(float), sizeof(float));
      low = std::min(low, x);
      high = std::max(high, x);
    }
  return {low, high};
}

inline graph::Quantization range(std::pair<float, float> ends) {
  const float scale = (ends.second - ends.first) / 255;
  return graph::quantized(scale, std::clamp<int64_t>(std::lround(-128 - ends.first / scale), -128, 127));
}

template <class T>
std::vector<T> rounded(std::span<const float> values, double scale, double limit) {
  std::vector<T> integers;
  for (float x : values) integers.push_back(static_cast<T>(std::clamp(std::round(x / scale), -limit, limit)));
  return integers;
}

/// A FULLY_CONNECTED in int8 with weights per channel, behind tensor x with scale `scale`.
struct Layer {
  std::string name = "dense";
  double bias_factor = 1;   // of the bias's scale, its integers following
  double weight_levels = 127;  // on either side of zero; below 1 only the largest weights are not zero
};
inline int fully_connected(graph::ModelBuilder& b, int x, float scale, const Linear& linear, graph::Quantization output, const Layer& layer = {}) {
  const size_t n = linear.inputs();
  std::vector<float> scales, bias_scales;
  std::vector<int8_t> weights;
  std::vector<int32_t> bias;
  for (size_t c = 0; c < linear.outputs(); ++c) {
    const std::span<const float> row(linear.weights.data() + c * n, n);
    float largest = 1e-6f;
    for (float w : row) largest = std::max(largest, std::fabs(w));
    scales.push_back(largest / static_cast<float>(layer.weight_levels));
    bias_scales.push_back(static_cast<float>(static_cast<double>(scale) * scales.back() * layer.bias_factor));
    for (int8_t w : rounded<int8_t>(row, scales.back(), std::max(1.0, layer.weight_levels))) weights.push_back(w);
    bias.push_back(rounded<int32_t>({&linear.bias[c], 1}, bias_scales.back(), 2e9)[0]);
  }
  const auto outputs = static_cast<int32_t>(linear.outputs()), inputs = static_cast<int32_t>(n);
  const int w = b.constant<int8_t>(layer.name + "/kernel", {outputs, inputs}, weights, graph::per_channel(scales, 0));
  const int v = b.constant<int32_t>(layer.name + "/bias", {outputs}, bias, graph::per_channel(bias_scales, 0));
  const int y = b.tensor(layer.name + "/out", DType::kInt8, {1, outputs}, std::move(output));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, v}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); }, 4);
  return y;
}

/// float → QUANTIZE; the tensor's number.
inline int quantized_input(graph::ModelBuilder& b, graph::Quantization quantization, DType dtype = DType::kInt8) {
  const int image = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  const int x = b.tensor("image/quantized", dtype, {1, 8, 8, 3}, std::move(quantization));
  b.node(schema::BuiltinOperator_QUANTIZE, {image}, {x}, [](auto& f) { return schema::CreateQuantizeOptions(f); });
  return x;
}
inline std::vector<uint8_t> finished(graph::ModelBuilder& b, int y, int outputs) {
  const int real = b.tensor("answer", DType::kFloat32, {1, outputs});
  b.node(schema::BuiltinOperator_DEQUANTIZE, {y}, {real}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  b.output(real);
  return b.bytes();
}

/// The toy's model in int8: what is fed lies in `input`, the logits in `logits`.
inline std::vector<uint8_t> model(const Linear& linear, std::pair<float, float> input, std::pair<float, float> logits, const Layer& layer = {}) {
  graph::ModelBuilder b;
  const graph::Quantization fed = range(input);
  const float scale = fed.scales[0];
  const int x = quantized_input(b, fed);
  return finished(b, fully_connected(b, x, scale, linear, range(logits), layer), static_cast<int>(linear.outputs()));
}

/// Of a healthy toy.
struct Parts {
  explicit Parts(const toy::App& app) : linear(linear_of(app)), logits(outputs_of(app, app.document())) {}
  Linear linear;
  std::pair<float, float> logits;
  std::pair<float, float> times(float factor) const { return {logits.first * factor, logits.second * factor}; }
};
inline const Parts& parts() {
  static const Parts made(toy::standard());
  return made;
}

/// The same decisions: a large row is added to every row of the weights, so that all logits have a large part in common.
inline Linear with_common_part(float size) {
  Linear linear = parts().linear;
  for (size_t k = 0; k < linear.weights.size(); ++k) linear.weights[k] += k % linear.inputs() % 2 ? size : -size;
  return linear;
}

inline const nlohmann::json& healthy() {
  static const nlohmann::json document = toy::standard().with_model("int8.tflite", model(parts().linear, {-1, 1}, parts().logits));
  return document;
}

/// An error of the model, shown with what would be gained: as much as the float model reaches, measured by itself.
inline void expect_shown(const nlohmann::json& broken, const nlohmann::json& real) {
  const diagnosis::Diagnosis& diagnosis = toy::standard().diagnose(broken);
  ASSERT_FALSE(diagnosis.findings.empty());
  const evidence::Finding& finding = diagnosis.findings.front();
  EXPECT_EQ(finding.where.stage, "model");
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->safety, evidence::Safety::kDisplay);
  ASSERT_FALSE(finding.evidence.empty());
  const auto& after = finding.evidence.front().after;
  const std::optional<double> truth = toy::standard().value(real);
  ASSERT_TRUE(after && truth);
  EXPECT_NEAR(*after, *truth, 0.05) << "weights are rounded still, activations are not";
  EXPECT_TRUE(diagnosis.mended.is_null()) << "no pipeline mends a model";
}

}  // namespace whyzero::rules::quantized_toy
