// O006 output-clamped: a linear model of a target up to 30, with a head that ends at 6 and one that does not.
#include <gtest/gtest.h>

#include <cmath>

#include "base/file.h"
#include "base/random.h"
#include "diagnosis/diagnose.h"
#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// y = 2a + b through an activation; quantized to int8 with this scale where it is not 0.
std::vector<uint8_t> model(schema::ActivationFunctionType activation, float scale = 0) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2}), w = b.constant<float>("w", {1, 2}, {2, 1}), bias = b.constant<float>("bias", {1}, {0});
  int y = b.tensor("y", DType::kFloat32, {1, 1});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [&](auto& f) { return schema::CreateFullyConnectedOptions(f, activation); });
  if (scale > 0) {
    const int q = b.tensor("y/int8", DType::kInt8, {1, 1}, graph::quantized(scale, -128));
    b.node(schema::BuiltinOperator_QUANTIZE, {y}, {q}, [](auto& f) { return schema::CreateQuantizeOptions(f); });
    y = q;
  }
  b.output(y);
  return b.bytes();
}

diagnosis::Diagnosis diagnosis_of(const std::vector<uint8_t>& bytes, bool dequantize = false, double divisor = 1) {
  const toy::Folder folder;
  Random random(5);
  std::string csv = "a,b,target\n";
  for (int i = 0; i < 40; ++i) {
    const double a = 10 * random.uniform(), b = 10 * random.uniform();
    csv += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string((2 * a + b + random.uniform() - 0.5) / divisor) + "\n";
  }
  EXPECT_TRUE(write_text(folder / "data.csv", csv));
  EXPECT_TRUE(write_file(folder / "model.tflite", bytes));
  json decode = json::array();
  if (dequantize) decode.push_back({{"dequantize", "affine"}});
  if (divisor != 1) decode.push_back({{"scale", 1 / divisor}});
  decode.push_back({{"regression", json::object()}});
  const json document = {{"whyzero", 1},
                         {"model", "model.tflite"},
                         {"input", {{"table", {{"csv", "data.csv"}, {"features", {"a", "b"}}, {"label", "target"}}}, {"pipeline", json::array()}}},
                         {"output", {{"decode", decode}}}};
  auto diagnosed = diagnosis::diagnose_document(document, folder.path(), {.threads = 1, .seed = 1});
  EXPECT_TRUE(diagnosed) << diagnosed.error().text();
  return diagnosed ? std::move(*diagnosed) : diagnosis::Diagnosis{};
}

TEST(OutputClamped, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_RELU6))), "O006");
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_NONE, 0.03f), true)), "O006") << "its int8 ends at 7.65";
}

TEST(OutputClamped, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_NONE))), "");
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_RELU))), "") << "no target is below 0";
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_NONE, 0.12f), true)), "") << "its int8 ends at 30.6";
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_NONE), false, 100)), "") << "a scale in the app";
}

TEST(OutputClamped, IntegersThatAreOnlyReadWronglyAreAnotherFault) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of(model(schema::ActivationFunctionType_NONE, 0.12f))), "O001") << "-128…127 are 0…30.6";
}

TEST(OutputClamped, FixRestores) {  // there is no patch: range, operator and what is left are named
  const evidence::Finding finding = diagnosis_of(model(schema::ActivationFunctionType_RELU6)).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "can show 0 to 6 only"));
  EXPECT_TRUE(graph::contains(finding.message, "node #0 FULLY_CONNECTED with RELU6"));
  EXPECT_EQ(finding.where.stage, "model");
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
