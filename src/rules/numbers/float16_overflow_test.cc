// N002 float16-overflow: a kernel in half precision with weights at its end, and one within.
#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "numerics/half.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

/// y = w · x with a kernel of halves, or of floats.
std::vector<uint8_t> dense(const std::vector<float>& weights, bool half = true) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4});
  int w;
  if (half) {
    std::vector<uint8_t> bytes;
    for (float value : weights) {
      const uint16_t bits = half_from_float(value);
      bytes.push_back(static_cast<uint8_t>(bits & 0xff));
      bytes.push_back(static_cast<uint8_t>(bits >> 8));
    }
    const int packed = b.constant_bytes("dense/kernel", DType::kFloat16, {2, 4}, bytes);
    w = b.tensor("dense/kernel/real", DType::kFloat32, {2, 4});
    b.node(schema::BuiltinOperator_DEQUANTIZE, {packed}, {w}, [](auto& f) { return schema::CreateDequantizeOptions(f); });
  } else {
    w = b.constant<float>("dense/kernel", {2, 4}, weights);
  }
  const int y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

const std::vector<float> kLarge = {1, -2, 3, 65504, 5, -65504, 7, 8}, kUsual = {1, -2, 3, -4, 5, 6000, -7, 0.001f};

TEST(Float16Overflow, Fires) {
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(dense(kLarge))), "N002");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(dense({1, -2, 3, 1e6f, 5, 6, 7, 8}))), "N002") << "infinite as a half: said once, and better than by M003";
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(dense({1e-6f, -2e-6f, 3e-6f, 1e-7f, 5e-6f, 6e-6f, 7e-6f, 1}))), "N002") << "hardly a bit left";
}

TEST(Float16Overflow, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::find(toy::diagnose_model(dense(kUsual)), "N002"), nullptr);
  const diagnosis::Diagnosis real = toy::diagnose_model(dense({1, -2, 3, 1e6f, 5, 6, 7, 8}, false));
  EXPECT_EQ(toy::loud_codes(real), "");
  EXPECT_NE(toy::find(real, "N002"), nullptr) << "a note: half precision could not hold it";
}

TEST(Float16Overflow, FixRestores) {  // there is no patch: the message counts and names
  const evidence::Finding finding = toy::diagnose_model(dense(kLarge)).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "2 of 8 weights"));
  EXPECT_TRUE(graph::contains(finding.message, "dense/kernel"));
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
