// CONV_2D and DEPTHWISE_CONV_2D against the sum that defines them, in double precision.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

struct Window {
  int32_t height, width, in, filter_h, filter_w, out, stride, dilation;
  schema::Padding padding;
  bool depthwise;
};

/// The window's sum of input(y, x, c) * weight(o, fy, fx, c) for every output element.
template <class In, class Weight>
std::vector<double> convolve(const Window& s, const Shape& shape, In&& input, Weight&& weight) {
  const int reach_h = (s.filter_h - 1) * s.dilation + 1, reach_w = (s.filter_w - 1) * s.dilation + 1;
  const bool same = s.padding == schema::Padding_SAME;
  const int top = same ? std::max(0, (shape[1] - 1) * s.stride + reach_h - s.height) / 2 : 0;
  const int left = same ? std::max(0, (shape[2] - 1) * s.stride + reach_w - s.width) / 2 : 0;
  std::vector<double> result;
  for (int y = 0; y < shape[1]; ++y)
    for (int x = 0; x < shape[2]; ++x)
      for (int o = 0; o < shape[3]; ++o) {
        double sum = 0;
        for (int fy = 0; fy < s.filter_h; ++fy)
          for (int fx = 0; fx < s.filter_w; ++fx) {
            const int iy = y * s.stride - top + fy * s.dilation, ix = x * s.stride - left + fx * s.dilation;
            if (iy < 0 || ix < 0 || iy >= s.height || ix >= s.width) continue;
            for (int c = 0; c < s.in; ++c)
              if (!s.depthwise || c == o / (s.out / s.in)) sum += input((iy * s.width + ix) * s.in + c) * weight(o, fy, fx, c);
          }
        result.push_back(sum);
      }
  return result;
}

Window random_window(Random& random, bool depthwise) {
  auto pick = [&](int low, int high) {
    return static_cast<int32_t>(low + static_cast<int>(random.below(static_cast<uint64_t>(high - low + 1))));
  };
  Window s{pick(5, 9), pick(5, 9), pick(1, 4), pick(1, 3),           pick(1, 3),
           pick(1, 5), pick(1, 2), 1,          schema::Padding_SAME, depthwise};
  if (s.stride == 1) s.dilation = pick(1, 2);
  if (random.below(2)) s.padding = schema::Padding_VALID;
  if (depthwise) s.out = s.in * pick(1, 3);
  return s;
}

void add_node(graph::ModelBuilder& b, const Window& s, int x, int w, int bias, int y) {
  if (s.depthwise)
    b.node(schema::BuiltinOperator_DEPTHWISE_CONV_2D, {x, w, bias}, {y}, [s](auto& f) {
      return schema::CreateDepthwiseConv2DOptions(f, s.padding, s.stride, s.stride, s.out / s.in,
                                                  schema::ActivationFunctionType_NONE, s.dilation, s.dilation);
    });
  else
    b.node(schema::BuiltinOperator_CONV_2D, {x, w, bias}, {y}, [s](auto& f) {
      return schema::CreateConv2DOptions(f, s.padding, s.stride, s.stride, schema::ActivationFunctionType_NONE, s.dilation,
                                         s.dilation);
    });
}

Shape filter_shape(const Window& s) {
  return s.depthwise ? Shape{1, s.filter_h, s.filter_w, s.out} : Shape{s.out, s.filter_h, s.filter_w, s.in};
}

/// Index of a weight in the filter's layout.
size_t weight_at(const Window& s, int o, int fy, int fx, int c) {
  return static_cast<size_t>(s.depthwise ? (fy * s.filter_w + fx) * s.out + o
                                         : ((o * s.filter_h + fy) * s.filter_w + fx) * s.in + c);
}

class Convolution : public testing::TestWithParam<bool> {};

TEST_P(Convolution, FloatsAreTheWindowsSum) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Window s = random_window(random, GetParam());
    const auto input = random_floats(random, static_cast<size_t>(s.height * s.width * s.in)),
               weights = random_floats(random, element_count(filter_shape(s)));
    const auto bias = random_floats(random, static_cast<size_t>(s.out));
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kFloat32, {1, s.height, s.width, s.in}),
              w = b.constant<float>("w", filter_shape(s), weights);
    const int k = b.constant<float>("bias", {s.out}, bias), y = b.tensor("y", DType::kFloat32, {1});
    add_node(b, s, x, w, k, y);
    b.output(y);
    Shape shape;
    const auto got = run<float>(b, {input}, &shape);
    ASSERT_EQ(shape.size(), 4u);
    const auto want = convolve(
        s, shape, [&](int i) { return static_cast<double>(input[static_cast<size_t>(i)]); },
        [&](int o, int fy, int fx, int c) { return static_cast<double>(weights[weight_at(s, o, fy, fx, c)]); });
    // Up to 36 products of magnitude 1 in single precision: 36 roundings of at most 36 * 2^-24.
    for (size_t i = 0; i < want.size(); ++i)
      ASSERT_NEAR(got[i], want[i] + static_cast<double>(bias[i % bias.size()]), 36 * 36 * 0x1p-24) << i;
  }
}

TEST_P(Convolution, Int8IsWithinOneStepOfTheRealResult) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Window s = random_window(random, GetParam());
    const auto input = random_int8(random, static_cast<size_t>(s.height * s.width * s.in)),
               weights = random_int8(random, element_count(filter_shape(s)));
    std::vector<int32_t> bias(static_cast<size_t>(s.out));
    std::vector<float> scales(static_cast<size_t>(s.out));
    for (int32_t& v : bias) v = static_cast<int32_t>(random.below(2001)) - 1000;
    for (float& v : scales) v = static_cast<float>(0.005 + 0.02 * random.uniform());
    const int zero_in = static_cast<int>(random.below(21)) - 10, zero_out = static_cast<int>(random.below(21)) - 10;
    const double scale_in = static_cast<double>(0.02f), scale_out = static_cast<double>(0.13f);
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kInt8, {1, s.height, s.width, s.in}, graph::quantized(0.02f, zero_in));
    const int w = b.constant<int8_t>("w", filter_shape(s), weights, graph::per_channel(scales, s.depthwise ? 3 : 0));
    const int k = b.constant<int32_t>("bias", {s.out}, bias),
              y = b.tensor("y", DType::kInt8, {1}, graph::quantized(0.13f, zero_out));
    add_node(b, s, x, w, k, y);
    b.output(y);
    Shape shape;
    const auto got = run<int8_t>(b, {input}, &shape);
    ASSERT_EQ(shape.size(), 4u);
    const auto sums = convolve(
        s, shape, [&](int i) { return input[static_cast<size_t>(i)] - zero_in; },
        [&](int o, int fy, int fx, int c) { return weights[weight_at(s, o, fy, fx, c)]; });
    for (size_t i = 0; i < sums.size(); ++i) {
      const size_t o = i % scales.size();
      const double real = (sums[i] + bias[o]) * scale_in * static_cast<double>(scales[o]) / scale_out + zero_out;
      ASSERT_NEAR(got[i], clamp_int8(real), 1.0) << i;  // two roundings of at most a half each
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FullAndDepthwise, Convolution, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Depthwise" : "Full"; });

TEST(Conv2d, RefusesWhatDoesNotFit) {
  auto model = [](Shape filter, int32_t stride, graph::Quantization q) {
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kInt8, {1, 4, 4, 2}, q);
    const int w = b.constant<int8_t>("w", filter, std::vector<int8_t>(element_count(filter)), graph::quantized(0.1f));
    const int k = b.constant<int32_t>("bias", {filter[0]}, std::vector<int32_t>(static_cast<size_t>(filter[0])));
    const int y = b.tensor("y", DType::kInt8, {1}, graph::quantized(0.1f));
    b.node(schema::BuiltinOperator_CONV_2D, {x, w, k}, {y},
           [=](auto& f) { return schema::CreateConv2DOptions(f, schema::Padding_VALID, stride, stride); });
    b.output(y);
    return refusal(b);
  };
  EXPECT_EQ(model({3, 2, 2, 2}, 1, graph::quantized(0.1f)), ErrorCode::kNotFound);  // runs
  EXPECT_EQ(model({3, 2, 2, 3}, 1, graph::quantized(0.1f)), ErrorCode::kMalformed);
  EXPECT_EQ(model({3, 2, 2, 2}, 0, graph::quantized(0.1f)), ErrorCode::kMalformed);
  EXPECT_EQ(model({3, 2, 2, 2}, 1, {}), ErrorCode::kQuantizationMissing);
  EXPECT_EQ(model({3, 2, 2, 2}, 1, graph::quantized(-1.0f)), ErrorCode::kQuantizationInvalid);
}

}  // namespace
}  // namespace whyzero::ops
