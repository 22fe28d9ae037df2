// ADD, SOFTMAX, poolings and MEAN against their formulas in double precision.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

TEST(Add, QuantizedIsWithinOneStepOfTheRealSumAndBroadcasts) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const auto a = random_int8(random, 2 * 3 * 5), c = random_int8(random, 5);
    auto scale = [&] { return static_cast<float>(0.01 + 0.1 * random.uniform()); };
    const float sa = scale(), sb = scale(), so = 0.2f;
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kInt8, {2, 3, 5}, graph::quantized(sa, 3)),
              z = b.input("z", DType::kInt8, {5}, graph::quantized(sb, -7));
    const int y = b.tensor("y", DType::kInt8, {2, 3, 5}, graph::quantized(so, 11));
    b.node(schema::BuiltinOperator_ADD, {x, z}, {y}, [](auto& f) { return schema::CreateAddOptions(f); });
    b.output(y);
    const auto got = run<int8_t>(b, {a, c});
    ASSERT_EQ(got.size(), a.size());
    for (size_t i = 0; i < got.size(); ++i) {
      const double sum = static_cast<double>(sa) * (a[i] - 3) + static_cast<double>(sb) * (c[i % 5] + 7);
      ASSERT_NEAR(got[i], clamp_int8(sum / static_cast<double>(so) + 11), 0.51)
          << i;  // one rounding; the steps before keep 20 more bits
    }
  }
}

TEST(Softmax, RowsArePowersOfEOverTheirSum) {
  Random random(3);
  auto input = random_floats(random, 4 * 9);
  for (float& v : input) v *= 20;
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {4, 9}), y = b.tensor("y", DType::kFloat32, {4, 9});
  b.node(schema::BuiltinOperator_SOFTMAX, {x}, {y}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 0.5f); });
  b.output(y);
  const auto got = run<float>(b, {input});
  ASSERT_EQ(got.size(), input.size());
  for (size_t r = 0; r < 4; ++r) {
    double sum = 0;
    for (size_t k = 0; k < 9; ++k) sum += std::exp(0.5 * static_cast<double>(input[r * 9 + k]));
    for (size_t k = 0; k < 9; ++k) EXPECT_NEAR(got[r * 9 + k], std::exp(0.5 * static_cast<double>(input[r * 9 + k])) / sum, 1e-6);
  }
}

TEST(Pooling, PaddingCountsNeitherForTheMeanNorForTheMaximum) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const int32_t height = 4 + static_cast<int32_t>(random.below(4)), width = 4 + static_cast<int32_t>(random.below(4)),
                  size = 2 + static_cast<int32_t>(random.below(2));
    auto input = random_floats(random, static_cast<size_t>(height * width * 2));
    for (float& v : input) v -= 2;  // all negative: a padding of 0 would show in the maximum
    for (const auto op : {schema::BuiltinOperator_AVERAGE_POOL_2D, schema::BuiltinOperator_MAX_POOL_2D}) {
      graph::ModelBuilder b;
      const int x = b.input("x", DType::kFloat32, {1, height, width, 2}), y = b.tensor("y", DType::kFloat32, {1});
      b.node(op, {x}, {y}, [size](auto& f) { return schema::CreatePool2DOptions(f, schema::Padding_SAME, 2, 2, size, size); });
      b.output(y);
      Shape shape;
      const auto got = run<float>(b, {input}, &shape);
      ASSERT_EQ(shape, (Shape{1, (height + 1) / 2, (width + 1) / 2, 2}));
      const int top = std::max(0, (shape[1] - 1) * 2 + size - height) / 2,
                left = std::max(0, (shape[2] - 1) * 2 + size - width) / 2;
      for (int oy = 0; oy < shape[1]; ++oy)
        for (int ox = 0; ox < shape[2]; ++ox)
          for (int c = 0; c < 2; ++c) {
            double sum = 0, largest = -1e9, count = 0;
            for (int iy = std::max(0, oy * 2 - top); iy < std::min(height, oy * 2 - top + size); ++iy)
              for (int ix = std::max(0, ox * 2 - left); ix < std::min(width, ox * 2 - left + size); ++ix) {
                const double v = static_cast<double>(input[static_cast<size_t>((iy * width + ix) * 2 + c)]);
                sum += v;
                largest = std::max(largest, v);
                ++count;
              }
            const double want = op == schema::BuiltinOperator_MAX_POOL_2D ? largest : sum / count;
            EXPECT_NEAR(got[static_cast<size_t>((oy * shape[2] + ox) * 2 + c)], want, 1e-6);
          }
    }
  }
}

TEST(Mean, FloatsAndInt8OverTwoAxes) {
  Random random(5);
  const auto values = random_int8(random, 3 * 4 * 5);
  for (const bool quantized : {false, true}) {
    graph::ModelBuilder b;
    const DType dtype = quantized ? DType::kInt8 : DType::kFloat32;
    const int x = b.input("x", dtype, {3, 4, 5}, quantized ? graph::quantized(0.1f, 4) : graph::Quantization{});
    const int axes = b.constant<int32_t>("axes", {2}, {0, -2}),
              y = b.tensor("y", dtype, {5}, quantized ? graph::quantized(0.05f, -9) : graph::Quantization{});
    b.node(schema::BuiltinOperator_MEAN, {x, axes}, {y}, [](auto& f) { return schema::CreateReducerOptions(f, false); });
    b.output(y);
    std::vector<double> got;
    if (quantized) {
      for (int8_t v : run<int8_t>(b, {values})) got.push_back(v);
    } else {
      for (float v : run<float>(b, {std::vector<float>(values.begin(), values.end())})) got.push_back(static_cast<double>(v));
    }
    ASSERT_EQ(got.size(), 5u);
    for (size_t c = 0; c < 5; ++c) {
      double sum = 0;
      for (size_t i = c; i < values.size(); i += 5) sum += values[i];
      if (quantized)
        EXPECT_NEAR(got[c], clamp_int8((sum / 12 - 4) * 2 - 9), 1.0);
      else
        EXPECT_NEAR(got[c], sum / 12, 1e-4);
    }
  }
}

}  // namespace
}  // namespace whyzero::ops
