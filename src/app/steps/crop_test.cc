// The crop step: boxes and roundings of each library, worked out with NumPy.
#include "app/test_support.h"

namespace whyzero::app {
namespace {

struct Expected {
  const char* crop;
  std::vector<int32_t> shape;
  uint8_t first;
};

TEST(CropStep, RoundsAsEachLibrary) {
  const Expected all[] = {{R"({"central": 0.5})", {4, 5, 3}, 33},
                          {R"({"central": 0.875})", {6, 8, 3}, 0},
                          {R"({"central": 0.5, "library": "tensorflow"})", {5, 5, 3}, 33},
                          {R"({"central": 0.875, "library": "tensorflow"})", {7, 9, 3}, 0},
                          {R"({"center": [4, 4]})", {4, 4, 3}, 60},
                          {R"({"center": [5, 4]})", {4, 5, 3}, 60},
                          {R"({"square": true})", {7, 7, 3}, 3},
                          {R"({"box": [2, 1, 3, 4]})", {4, 3, 3}, 33}};
  for (const Expected& expected : all) {
    const auto value = run_text(counting_picture(7, 9), std::string(R"([{"crop": )") + expected.crop + "}]");
    ASSERT_TRUE(value) << expected.crop;
    EXPECT_EQ(value->shape, expected.shape) << expected.crop;
    EXPECT_EQ(value->bytes[0], expected.first) << expected.crop;
    EXPECT_EQ(value->bytes.size(), value->elements());
  }
}

TEST(CropStep, HandsItsBoxToPillowOnly) {
  Value value = counting_picture(7, 9);
  const auto pillow =
      nlohmann::json::parse(R"([{"crop": {"central": 0.5}}, {"resize": {"width": 3, "height": 3}}])", nullptr, false);
  ASSERT_TRUE(run_steps(value, pillow, 0, 1, tensor_of(DType::kFloat32, {1})));
  ASSERT_TRUE(value.box);
  EXPECT_DOUBLE_EQ(value.box->left, 2.25);
  EXPECT_DOUBLE_EQ(value.box->bottom, 5.25);
  EXPECT_EQ(value.shape, (std::vector<int32_t>{7, 9, 3}));
  Value other = counting_picture(7, 9);
  const auto opencv = nlohmann::json::parse(
      R"([{"crop": {"central": 0.5}}, {"resize": {"width": 3, "height": 3, "library": "opencv"}}])", nullptr, false);
  ASSERT_TRUE(run_steps(other, opencv, 0, 1, tensor_of(DType::kFloat32, {1})));
  EXPECT_FALSE(other.box);
  EXPECT_EQ(other.shape, (std::vector<int32_t>{4, 5, 3}));
}

TEST(CropStep, RefusesWhatLeavesThePicture) {
  const auto outside = run_text(counting_picture(7, 9), R"([{"crop": {"box": [7, 0, 3, 3]}}])");
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::kShapeMismatch);
  EXPECT_FALSE(run_text(counting_picture(7, 9), R"([{"crop": {"center": [10, 4]}}])"));
  EXPECT_FALSE(run_text(floats_value({4}, {1, 2, 3, 4}), R"([{"crop": {"square": true}}])"));
}

TEST(CropStep, ChecksItsKeys) {
  for (const char* wrong :
       {"{}", R"({"central": 0})", R"({"central": 1.5})", R"({"square": false})", R"({"center": [1]})",
        R"({"box": [0, 0, 0, 3]})", R"({"box": [0, 0, 1.5, 3]})", R"({"square": true, "central": 0.5})", "0.5"})
    EXPECT_TRUE(refused("crop", wrong)) << wrong;
}

}  // namespace
}  // namespace whyzero::app
