// TRANSPOSE_CONV, CONV_3D and CONV_3D_TRANSPOSE against sums in double precision.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

constexpr int kIn = 2, kOut = 3;

/// What stands before the first element where a window of `filter` with `stride` runs over `size` elements.
int pad_before(int size, int filter, int stride, bool same) {
  const int out = same ? (size + stride - 1) / stride : (size + stride - filter) / stride;
  return std::max(0, (out - 1) * stride + filter - size) / 2;
}

double at(const std::vector<float>& values, int index) { return static_cast<double>(values[static_cast<size_t>(index)]); }

TEST(TransposeConv, FloatsWithBothPaddings) {
  for (const bool same : {true, false}) {
    SCOPED_TRACE(same);
    const int height = 3, width = 4, out_h = same ? 6 : 7, out_w = same ? 8 : 9, filter = 3, stride = 2;
    Random random(same);
    const auto image = random_floats(random, height * width * kIn), weights = random_floats(random, kOut * filter * filter * kIn);
    const auto bias = random_floats(random, kOut);
    graph::ModelBuilder b;
    const int shape = b.constant<int32_t>("shape", {4}, {1, out_h, out_w, kOut});
    const int w = b.constant<float>("w", {kOut, filter, filter, kIn}, weights),
              x = b.input("x", DType::kFloat32, {1, height, width, kIn});
    const int c = b.constant<float>("c", {kOut}, bias), y = b.tensor("y", DType::kFloat32, {1, out_h, out_w, kOut});
    b.node(schema::BuiltinOperator_TRANSPOSE_CONV, {shape, w, x, c}, {y}, [same](auto& f) {
      return schema::CreateTransposeConvOptions(f, same ? schema::Padding_SAME : schema::Padding_VALID, 2, 2);
    });
    b.output(y);
    const auto got = run<float>(b, {image});
    ASSERT_EQ(got.size(), static_cast<size_t>(out_h * out_w * kOut));
    const int top = pad_before(out_h, filter, stride, same), left = pad_before(out_w, filter, stride, same);
    for (int oy = 0; oy < out_h; ++oy)
      for (int ox = 0; ox < out_w; ++ox)
        for (int o = 0; o < kOut; ++o) {
          double sum = at(bias, o);
          for (int iy = 0; iy < height; ++iy)
            for (int ix = 0; ix < width; ++ix) {
              const int fy = oy + top - iy * stride, fx = ox + left - ix * stride;
              if (fy < 0 || fy >= filter || fx < 0 || fx >= filter) continue;
              for (int i = 0; i < kIn; ++i)
                sum += at(image, (iy * width + ix) * kIn + i) * at(weights, ((o * filter + fy) * filter + fx) * kIn + i);
            }
          EXPECT_NEAR(at(got, (oy * out_w + ox) * kOut + o), sum, 1e-6);
        }
  }
}

TEST(TransposeConv, Int8PerChannelIsWithinAStepOfTheRealSum) {
  Random random(7);
  const auto image = random_int8(random, 2 * 2 * kIn), weights = random_int8(random, kOut * 2 * 2 * kIn);
  const std::vector<float> scales{0.01f, 0.02f, 0.005f};
  graph::ModelBuilder b;
  const int shape = b.constant<int32_t>("shape", {4}, {1, 4, 4, kOut});
  const int w = b.constant<int8_t>("w", {kOut, 2, 2, kIn}, weights, graph::per_channel(scales, 0));
  const int x = b.input("x", DType::kInt8, {1, 2, 2, kIn}, graph::quantized(0.05f, -6));
  const int y = b.tensor("y", DType::kInt8, {1, 4, 4, kOut}, graph::quantized(0.2f, 9));
  b.node(schema::BuiltinOperator_TRANSPOSE_CONV, {shape, w, x}, {y},
         [](auto& f) { return schema::CreateTransposeConvOptions(f, schema::Padding_VALID, 2, 2); });
  b.output(y);
  const auto got = run<int8_t>(b, {image});
  ASSERT_EQ(got.size(), 4u * 4u * kOut);
  for (int oy = 0; oy < 4; ++oy)  // windows of size and stride 2 do not overlap
    for (int ox = 0; ox < 4; ++ox)
      for (int o = 0; o < kOut; ++o) {
        double sum = 0;
        for (int i = 0; i < kIn; ++i)
          sum += 0.05 * (image[static_cast<size_t>((oy / 2 * 2 + ox / 2) * kIn + i)] + 6) *
                 static_cast<double>(scales[static_cast<size_t>(o)]) *
                 weights[static_cast<size_t>(((o * 2 + oy % 2) * 2 + ox % 2) * kIn + i)];
        EXPECT_NEAR(got[static_cast<size_t>((oy * 4 + ox) * kOut + o)], clamp_int8(sum / 0.2 + 9), 0.52);
      }
}

TEST(TransposeConv, TheOutputShapeMayComeWhileRunningAndMustFit) {
  graph::ModelBuilder b;
  const int shape = b.input("shape", DType::kInt32, {4});
  const int w = b.constant<float>("w", {1, 1, 1, 1}, {2}), x = b.constant<float>("x", {1, 1, 1, 1}, {3});
  const int y = b.tensor("y", DType::kFloat32, {1, 1, 1, 1});
  b.node(schema::BuiltinOperator_TRANSPOSE_CONV, {shape, w, x}, {y},
         [](auto& f) { return schema::CreateTransposeConvOptions(f, schema::Padding_VALID, 1, 1); });
  b.output(y);
  EXPECT_EQ((run<int32_t, float>(b, {{1, 1, 1, 1}})), (std::vector<float>{6}));
  EXPECT_EQ(refusal(b), ErrorCode::kMalformed);  // zeros: no images for the one that is there
}

/// One axis of the volumes below.
constexpr int kSize = 4, kFilter = 2, kStride = 2;

TEST(Conv3d, StridesAndChannels) {
  Random random(11);
  const auto volume = random_floats(random, kSize * kSize * kSize * kIn), weights = random_floats(random, 8 * kIn * kOut);
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, kSize, kSize, kSize, kIn});
  const int w = b.constant<float>("w", {kFilter, kFilter, kFilter, kIn, kOut}, weights);
  const int y = b.tensor("y", DType::kFloat32, {1, 2, 2, 2, kOut});
  b.node(schema::BuiltinOperator_CONV_3D, {x, w}, {y},
         [](auto& f) { return schema::CreateConv3DOptions(f, schema::Padding_VALID, kStride, kStride, kStride); });
  b.output(y);
  const auto got = run<float>(b, {volume});
  ASSERT_EQ(got.size(), 8u * kOut);
  for (int p = 0; p < 8; ++p)
    for (int o = 0; o < kOut; ++o) {
      double sum = 0;
      for (int t = 0; t < 8; ++t) {
        const int d = p / 4 * 2 + t / 4, r = p / 2 % 2 * 2 + t / 2 % 2, c = p % 2 * 2 + t % 2;
        for (int i = 0; i < kIn; ++i)
          sum += at(volume, ((d * kSize + r) * kSize + c) * kIn + i) * at(weights, (t * kIn + i) * kOut + o);
      }
      EXPECT_NEAR(at(got, p * kOut + o), sum, 1e-6);
    }
}

TEST(Conv3dTranspose, WindowsThatDoNotOverlap) {
  Random random(12);
  const auto volume = random_floats(random, 8 * kIn), weights = random_floats(random, 8 * kOut * kIn);
  graph::ModelBuilder b;
  const int shape = b.constant<int32_t>("shape", {5}, {1, kSize, kSize, kSize, kOut});
  const int w = b.constant<float>("w", {kFilter, kFilter, kFilter, kOut, kIn}, weights);
  const int x = b.input("x", DType::kFloat32, {1, 2, 2, 2, kIn}),
            y = b.tensor("y", DType::kFloat32, {1, kSize, kSize, kSize, kOut});
  b.node(schema::BuiltinOperator_CONV_3D_TRANSPOSE, {shape, w, x}, {y},
         [](auto& f) { return schema::CreateConv3DOptions(f, schema::Padding_VALID, kStride, kStride, kStride); });
  b.output(y);
  const auto got = run<float>(b, {volume});
  ASSERT_EQ(got.size(), static_cast<size_t>(kSize * kSize * kSize * kOut));
  for (int d = 0; d < kSize; ++d)
    for (int r = 0; r < kSize; ++r)
      for (int c = 0; c < kSize; ++c)
        for (int o = 0; o < kOut; ++o) {
          const int from = d / 2 * 4 + r / 2 * 2 + c / 2, tap = d % 2 * 4 + r % 2 * 2 + c % 2;
          double sum = 0;
          for (int i = 0; i < kIn; ++i) sum += at(volume, from * kIn + i) * at(weights, (tap * kOut + o) * kIn + i);
          EXPECT_NEAR(at(got, ((d * kSize + r) * kSize + c) * kOut + o), sum, 1e-6);
        }
}

}  // namespace
}  // namespace whyzero::ops
