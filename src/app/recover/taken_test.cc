// Where geometries take their pixels from, against what the resizers make of pictures whose pixels are their own places.
#include "app/recover/taken.h"

#include <gtest/gtest.h>

#include "app/step.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

constexpr int kWidth = 150, kHeight = 110;

/// A picture of real numbers: the place of each pixel's centre, across in one channel, down in the second.
app::Value places() {
  app::Value value;
  value.dtype = DType::kFloat32;
  value.shape = {kHeight, kWidth, 3};
  value.bytes.resize(size_t(kHeight) * kWidth * 3 * sizeof(float));
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      float* pixel = value.as<float>() + (y * kWidth + x) * 3;
      pixel[0] = static_cast<float>(x) + 0.5f, pixel[1] = static_cast<float>(y) + 0.5f, pixel[2] = 0;
    }
  return value;
}

struct Geometry {
  const char* steps;
  const char *method, *library;
};

class Taken : public testing::TestWithParam<Geometry> {};

/// Inside, a straight line resized stays one: pixel (x, y) of the result lies where the box says.
TEST_P(Taken, IsWhereTheResizerTakesItsPixels) {
  const auto [text, method, library] = GetParam();
  const json geometry = json::parse(text), steps = with_method(geometry, method, library);
  app::Value made = places();
  const auto run = app::run_steps(made, steps, 0, steps.size(), {});
  ASSERT_TRUE(run) << run.error().text();
  image::Box box;
  ASSERT_TRUE(taken_box(geometry, {kWidth, kHeight}, corners_of({method, library}), box));
  const int height = made.shape[0], width = made.shape[1];
  const double across = (box.right - box.left) / width, down = (box.bottom - box.top) / height;
  // Nearest neighbours lie anywhere within half a pixel of the source; windows, areas and cubics of a = -0.75 are a little off a straight line.
  const double tolerance = std::string_view(method) == "nearest" ? 0.5 + 1e-3 : 0.06;
  for (int y = height / 4; y < height * 3 / 4; ++y)
    for (int x = width / 4; x < width * 3 / 4; ++x) {
      const float* pixel = made.as<float>() + (y * width + x) * 3;
      ASSERT_NEAR(pixel[0], box.left + across * (x + 0.5), tolerance) << text << library << " x " << x;
      ASSERT_NEAR(pixel[1], box.top + down * (y + 0.5), tolerance) << text << library << " y " << y;
    }
}

constexpr const char* kPlain = R"([{"resize": {"width": 48, "height": 40}}])";
constexpr const char* kBox = R"([{"crop": {"box": [11, 7, 97, 90]}}, {"resize": {"width": 40, "height": 40}}])";
constexpr const char* kSquare = R"([{"crop": {"square": true}}, {"resize": {"width": 40, "height": 40}}])";
constexpr const char* kShorter = R"([{"resize": {"shorter": 60}}, {"crop": {"center": [48, 48]}}])";
constexpr const char* kTwice = R"([{"resize": {"width": 70, "height": 70}}, {"crop": {"box": [3, 5, 60, 60]}}, {"resize": {"width": 40, "height": 40}}])";
INSTANTIATE_TEST_SUITE_P(Geometries, Taken,
                         testing::Values(Geometry{kPlain, "bilinear", "pillow"}, Geometry{kPlain, "bilinear", "opencv"}, Geometry{kPlain, "bilinear", "tensorflow"}, Geometry{kPlain, "bilinear", "tensorflow-v1"},
                                         Geometry{kPlain, "bilinear", "tensorflow-align-corners"}, Geometry{kPlain, "nearest", "opencv"}, Geometry{kPlain, "nearest", "pillow"}, Geometry{kPlain, "nearest", "tensorflow-v1"},
                                         Geometry{kBox, "bicubic", "opencv"}, Geometry{kBox, "bilinear", "tensorflow-v1"}, Geometry{kSquare, "bilinear", "opencv"}, Geometry{kSquare, "bilinear", "tensorflow-align-corners"},
                                         Geometry{kShorter, "bilinear", "opencv"}, Geometry{kShorter, "bilinear", "tensorflow-v1"}, Geometry{kPlain, "area", "tensorflow"}, Geometry{kPlain, "area", "tensorflow-align-corners"}, Geometry{kBox, "area", "tensorflow-v1"}, Geometry{kTwice, "bilinear", "opencv"}, Geometry{kTwice, "bilinear", "tensorflow-align-corners"}));

TEST(TakenBox, OfALetterboxGoesBeyondThePhoto) {
  image::Box box;
  ASSERT_TRUE(taken_box(json::parse(R"([{"letterbox": {"width": 50, "height": 50, "fill": 0}}])"), {100, 50}, Corners::kCentred, box));
  EXPECT_NEAR(box.left, 0, 1e-9);
  EXPECT_NEAR(box.right, 100, 1e-9);
  EXPECT_LT(box.top, -20);
  EXPECT_GT(box.bottom, 70);
}

TEST(TakenBox, IsUndoneForEachKindOfCorners) {
  for (const Corners corners : kAllCorners) {
    image::Box shown;
    ASSERT_TRUE(taken_box(json::parse(kBox), {kWidth, kHeight}, corners, shown));
    const auto back = centred_boxes(std::vector<image::Box>{shown}, 40, 40, corners);
    EXPECT_NEAR(back[0].left, 11, 1e-9);
    EXPECT_NEAR(back[0].top, 7, 1e-9);
    EXPECT_NEAR(back[0].right, 108, 1e-9);
    EXPECT_NEAR(back[0].bottom, 97, 1e-9);
  }
}

TEST(PlacedGeometries, TheOneThatTakesTheBoxComesFirst) {
  const std::vector<json> geometries = {json::parse(kSquare), json::parse(kBox), json::parse(R"([{"resize": {"width": 40, "height": 40}}])")};
  const std::vector<Size> photos = {{kWidth, kHeight}, {160, 120}};
  for (size_t wanted = 0; wanted < geometries.size(); ++wanted) {
    std::vector<image::Box> boxes(photos.size());
    for (size_t i = 0; i < photos.size(); ++i) ASSERT_TRUE(taken_box(geometries[wanted], photos[i], Corners::kCentred, boxes[i]));
    const auto placed = placed_geometries(geometries, boxes, photos, 40, 40, 1.5);
    ASSERT_FALSE(placed.empty());
    EXPECT_EQ(placed.front().geometry, geometries[wanted]);
    EXPECT_LT(placed.front().distance, 0.01) << "of a pixel; later places weigh some thousandths";
  }
}

}  // namespace
}  // namespace whyzero::recover
