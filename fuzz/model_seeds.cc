#include "model_seeds.h"

#include "graph/builder.h"

namespace whyzero::fuzz {
namespace {

using graph::ModelBuilder;
using graph::Quantization;
using graph::quantized;

template <class T>
std::vector<T> pattern(size_t count) {
  std::vector<T> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<T>(static_cast<int>(i * 7 % 11) - 5);
  return values;
}

/// Convolution, pooling, dense and softmax: the shape of every classifier.
template <class T, class B>
std::vector<uint8_t> classifier(bool integers) {
  ModelBuilder b;
  const DType type = graph::dtype_of<T>();
  const Quantization activation = integers ? quantized(0.1f, 3) : Quantization{};
  const Quantization weight = integers ? graph::per_channel({0.1f, 0.2f}, 0) : Quantization{};
  const Quantization dense_weight = integers ? quantized(0.1f) : Quantization{};
  const Quantization bias = integers ? graph::per_channel({0.01f, 0.02f}, 0) : Quantization{};
  const Quantization dense_bias = integers ? quantized(0.01f) : Quantization{};
  const int x = b.input("image", type, {1, 4, 4, 3}, activation);
  const int w = b.constant<T>("w", {2, 3, 3, 3}, pattern<T>(54), weight);
  const int c = b.constant<B>("b", {2}, pattern<B>(2), bias);
  const int y = b.tensor("conv", type, {1, 4, 4, 2}, activation);
  b.node(schema::BuiltinOperator_CONV_2D, {x, w, c}, {y}, [](auto& f) {
    return schema::CreateConv2DOptions(f, schema::Padding_SAME, 1, 1, schema::ActivationFunctionType_RELU6);
  }, integers ? 3 : 1);
  const int p = b.tensor("pool", type, {1, 2, 2, 2}, activation);
  b.node(schema::BuiltinOperator_MAX_POOL_2D, {y}, {p}, [](auto& f) { return schema::CreatePool2DOptions(f, schema::Padding_VALID, 2, 2, 2, 2); },
         integers ? 2 : 1);
  const int shape = b.constant<int32_t>("shape", {2}, {1, 8});
  const int flat = b.tensor("flat", type, {1, 8}, activation);
  b.node(schema::BuiltinOperator_RESHAPE, {p, shape}, {flat}, [](auto& f) { return schema::CreateReshapeOptions(f); });
  const int dw = b.constant<T>("dw", {3, 8}, pattern<T>(24), dense_weight);
  const int db = b.constant<B>("db", {3}, pattern<B>(3), dense_bias);
  const int logits = b.tensor("logits", type, {1, 3}, activation);
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {flat, dw, db}, {logits}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); },
         integers ? 4 : 1);
  const int out = b.tensor("probability", type, {1, 3}, integers ? quantized(1.0f / 256, -128) : Quantization{});
  b.node(schema::BuiltinOperator_SOFTMAX, {logits}, {out}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); }, integers ? 2 : 1);
  b.output(out);
  b.signature("serving_default", {{"image", x}}, {{"probability", out}});
  b.metadata("min_runtime_version", {'2', '.', '0', 0});
  b.description("seed");
  return b.bytes();
}

/// x = 0; while (x < 3) x += 1.
std::vector<uint8_t> loop() {
  ModelBuilder b;
  const int x = b.input("x", DType::kInt32, {1});
  const int y = b.tensor("y", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_WHILE, {x}, {y}, [](auto& f) { return schema::CreateWhileOptions(f, 1, 2); });
  b.output(y);
  b.subgraph("condition");
  const int a = b.input("a", DType::kInt32, {1});
  const int three = b.constant<int32_t>("three", {1}, {3});
  const int less = b.tensor("less", DType::kBool, {1});
  b.node(schema::BuiltinOperator_LESS, {a, three}, {less}, [](auto& f) { return schema::CreateLessOptions(f); });
  b.output(less);
  b.subgraph("body");
  const int c = b.input("c", DType::kInt32, {1});
  const int one = b.constant<int32_t>("one", {1}, {1});
  const int sum = b.tensor("sum", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_ADD, {c, one}, {sum}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.output(sum);
  return b.bytes();
}

/// Operators whose indices, axes and paddings come from tensors, so that mutations reach their checks.
std::vector<uint8_t> indexed() {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2, 3});
  b.shape_signature(x, {-1, 3});
  const int indices = b.constant<int32_t>("indices", {2}, {1, 0});
  const int gathered = b.tensor("gathered", DType::kFloat32, {2, 3});
  b.node(schema::BuiltinOperator_GATHER, {x, indices}, {gathered}, [](auto& f) { return schema::CreateGatherOptions(f, 0); });
  const int paddings = b.constant<int32_t>("paddings", {2, 2}, {1, 0, 0, 2});
  const int padded = b.tensor("padded", DType::kFloat32, {3, 5});
  b.node(schema::BuiltinOperator_PAD, {gathered, paddings}, {padded}, [](auto& f) { return schema::CreatePadOptions(f); });
  const int begin = b.constant<int32_t>("begin", {2}, {0, 1});
  const int end = b.constant<int32_t>("end", {2}, {3, 5});
  const int strides = b.constant<int32_t>("strides", {2}, {1, 2});
  const int slice = b.tensor("slice", DType::kFloat32, {3, 2});
  b.node(schema::BuiltinOperator_STRIDED_SLICE, {padded, begin, end, strides}, {slice}, [](auto& f) { return schema::CreateStridedSliceOptions(f); });
  const int order = b.constant<int32_t>("order", {2}, {1, 0});
  const int turned = b.tensor("turned", DType::kFloat32, {2, 3});
  b.node(schema::BuiltinOperator_TRANSPOSE, {slice, order}, {turned}, [](auto& f) { return schema::CreateTransposeOptions(f); });
  const int axis = b.constant<int32_t>("axis", {}, {1});
  const int first = b.tensor("first", DType::kFloat32, {2, 1});
  const int second = b.tensor("second", DType::kFloat32, {2, 2});
  const int sizes = b.constant<int32_t>("sizes", {2}, {1, 2});
  b.node(schema::BuiltinOperator_SPLIT_V, {turned, sizes, axis}, {first, second}, [](auto& f) { return schema::CreateSplitVOptions(f, 2); });
  const int best = b.tensor("best", DType::kInt64, {2});
  b.node(schema::BuiltinOperator_ARG_MAX, {second, axis}, {best}, [](auto& f) { return schema::CreateArgMaxOptions(f, schema::TensorType_INT64); });
  const int mean = b.tensor("mean", DType::kFloat32, {2});
  b.node(schema::BuiltinOperator_MEAN, {second, axis}, {mean}, [](auto& f) { return schema::CreateReducerOptions(f); });
  b.output(first);
  b.output(best);
  b.output(mean);
  return b.bytes();
}

/// Float arithmetic with broadcasting, then into integers and back; weights behind the flatbuffer.
std::vector<uint8_t> arithmetic(bool data_behind) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2, 2, 3});
  const int mean = b.constant<float>("mean", {3}, {1, 2, 3});
  const int d = b.tensor("d", DType::kFloat32, {1, 2, 2, 3});
  b.node(schema::BuiltinOperator_SUB, {x, mean}, {d}, [](auto& f) { return schema::CreateSubOptions(f); });
  const int q = b.tensor("q", DType::kUInt8, {1, 2, 2, 3}, quantized(0.05f, 128));
  b.node(schema::BuiltinOperator_QUANTIZE, {d}, {q}, [](auto& f) { return schema::CreateQuantizeOptions(f); });
  const int large = b.tensor("large", DType::kUInt8, {1, 4, 4, 3}, quantized(0.05f, 128));
  const int size = b.constant<int32_t>("size", {2}, {4, 4});
  b.node(schema::BuiltinOperator_RESIZE_BILINEAR, {q, size}, {large}, [](auto& f) { return schema::CreateResizeBilinearOptions(f); });
  const int sigmoid = b.tensor("sigmoid", DType::kUInt8, {1, 4, 4, 3}, quantized(1.0f / 256, 0));
  b.node(schema::BuiltinOperator_LOGISTIC, {large}, {sigmoid});
  const int y = b.tensor("y", DType::kFloat32, {1, 4, 4, 3});
  b.node(schema::BuiltinOperator_DEQUANTIZE, {sigmoid}, {y}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  b.output(y);
  if (data_behind) b.data_behind();
  return b.bytes();
}

std::vector<uint8_t> texts() {
  ModelBuilder b;
  const int names = b.strings("names", {2}, {"one", "two"});
  const int index = b.input("index", DType::kInt32, {1});
  const int name = b.tensor("name", DType::kString, {1});
  b.node(schema::BuiltinOperator_GATHER, {names, index}, {name}, [](auto& f) { return schema::CreateGatherOptions(f, 0); });
  const int custom = b.tensor("custom", DType::kFloat32, {1});
  b.custom("Unknown", {index}, {custom}, {1, 2, 3});
  b.output(name);
  b.output(custom);
  return b.bytes();
}

/// A recurrent cell with a state that outlives the invocation.
std::vector<uint8_t> recurrent() {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2});
  const int w = b.constant<float>("w", {3, 2}, pattern<float>(6));
  const int r = b.constant<float>("r", {3, 3}, pattern<float>(9));
  const int bias = b.constant<float>("bias", {3}, pattern<float>(3));
  const int state = b.variable("state", DType::kFloat32, {1, 3});
  const int y = b.tensor("y", DType::kFloat32, {1, 3});
  b.node(schema::BuiltinOperator_RNN, {x, w, r, bias, state}, {y},
         [](auto& f) { return schema::CreateRNNOptions(f, schema::ActivationFunctionType_TANH); });
  b.output(y);
  return b.bytes();
}

}  // namespace

std::vector<std::pair<std::string, std::vector<uint8_t>>> model_seeds() {
  return {{"classifier_f32", classifier<float, float>(false)},
          {"classifier_qs8", classifier<int8_t, int32_t>(true)},
          {"loop", loop()},
          {"indexed", indexed()},
          {"arithmetic", arithmetic(false)},
          {"data_behind", arithmetic(true)},
          {"texts", texts()},
          {"recurrent", recurrent()}};
}

}  // namespace whyzero::fuzz
