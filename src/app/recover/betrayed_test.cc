#include "app/recover/betrayed.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "app/test_support.h"

namespace whyzero::recover {
namespace {

using app::tensor_of;
using Codes = std::set<std::string>;

const app::TensorInfo kFloat = tensor_of(DType::kFloat32, {1, 16, 16, 3});
const app::TensorInfo kSigned = tensor_of(DType::kInt8, {1, 16, 16, 3}, 1 / 127.5f, -1);
const app::TensorInfo kBytes = tensor_of(DType::kUInt8, {1, 16, 16, 3}, 1 / 128.0f, 128);

Codes codes_of(const std::string& steps, const app::TensorInfo& tensor) {
  const std::string size = R"([{"resize": {"width": 16, "height": 16, "method": "bilinear", "library": "pillow"}})";
  Codes codes;
  for (const Fact& fact : betrayed_by_steps(nlohmann::json::parse(size + (steps.empty() ? "" : ", ") + steps + "]"), tensor, *frame_of(tensor))) codes.insert(fact.code);
  return codes;
}

const std::string kNumbers = R"({"normalize": {"scale": 0.00784313725490196, "offset": -1}})";

TEST(Betrayed, MemoryThatNoModelWants) {
  EXPECT_EQ(codes_of(kNumbers, kFloat), Codes{});
  EXPECT_EQ(codes_of(R"({"channels": "bgr"}, {"cast": "float32"})", kFloat), Codes{}) << "some models want that";
  EXPECT_EQ(codes_of(R"({"stride_bug": {"row_bytes": 64}}, )" + kNumbers, kFloat), Codes{"P012"});
  EXPECT_EQ(codes_of(kNumbers + R"(, {"byte_order": "big"})", kFloat), Codes{"P020"});
  EXPECT_EQ(codes_of(kNumbers + R"(, {"layout": "nchw"})", kFloat), Codes{"P007"});
  EXPECT_EQ(codes_of(R"({"reinterpret": "float32"})", kFloat), Codes{"P006"});
}

TEST(Betrayed, ArithmeticThatTheTypeDoesNotHold) {
  EXPECT_EQ(codes_of("", kBytes), Codes{});
  EXPECT_EQ(codes_of(kNumbers + R"(, {"quantize": "affine"})", kSigned), Codes{});
  EXPECT_EQ(codes_of(R"({"normalize": {"scale": 1, "offset": -128}}, {"cast": "int8"})", kSigned), Codes{});
  EXPECT_EQ(codes_of(R"({"cast": "int8"})", kSigned), Codes{"P005"});
  EXPECT_EQ(codes_of(R"({"normalize": {"scale": 1, "offset": -128}}, {"cast": "uint8"})", kBytes), Codes{"P005"});
  EXPECT_EQ(codes_of(kNumbers + R"(, {"cast": "int8"})", kSigned), Codes{"P004"});
  EXPECT_EQ(codes_of(kNumbers + R"(, {"cast": "uint8"})", kBytes), Codes{"P004"});
  // Half of the range is clamped away or cut off: another cause.
  EXPECT_EQ(codes_of(R"({"normalize": {"scale": 0.00392156862745098, "offset": 0}}, {"quantize": "truncate"})", kBytes), Codes{});
}

}  // namespace
}  // namespace whyzero::recover
