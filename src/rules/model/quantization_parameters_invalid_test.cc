// M002 quantization-parameters-invalid: scales and zero points that mean nothing.
#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

std::vector<uint8_t> model(graph::Quantization quantization) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {1, 4}, graph::quantized(0.1f, 3));
  const int w = b.constant<int8_t>("w", {2, 4}, {1, -2, 3, -4, 5, 6, -7, 8}, graph::quantized(0.5f));
  const int bias = b.constant<int32_t>("bias", {2}, {10, -10}, graph::quantized(0.05f));
  const int y = b.tensor("y", DType::kInt8, {1, 2}, std::move(quantization));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

TEST(QuantizationParametersInvalid, Fires) {
  for (float scale : {0.0f, -0.5f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(graph::quantized(scale)))), "M002") << scale;
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(graph::quantized(0.2f, 300)))), "M002") << "zero point of an int8";
}

TEST(QuantizationParametersInvalid, SilentOnHealthyTwin) { EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(graph::quantized(0.2f, -128)))), ""); }

TEST(QuantizationParametersInvalid, FixRestores) {  // there is no patch: the message names the tensor
  const evidence::Finding finding = toy::diagnose_model(model(graph::quantized(0))).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "\"y\""));
  EXPECT_EQ(finding.where.tensor, 3);
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
