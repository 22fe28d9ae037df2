// M001 quantization-parameters-missing: an int8 activation without scale.
#include <gtest/gtest.h>

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

TEST(QuantizationParametersMissing, Fires) { EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model({}))), "M001"); }

TEST(QuantizationParametersMissing, SilentOnHealthyTwin) { EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(graph::quantized(0.2f, -1)))), ""); }

TEST(QuantizationParametersMissing, FixRestores) {  // there is no patch: the message names the tensor
  const evidence::Finding finding = toy::diagnose_model(model({})).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "\"y\""));
  EXPECT_EQ(finding.where.tensor, 3);
  EXPECT_EQ(finding.where.stage, "model");
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
