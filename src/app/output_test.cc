// Decode steps against numbers worked out by hand.
#include "app/output.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace whyzero::app {
namespace {

template <class T>
Result<Answer> decode(const std::vector<T>& raw, DType dtype, const char* steps) {
  TensorInfo tensor;
  tensor.dtype = dtype;
  tensor.scale = 0.5f;
  tensor.zero_point = 128;
  const auto parsed = nlohmann::json::parse(steps, nullptr, false);
  WHYZERO_TRY(check_decode(parsed));
  return decode_output({reinterpret_cast<const uint8_t*>(raw.data()), raw.size() * sizeof(T)}, tensor, parsed);
}

Result<Answer> decode_bytes(std::vector<uint8_t> raw, const char* steps) { return decode(raw, DType::kUInt8, steps); }
Result<Answer> decode_floats(std::vector<float> raw, const char* steps) { return decode(raw, DType::kFloat32, steps); }

TEST(Output, FindsTheClass) {
  EXPECT_EQ(*decode_bytes({100, 130, 200}, R"([{"argmax": {}}])")->label, 2);
  EXPECT_EQ(*decode_bytes({100, 130, 200}, R"([{"view": "int8"}, {"argmax": {}}])")->label, 0);
  EXPECT_EQ(*decode_floats({NAN, 1}, R"([{"argmax": {}}])")->label, 1);
  EXPECT_EQ(*decode_floats({NAN, -INFINITY}, R"([{"argmax": {}}])")->label, 1);
  EXPECT_EQ(*decode_floats({NAN, NAN}, R"([{"argmax": {}}])")->label, 0);
  EXPECT_EQ(*decode_floats({1, 3, 3}, R"([{"argmax": {}}])")->label, 1);
  EXPECT_EQ(*decode_floats({0.6f}, R"([{"threshold": 0.5}])")->label, 1);
  EXPECT_EQ(*decode_floats({0.5f}, R"([{"threshold": 0.5}])")->label, 0);
  EXPECT_EQ(*decode_floats({0.3f}, R"([{"threshold": 0.3}])")->label, 0);  // compared as float32
  EXPECT_EQ(*decode_floats({0.9f}, R"([{"truncate": {}}, {"threshold": 0.5}])")->label, 0);
}

TEST(Output, ShowsNumbers) {
  EXPECT_EQ(decode_bytes({100, 130, 200}, R"([{"dequantize": "affine"}])")->shown, (std::vector<double>{-14, 1, 36}));
  EXPECT_EQ(decode_floats({1, 2}, R"([{"scale": 0.25}, {"regression": {}}])")->shown, (std::vector<double>{0.25, 0.5}));
  const auto softmax = decode_floats({0, 0, std::log(2.0f)}, R"([{"softmax": {}}])");
  EXPECT_NEAR(softmax->shown[0], 0.25, 1e-6);
  EXPECT_NEAR(softmax->shown[2], 0.5, 1e-6);
  EXPECT_NEAR(decode_floats({0, 100, -100}, R"([{"sigmoid": {}}])")->shown[0], 0.5, 1e-7);
  EXPECT_FALSE(decode_floats({1}, R"([{"regression": {}}])")->label);
  const auto both = decode_floats({0, 1}, R"([{"argmax": {}}, {"scale": 10}])");
  EXPECT_EQ(both->scores, (std::vector<double>{0, 1}));
  EXPECT_EQ(both->shown, (std::vector<double>{0, 10}));
}

TEST(Output, RefusesWhatCannotBeRead) {
  EXPECT_FALSE(decode_floats({}, R"([{"argmax": {}}])"));
  EXPECT_FALSE(decode_bytes({1, 2, 3}, R"([{"view": "float32"}])"));
  EXPECT_FALSE(decode_bytes({1}, R"([{"argmax": {"axis": 1}}])"));
  EXPECT_FALSE(decode_bytes({1}, R"([{"threshold": "half"}])"));
}

TEST(Output, LooksLabelsUp) {
  Output output;
  EXPECT_EQ(label_text(output, 3), "3");
  output.labels = {"background", "cat"};
  output.label_offset = 1;
  EXPECT_EQ(label_text(output, 0), "cat");
  EXPECT_EQ(label_text(output, 1), std::nullopt);
  EXPECT_EQ(label_text(output, -2), std::nullopt);
}

}  // namespace
}  // namespace whyzero::app
