// Random layers as one-node models, run by a fast kernel on every set of instructions and by the reference.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "base/random.h"
#include "fast/common/isa.h"
#include "graph/builder.h"
#include "runtime/interpreter.h"

namespace whyzero::fast::test {

struct Layer {
  schema::BuiltinOperator op = schema::BuiltinOperator_CONV_2D;
  DType dtype = DType::kFloat32;  // kFloat32, kInt8 or kUInt8
  std::vector<int32_t> input{1, 5, 5, 3}, filter{4, 3, 3, 3}, output{1, 5, 5, 4};
  bool per_channel = false, bias = true, int4 = false;
  schema::Padding padding = schema::Padding_SAME;
  int32_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  schema::ActivationFunctionType activation = schema::ActivationFunctionType_NONE;

  int32_t channels() const { return output.back(); }
};

inline size_t count(const std::vector<int32_t>& shape) { return ops::element_count(shape); }

inline std::vector<float> random_floats(Random& random, size_t n) {
  std::vector<float> values(n);
  for (float& v : values) v = static_cast<float>(random.uniform() * 2 - 1);
  return values;
}

inline std::vector<uint8_t> random_bytes(Random& random, size_t n) {
  std::vector<uint8_t> values(n);
  for (uint8_t& v : values) v = static_cast<uint8_t>(random.next());
  return values;
}

template <class T>
std::vector<uint8_t> bytes_of(const std::vector<T>& values) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// Scales small enough that about half of the outputs are not clamped.
inline std::shared_ptr<const graph::Model> build(const Layer& layer, Random& random) {
  graph::ModelBuilder b;
  const bool real = layer.dtype == DType::kFloat32;
  const int64_t least = layer.dtype == DType::kUInt8 ? 0 : -128;
  auto quantization = [&](double scale) {
    if (real) return graph::Quantization{};
    return graph::quantized(static_cast<float>(scale), least + static_cast<int64_t>(random.below(256)));
  };
  const size_t weights = count(layer.filter), channels = static_cast<size_t>(layer.channels());
  const bool depthwise = layer.op == schema::BuiltinOperator_DEPTHWISE_CONV_2D;
  const double depth = static_cast<double>(depthwise ? weights / channels : weights / std::max<size_t>(channels, 1));
  const int x = b.input("x", layer.dtype, layer.input, quantization(0.02));
  graph::Quantization of_filter = quantization(0.01);
  if (layer.dtype == DType::kInt8) of_filter.zero_points = {0};
  if (layer.per_channel) {
    std::vector<float> scales(channels);
    for (float& s : scales) s = static_cast<float>(0.002 + 0.02 * random.uniform());
    of_filter = graph::per_channel(scales, depthwise ? 3 : 0);
  }
  const size_t stored = layer.int4 ? (weights + 1) / 2 : weights;
  std::vector<uint8_t> data = real ? bytes_of(random_floats(random, weights)) : random_bytes(random, stored);
  const int w = b.constant_bytes("w", layer.int4 ? DType::kInt4 : layer.dtype, layer.filter, std::move(data), of_filter);
  std::vector<int> inputs{x, w};
  if (layer.bias && real) inputs.push_back(b.constant<float>("bias", {layer.channels()}, random_floats(random, channels)));
  if (layer.bias && !real) {
    std::vector<int32_t> bias(channels);
    for (int32_t& v : bias) v = static_cast<int32_t>(random.below(4001)) - 2000;
    inputs.push_back(b.constant<int32_t>("bias", {layer.channels()}, bias, graph::quantized(0.0002f)));
  }
  const double spread = (layer.int4 ? 5.0 : 74.0) * 74.0 * std::sqrt(std::max(depth, 1.0)) * 0.02 * 0.01;
  const int y = b.tensor("y", layer.dtype, layer.output, quantization(spread / 100 * (0.5 + random.uniform())));
  if (layer.op == schema::BuiltinOperator_CONV_2D)
    b.node(layer.op, inputs, {y}, [layer](auto& f) {
      return schema::CreateConv2DOptions(f, layer.padding, layer.stride_w, layer.stride_h, layer.activation, layer.dilation_w,
                                         layer.dilation_h);
    });
  else if (depthwise)
    b.node(layer.op, inputs, {y}, [layer](auto& f) {
      const int32_t multiplier = layer.output[3] / layer.input[3];
      return schema::CreateDepthwiseConv2DOptions(f, layer.padding, layer.stride_w, layer.stride_h, multiplier, layer.activation,
                                                  layer.dilation_w, layer.dilation_h);
    });
  else
    b.node(layer.op, inputs, {y}, [layer](auto& f) { return schema::CreateFullyConnectedOptions(f, layer.activation); });
  b.output(y);
  return b.build();
}

/// Lifts the limit again, however the test ends.
struct IsaLimit {
  explicit IsaLimit(Isa most) { limit_isa(most); }
  ~IsaLimit() { limit_isa(Isa::kAvx512); }
};

struct Outcome {
  std::string kernel;  // that ran; "" for the reference
  std::vector<uint8_t> bytes;
};

inline Outcome run(const std::shared_ptr<const graph::Model>& model, runtime::InterpreterOptions options,
                   const std::vector<uint8_t>& input) {
  auto made = runtime::Interpreter::create(model, options);
  if (!made) {
    ADD_FAILURE() << made.error().text();
    return {};
  }
  runtime::Interpreter& interpreter = **made;
  // Twice: what a run leaves in its scratch memory must not matter.
  for (int k = 0; k < 2; ++k) {
    EXPECT_TRUE(interpreter.set_input(0, input));
    const auto done = interpreter.invoke();
    EXPECT_TRUE(done);
  }
  const auto there = interpreter.available(interpreter.subgraph().outputs[0]);
  EXPECT_TRUE(there) << (there ? "" : there.error().text());
  const ops::Tensor& out = interpreter.output(0);
  return {std::string(interpreter.kernel_name(0)), {out.data, out.data + out.bytes}};
}

/// The same bits from the kernel, with every set of instructions of this machine, as from the reference.
inline void expect_same(const std::shared_ptr<const graph::Model>& model, const std::vector<uint8_t>& input,
                        const std::string& kernel) {
  ASSERT_TRUE(model);
  const Outcome expected = run(model, {.kernels = runtime::Kernels::kReference}, input);
  ASSERT_EQ(expected.kernel, "");
  for (Isa most : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    const IsaLimit limit(most);
    const Outcome got = run(model, {}, input);
    EXPECT_EQ(got.kernel, kernel);
    ASSERT_EQ(got.bytes.size(), expected.bytes.size());
    const auto differs = std::mismatch(got.bytes.begin(), got.bytes.end(), expected.bytes.begin());
    EXPECT_TRUE(differs.first == got.bytes.end()) << "instructions " << static_cast<int>(most) << ", byte "
                                                  << differs.first - got.bytes.begin() << " of " << got.bytes.size();
  }
}

inline void expect_same(const Layer& layer, uint64_t seed, const std::string& kernel) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const auto model = build(layer, random);
  const size_t n = count(layer.input);
  expect_same(model, layer.dtype == DType::kFloat32 ? bytes_of(random_floats(random, n)) : random_bytes(random, n), kernel);
}

inline int32_t between(Random& random, int32_t low, int32_t high) {
  return low + static_cast<int32_t>(random.below(static_cast<uint64_t>(high - low) + 1));
}

/// Window, strides, padding and activation; input, filter and output shapes as far as height and width go.
inline Layer random_window(Random& random, schema::BuiltinOperator op, int32_t in_channels, int32_t out_channels) {
  Layer layer;
  layer.op = op;
  const bool point = random.below(3) == 0;
  const int32_t fh = point ? 1 : between(random, 1, 4), fw = point ? 1 : between(random, 1, 4);
  layer.stride_h = between(random, 1, 3);
  layer.stride_w = between(random, 1, 3);
  layer.dilation_h = random.below(3) ? 1 : between(random, 2, 3);
  layer.dilation_w = random.below(3) ? 1 : between(random, 2, 3);
  layer.padding = random.below(2) ? schema::Padding_SAME : schema::Padding_VALID;
  const bool same = layer.padding == schema::Padding_SAME;
  const int32_t window_h = (fh - 1) * layer.dilation_h + 1, window_w = (fw - 1) * layer.dilation_w + 1;
  const int32_t h = between(random, same ? 1 : window_h, 13), w = between(random, same ? 1 : window_w, 13);
  const int32_t batch = between(random, 1, 2);
  const int32_t oh = ((same ? h : h - window_h + 1) + layer.stride_h - 1) / layer.stride_h;
  const int32_t ow = ((same ? w : w - window_w + 1) + layer.stride_w - 1) / layer.stride_w;
  layer.input = {batch, h, w, in_channels};
  layer.output = {batch, oh, ow, out_channels};
  layer.filter = op == schema::BuiltinOperator_CONV_2D ? std::vector<int32_t>{out_channels, fh, fw, in_channels}
                                                       : std::vector<int32_t>{1, fh, fw, out_channels};
  layer.bias = random.below(4) != 0;
  layer.activation = static_cast<schema::ActivationFunctionType>(random.below(4));
  return layer;
}

}  // namespace whyzero::fast::test
