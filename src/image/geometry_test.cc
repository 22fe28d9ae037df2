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
  const auto turned = [&](int degrees) { return oriented(picture, turned_clockwise(degrees)); };
  EXPECT_EQ(turned(90).data, (Bytes{4, 1, 5, 2, 6, 3}));
  EXPECT_EQ(turned(90).width, 2);
  EXPECT_EQ(turned(180).data, (Bytes{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(turned(270).data, (Bytes{3, 6, 2, 5, 1, 4}));
  EXPECT_FALSE(turned_clockwise(45).changes_anything());
  EXPECT_EQ(oriented(picture, {.mirror_x = true}).data, (Bytes{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(oriented(picture, {.mirror_y = true}).data, (Bytes{4, 5, 6, 1, 2, 3}));
}

TEST(Geometry, PixelsOfAnySizeMoveWhole) {
  for (const int channels : {1, 2, 3, 4, 5, 12}) {
    Image8 picture(2, 1, channels);
    for (size_t i = 0; i < picture.data.size(); i++) picture.data[i] = static_cast<uint8_t>(i);
    const Image8 got = oriented(picture, {.mirror_x = true});
    for (int c = 0; c < channels; c++) {
      EXPECT_EQ(*(got.at(0, 0) + c), *(picture.at(1, 0) + c)) << channels;
      EXPECT_EQ(*(got.at(1, 0) + c), *(picture.at(0, 0) + c)) << channels;
    }
  }
}

TEST(Geometry, ExifTurnsEachOrientationUpright) {
  const Image8 upright = counted(3, 2);
  // How a camera stores the same scene for each orientation.
  const Bytes stored[8] = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
                           {1, 4, 2, 5, 3, 6}, {3, 6, 2, 5, 1, 4}, {6, 3, 5, 2, 4, 1}, {4, 1, 5, 2, 6, 3}};
  for (int orientation = 1; orientation <= 8; orientation++) {
    Image8 picture = orientation < 5 ? Image8(3, 2, 1) : Image8(2, 3, 1);
    picture.data = stored[orientation - 1];
    const Image8 got = oriented(picture, upright_from_exif(orientation));
    EXPECT_EQ(got.width, 3) << orientation;
    EXPECT_EQ(got.data, upright.data) << orientation;
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
}

TEST(Geometry, GrayIsPillowsL) {
  EXPECT_EQ(gray_of(uint8_t{10}, uint8_t{20}, uint8_t{30}), 18);  // 0.299, 0.587, 0.114: 18.15
  EXPECT_FLOAT_EQ(gray_of(0.5f, 0.25f, 1.f), static_cast<float>((0.5 * 19595 + 0.25 * 38470 + 7471) / 65536));
}

}  // namespace
}  // namespace whyzero::image
