// Time of the fast kernels against the reference: layers of MobileNet's shapes, or the models named on the command line.
//
//   whyzero_bench [--plain | --avx2] [MODEL.tflite …]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "fast/common/isa.h"
#include "graph/builder.h"
#include "graph/tflite_reader.h"
#include "runtime/interpreter.h"

namespace {

using namespace whyzero;
using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

struct Timing {
  double best_us = 0;
  std::string kernel;
  std::map<std::string, double> by_operator;  // of the best run
};

struct NodeTimes final : runtime::Observer {
  void node_begin(int, const graph::Node&) override { begin = Clock::now(); }
  void node_end(int, const graph::Node& node, std::span<ops::Tensor* const>) override {
    times[node.op_name] += microseconds(Clock::now() - begin);
  }
  Clock::time_point begin;
  std::map<std::string, double> times;
};

/// The shortest of the runs that fit into a quarter of a second: other programs only add to it.
Result<Timing> measure(const std::shared_ptr<const graph::Model>& model, runtime::Kernels kernels) {
  WHYZERO_ASSIGN(auto interpreter, runtime::Interpreter::create(model, {.kernels = kernels}));
  Random random(1);
  for (int k = 0; k < interpreter->inputs(); ++k) {
    ops::Tensor& input = interpreter->input(k);
    if (input.dtype == DType::kString) continue;
    for (size_t i = 0; i < input.bytes; ++i) input.data[i] = static_cast<uint8_t>(random.next());
    if (input.dtype == DType::kFloat32)
      for (size_t i = 0; i < input.elements(); ++i) input.as<float>()[i] = static_cast<float>(random.uniform());
  }
  WHYZERO_TRY(interpreter->invoke());
  Timing result{1e30, std::string(interpreter->kernel_name(0)), {}};
  const auto start = Clock::now();
  for (int runs = 0; runs < 3 || Clock::now() - start < std::chrono::milliseconds(250); ++runs) {
    NodeTimes nodes;
    const auto begin = Clock::now();
    WHYZERO_TRY(interpreter->invoke(&nodes));
    const double us = microseconds(Clock::now() - begin);
    if (us >= result.best_us) continue;
    result.best_us = us;
    result.by_operator = std::move(nodes.times);
  }
  return result;
}

struct Shape {
  const char* name;
  schema::BuiltinOperator op;
  int32_t size, in, out, filter, stride;
};

constexpr auto kConv = schema::BuiltinOperator_CONV_2D;
constexpr auto kDepthwise = schema::BuiltinOperator_DEPTHWISE_CONV_2D;
constexpr auto kDense = schema::BuiltinOperator_FULLY_CONNECTED;
constexpr Shape kShapes[] = {
    {"first layer 3x3", kConv, 224, 3, 8, 3, 2},    {"3x3", kConv, 14, 64, 64, 3, 1},
    {"1x1 wide image", kConv, 112, 8, 16, 1, 1},    {"1x1", kConv, 28, 64, 64, 1, 1},
    {"1x1 deep", kConv, 7, 256, 256, 1, 1},         {"depthwise 3x3", kDepthwise, 112, 8, 8, 3, 1},
    {"depthwise 3x3", kDepthwise, 28, 64, 64, 3, 1}, {"depthwise stride 2", kDepthwise, 56, 32, 32, 3, 2},
    {"dense", kDense, 1, 256, 1001, 1, 1},          {"dense", kDense, 1, 1024, 1024, 1, 1},
};

std::shared_ptr<const graph::Model> layer(const Shape& s, DType dtype) {
  graph::ModelBuilder b;
  Random random(1);
  const bool real = dtype == DType::kFloat32;
  const auto q = real ? graph::Quantization{} : graph::quantized(0.05f, dtype == DType::kUInt8 ? 128 : 0);
  const int32_t out_size = (s.size + s.stride - 1) / s.stride;
  const bool dense = s.op == kDense;
  const std::vector<int32_t> input = dense ? std::vector<int32_t>{1, s.in} : std::vector<int32_t>{1, s.size, s.size, s.in};
  const std::vector<int32_t> output = dense ? std::vector<int32_t>{1, s.out} : std::vector<int32_t>{1, out_size, out_size, s.out};
  std::vector<int32_t> filter{s.out, s.filter, s.filter, s.in};
  if (dense) filter = {s.out, s.in};
  if (s.op == kDepthwise) filter = {1, s.filter, s.filter, s.out};
  std::vector<uint8_t> weights(ops::element_count(filter) * (real ? 4 : 1));
  for (uint8_t& w : weights) w = static_cast<uint8_t>(random.next());
  if (real)
    for (size_t i = 0; i < weights.size(); i += 4) {
      const auto w = static_cast<float>(random.uniform() - 0.5);
      std::memcpy(&weights[i], &w, sizeof w);
    }
  const int x = b.input("x", dtype, input, q), w = b.constant_bytes("w", dtype, filter, weights, q);
  const int y = b.tensor("y", dtype, output, q);
  if (s.op == kConv)
    b.node(s.op, {x, w}, {y}, [s](auto& f) { return schema::CreateConv2DOptions(f, schema::Padding_SAME, s.stride, s.stride); });
  else if (dense)
    b.node(s.op, {x, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  else
    b.node(s.op, {x, w}, {y},
           [s](auto& f) { return schema::CreateDepthwiseConv2DOptions(f, schema::Padding_SAME, s.stride, s.stride, 1); });
  b.output(y);
  return b.build();
}

int report(const std::string& what, const std::shared_ptr<const graph::Model>& model, double macs) {
  const auto fast = measure(model, runtime::Kernels::kFast), reference = measure(model, runtime::Kernels::kReference);
  for (const auto* timing : {&fast, &reference})
    if (!*timing) {
      fmt::print(stderr, "{}: {}\n", what, timing->error().text());
      return 1;
    }
  fmt::print("{:<54} {:>10.1f} us {:>12.1f} us {:>7.1f}x", what, fast->best_us, reference->best_us,
             reference->best_us / fast->best_us);
  if (macs > 0) fmt::print(" {:>7.1f} GMAC/s  {}", macs / fast->best_us / 1e3, fast->kernel);
  fmt::print("\n");
  if (macs > 0) return 0;
  std::vector<std::pair<double, std::string>> slowest;
  for (const auto& [name, us] : fast->by_operator) slowest.push_back({us, name});
  std::sort(slowest.rbegin(), slowest.rend());
  for (const auto& [us, name] : slowest) fmt::print("    {:<50} {:>10.1f} us\n", name, us);
  return 0;
}

int bench_layers() {
  fmt::print("{:<54} {:>13} {:>15} {:>8}\n", "layer", "fast", "reference", "ratio");
  int status = 0;
  for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kUInt8})
    for (const Shape& s : kShapes) {
      const double out = (s.size + s.stride - 1) / s.stride;
      const double macs = out * out * s.out * s.filter * s.filter * (s.op == kDepthwise ? 1 : s.in);
      const std::string what = fmt::format("{} {} {}x{}x{} -> {}", dtype_name(dtype), s.name, s.size, s.size, s.in, s.out);
      status |= report(what, layer(s, dtype), macs);
    }
  return status;
}

int bench_model(const std::string& path) {
  const auto reading = graph::read_tflite(std::filesystem::path(path));
  if (!reading || !reading->model) {
    fmt::print(stderr, "{} is no readable model\n", path);
    return 1;
  }
  return report(path.substr(path.rfind('/') + 1), reading->model, 0);
}

}  // namespace

int main(int count, char** values) {
  std::vector<std::string> models;
  for (int k = 1; k < count; ++k) {
    const std::string value = values[k];
    if (value == "--plain") fast::limit_isa(fast::Isa::kPlain);
    else if (value == "--avx2") fast::limit_isa(fast::Isa::kAvx2);
    else models.push_back(value);
  }
  constexpr const char* kNames[] = {"plain", "AVX2", "AVX-512"};
  fmt::print("instructions: {}\n", kNames[static_cast<int>(fast::isa())]);
  if (models.empty()) return bench_layers();
  int status = 0;
  for (const std::string& model : models) status |= bench_model(model);
  return status;
}
