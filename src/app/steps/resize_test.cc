// The resize step: sizes, and pixels that Pillow and OpenCV gave for the same picture.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

Value scrambled() {
  std::vector<uint8_t> bytes(5 * 6 * 3);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 37);
  return bytes_value({5, 6, 3}, bytes);
}

TEST(ResizeStep, GivesPillowsPixels) {
  const auto value = run_text(scrambled(), R"([{"resize": {"width": 3, "height": 2}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->shape, (std::vector<int32_t>{2, 3, 3}));
  EXPECT_EQ(numbers_in<uint8_t>(*value),
            (std::vector<uint8_t>{89, 114, 146, 135, 95, 122, 143, 135, 92, 129, 166, 123, 112, 137, 164, 146, 112, 144}));
}

TEST(ResizeStep, TakesACentralCropAsABox) {
  const auto value = run_text(scrambled(), R"([{"crop": {"central": 0.75}}, {"resize": {"width": 3, "height": 2}}])");
  ASSERT_TRUE(value);
  EXPECT_FALSE(value->box);
  EXPECT_EQ(numbers_in<uint8_t>(*value),
            (std::vector<uint8_t>{85, 111, 148, 143, 86, 123, 151, 121, 97, 124, 161, 137, 99, 136, 173, 140, 110, 147}));
}

TEST(ResizeStep, GivesOpenCVsPixels) {
  const auto value = run_text(scrambled(), R"([{"resize": {"width": 3, "height": 2, "library": "opencv"}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(numbers_in<uint8_t>(*value),
            (std::vector<uint8_t>{75, 112, 149, 169, 78, 115, 135, 172, 81, 140, 177, 86, 106, 143, 180, 168, 109, 146}));
}

TEST(ResizeStep, KeepsTheAspectRatio) {
  const std::pair<std::vector<int32_t>, std::vector<int32_t>> all[] = {
      {{30, 50, 3}, {10, 16, 3}}, {{50, 30, 3}, {16, 10, 3}}, {{33, 100, 3}, {10, 30, 3}}, {{7, 7, 3}, {10, 10, 3}}};
  for (const auto& [before, after] : all) {
    const auto value = run_text(counting_picture(before[0], before[1]), R"([{"resize": {"shorter": 10}}])");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->shape, after);
  }
}

TEST(ResizeStep, MakesFloatsWhereTensorFlowDoes) {
  const auto value = run_text(counting_picture(4, 4), R"([{"resize": {"width": 2, "height": 2, "library": "tensorflow"}}])");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->dtype, DType::kFloat32);
  EXPECT_FLOAT_EQ(value->as<float>()[0], (0 + 3 + 12 + 15) / 4.0f);  // half-pixel centres: the mean of four neighbours
}

TEST(ResizeStep, ChecksItsKeys) {
  for (const char* wrong :
       {R"({"width": 3})", R"({"width": 0, "height": 3})", R"({"width": 3, "height": 1e9})", R"({"shorter": 3, "width": 3})",
        R"({"width": 3, "height": 3, "method": "cubic"})", R"({"width": 3, "height": 3, "library": "skimage"})",
        R"({"width": 3, "height": 3, "method": "lanczos", "library": "tensorflow-v1"})", R"({"widht": 3, "height": 3})"})
    EXPECT_TRUE(refused("resize", wrong)) << wrong;
  const auto checked = find_step("resize")->check(nlohmann::json::parse(R"({"widht": 3, "height": 3})", nullptr, false));
  EXPECT_NE(checked.error().text().find("did you mean \"width\""), std::string::npos);
}

}  // namespace
}  // namespace whyzero::app
