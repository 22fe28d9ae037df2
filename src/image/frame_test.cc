// Camera frames: colours that OpenCV gave (tests/pixels compares random frames with it), layouts, refusals.
#include "image/frame.h"

#include <gtest/gtest.h>

namespace whyzero::image {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes pixels(const Bytes& frame, const FrameLayout& layout) {
  const auto picture = decode_frame(frame, layout);
  EXPECT_TRUE(picture) << (picture ? "" : picture.error().text());
  return picture ? picture->data : Bytes{};
}

// From cv2.cvtColor of OpenCV 5 (COLOR_YUV2RGB_NV21 …, COLOR_BGR5652RGB).
TEST(Frame, VideoRangeOfBt601) {
  const FrameLayout nv21{FrameFormat::kNv21, 2, 2};
  EXPECT_EQ(pixels({16, 235, 126, 81, 128, 128}, nv21), (Bytes{0, 0, 0, 255, 255, 255, 128, 128, 128, 76, 76, 76}));
  EXPECT_EQ(pixels({81, 81, 81, 81, 240, 90}, nv21), (Bytes{254, 0, 0, 254, 0, 0, 254, 0, 0, 254, 0, 0}));
  EXPECT_EQ(pixels({81, 81, 81, 81, 90, 240}, {FrameFormat::kNv12, 2, 2}), (Bytes{254, 0, 0, 254, 0, 0, 254, 0, 0, 254, 0, 0}));
  EXPECT_EQ(pixels({81, 81, 81, 81, 90, 240}, {FrameFormat::kI420, 2, 2}), (Bytes{254, 0, 0, 254, 0, 0, 254, 0, 0, 254, 0, 0}));
  EXPECT_EQ(pixels({81, 90, 16, 240}, {FrameFormat::kYuyv, 2, 1}), (Bytes{254, 0, 0, 179, 0, 0}));
}

TEST(Frame, ColoursInMemory) {
  EXPECT_EQ(pixels({1, 2, 3, 9}, {FrameFormat::kRgba, 1, 1}), (Bytes{1, 2, 3}));
  EXPECT_EQ(pixels({1, 2, 3, 9}, {FrameFormat::kBgra, 1, 1}), (Bytes{3, 2, 1}));
  EXPECT_EQ(pixels({0xFF, 0xFF, 0x00, 0xF8}, {FrameFormat::kRgb565, 2, 1}), (Bytes{248, 252, 248, 248, 0, 0}));
}

TEST(Frame, RowsMayLieApart) {
  const FrameLayout apart{FrameFormat::kRgba, 1, 2, 6};
  EXPECT_EQ(pixels({1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0}, apart), (Bytes{1, 2, 3, 5, 6, 7}));
  EXPECT_EQ(pixels({1, 2, 3, 4, 0, 0, 5, 6, 7, 8}, apart), (Bytes{1, 2, 3, 5, 6, 7}));  // no padding behind the last row
}

TEST(Frame, OddSizesRoundTheirChromaUp) {
  const auto size = frame_size({FrameFormat::kI420, 3, 3});
  ASSERT_TRUE(size);
  EXPECT_EQ(size->most, 9u + 2 * 4);
  EXPECT_EQ(frame_size({FrameFormat::kNv21, 3, 3})->most, 3u * 4 + 2 * 4);
  EXPECT_EQ(frame_size({FrameFormat::kYuyv, 3, 1})->most, 8u);
}

TEST(Frame, RefusesWhatDoesNotFit) {
  const auto wrong = decode_frame(Bytes(5), {FrameFormat::kNv21, 2, 2});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kMalformed);
  EXPECT_NE(wrong.error().message.find("has 5 bytes; nv21 of 2x2 with rows 2 bytes apart takes 6"), std::string::npos)
      << wrong.error().message;
  EXPECT_FALSE(decode_frame(Bytes(7), {FrameFormat::kNv21, 2, 2}));
  EXPECT_EQ(frame_size({FrameFormat::kRgba, 4, 4, 15}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(frame_size({FrameFormat::kRgba, 0, 4}));
  EXPECT_FALSE(frame_size({FrameFormat::kI420, 1 << 16, 4}));
  EXPECT_FALSE(frame_size({FrameFormat::kRgba, 4, 4, int64_t{1} << 40}));
  EXPECT_EQ(frame_format_from_name("nv12"), FrameFormat::kNv12);
  EXPECT_EQ(frame_format_from_name("yv12"), std::nullopt);
}

}  // namespace
}  // namespace whyzero::image
