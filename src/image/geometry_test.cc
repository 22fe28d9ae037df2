// Cropping, turning, padding and channel order on small pictures whose answer can be written down.
#include "image/geometry.h"

#include <gtest/gtest.h>

namespace whyzero::image {
namespace {

/// One channel, values 1, 2, 3 … row by row.
Image8 counted(int width, int height) {
  Image8 picture(width, height, 1);
  for (size_t i = 0; i < picture.data.size(); i++) picture.data[i] = static_cast<uint8_t>(i + 1);
  return picture;
}

using Bytes = std::vector<uint8_t>;

TEST(Geometry, TurnsClockwise) {
  const Image8 picture = counted(3, 2);  // 1 2 3 / 4 5 6
  EXPECT_EQ(rotate(picture, 90).data, (Bytes{4, 1, 5, 2, 6, 3}));
  EXPECT_EQ(rotate(picture, 90).width, 2);
  EXPECT_EQ(rotate(picture, 180).data, (Bytes{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(rotate(picture, 270).data, (Bytes{3, 6, 2, 5, 1, 4}));
  EXPECT_EQ(rotate(picture, 45).data, picture.data);
  EXPECT_EQ(flip_horizontal(picture).data, (Bytes{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(flip_vertical(picture).data, (Bytes{4, 5, 6, 1, 2, 3}));
}

TEST(Geometry, ExifTurnsEachOrientationUpright) {
  const Image8 upright = counted(3, 2);
  // How a camera stores the same scene for each orientation.
  const Bytes stored[8] = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
                           {1, 4, 2, 5, 3, 6}, {3, 6, 2, 5, 1, 4}, {6, 3, 5, 2, 4, 1}, {4, 1, 5, 2, 6, 3}};
  for (int orientation = 1; orientation <= 8; orientation++) {
    Image8 picture = orientation < 5 ? Image8(3, 2, 1) : Image8(2, 3, 1);
    picture.data = stored[orientation - 1];
    const Image8 got = apply_exif(picture, orientation);
    EXPECT_EQ(got.width, 3) << orientation;
    EXPECT_EQ(got.data, upright.data) << orientation;
  }
}

TEST(Geometry, CropsInsideOnly) {
  const Image8 picture = counted(4, 3);
  const auto inner = crop(picture, {1, 1, 2, 2});
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->data, (Bytes{6, 7, 10, 11}));
  for (const Rect& rect : {Rect{-1, 0, 2, 2}, Rect{0, 0, 5, 1}, Rect{3, 0, 2, 1}, Rect{0, 0, 0, 1}, Rect{INT64_MAX, 0, 1, 1},
                           Rect{1, 1, INT64_MAX, 1}}) {
    const auto got = crop(picture, rect);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kShapeMismatch);
  }
}

void expect_rect(const Rect& got, int64_t left, int64_t top, int64_t width, int64_t height) {
  EXPECT_EQ(got.left, left);
  EXPECT_EQ(got.top, top);
  EXPECT_EQ(got.width, width);
  EXPECT_EQ(got.height, height);
}

TEST(Geometry, BoxesRoundAsTheLibrariesDo) {
  const Box box = central_box(500, 375, 0.875);
  EXPECT_DOUBLE_EQ(box.left, 31.25);
  EXPECT_DOUBLE_EQ(box.bottom, 351.5625);
  expect_rect(rounded_box(500, 375, box), 31, 23, 438, 328);           // 437.5 and 328.125, halves up
  expect_rect(tensorflow_central_rect(500, 375, 0.875), 31, 23, 438, 329);
  expect_rect(center_rect(7, 6, 4, 3), 2, 2, 4, 3);                    // 1.5 → 2
  expect_rect(center_rect(5, 9, 4, 4), 0, 2, 4, 4);                    // 0.5 → 0, 2.5 → 2
  expect_rect(square_rect(7, 4), 1, 0, 4, 4);
  EXPECT_EQ(shorter_size(500, 375, 256), (std::array<int64_t, 2>{341, 256}));
  EXPECT_EQ(shorter_size(375, 500, 256), (std::array<int64_t, 2>{256, 341}));
  EXPECT_EQ(shorter_size(300, 300, 224), (std::array<int64_t, 2>{224, 224}));
}

TEST(Geometry, LetterboxPutsTheOddPixelRightAndBelow) {
  const LetterboxPlace wide = letterbox_place(500, 375, 224, 224);
  EXPECT_EQ(wide.width, 224);
  EXPECT_EQ(wide.height, 168);
  EXPECT_EQ(wide.top, 28);
  const LetterboxPlace odd = letterbox_place(3, 2, 3, 5);
  EXPECT_EQ(odd.top, 1);
  const Image8 out = paste(counted(3, 2), 3, 5, odd, uint8_t{9});
  EXPECT_EQ(out.data, (Bytes{9, 9, 9, 1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9}));
}

TEST(Geometry, ChannelsInEveryOrder) {
  Image8 picture(1, 1, 3);
  picture.data = {10, 20, 30};
  const auto ordered = [&](Order from, const Bytes& data, Order to) {
    Image8 one(1, 1, static_cast<int>(data.size()));
    one.data = data;
    const auto got = reorder(one, from, to);
    return got ? got->data : Bytes{};
  };
  EXPECT_EQ(ordered(Order::kRgb, {10, 20, 30}, Order::kBgr), (Bytes{30, 20, 10}));
  EXPECT_EQ(ordered(Order::kRgb, {10, 20, 30}, Order::kArgb), (Bytes{255, 10, 20, 30}));
  EXPECT_EQ(ordered(Order::kRgb, {10, 20, 30}, Order::kBgra), (Bytes{30, 20, 10, 255}));
  EXPECT_EQ(ordered(Order::kArgb, {255, 10, 20, 30}, Order::kRgba), (Bytes{10, 20, 30, 255}));
  EXPECT_EQ(ordered(Order::kBgra, {30, 20, 10, 255}, Order::kRgb), (Bytes{10, 20, 30}));
  EXPECT_EQ(ordered(Order::kRgb, {10, 20, 30}, Order::kGray), (Bytes{18}));  // 0.299, 0.587, 0.114: 18.15
  EXPECT_EQ(ordered(Order::kBgr, {30, 20, 10}, Order::kGray3), (Bytes{18, 18, 18}));
  EXPECT_EQ(ordered(Order::kGray, {77}, Order::kRgb), (Bytes{77, 77, 77}));
  EXPECT_EQ(ordered(Order::kGray3, {77, 77, 77}, Order::kGray), (Bytes{77}));
  EXPECT_TRUE(ordered(Order::kRgba, {1, 2, 3}, Order::kRgb).empty());
  EXPECT_EQ(order_from_name("bgra"), Order::kBgra);
  EXPECT_EQ(order_from_name("grey"), std::nullopt);
}

TEST(Geometry, GrayOfRealNumbersKeepsTheFraction) {
  ImageF picture(1, 1, 3);
  picture.data = {0.5f, 0.25f, 1.f};
  const auto gray = reorder(picture, Order::kRgb, Order::kGray);
  ASSERT_TRUE(gray);
  EXPECT_FLOAT_EQ(gray->data[0], static_cast<float>((0.5 * 19595 + 0.25 * 38470 + 7471) / 65536));
}

}  // namespace
}  // namespace whyzero::image
