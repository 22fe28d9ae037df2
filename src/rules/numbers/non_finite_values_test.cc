// N001 non-finite-values: a logarithm inside the model, fed with numbers that it takes and with one that it does not.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"
#include "diagnosis/diagnose.h"
#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// log(x), then the difference of two features decides: class 1 where the second is larger.
std::vector<uint8_t> model() {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2}), log = b.tensor("log", DType::kFloat32, {1, 2}), y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_LOG, {x}, {log});
  const int w = b.constant<float>("w", {2, 2}, {1, -1, -1, 1.5f}), bias = b.constant<float>("bias", {2}, {0, 0.1f});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {log, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

/// 40 rows of positive numbers; every fifth has `missing` for its first feature, unless that is 0.
diagnosis::Diagnosis diagnosis_of(int missing) {
  static const toy::Folder folder;
  Random random(5);
  std::string csv = "a,b,label\n";
  for (int i = 0; i < 40; ++i) {
    const double a = 1 + random.uniform(), b = i % 2 == 0 ? a / 4 : a * 4;
    csv += (missing != 0 && i % 5 == 2 ? std::to_string(missing) : std::to_string(a)) + "," + std::to_string(b) + "," + std::to_string(i % 2) + "\n";
  }
  EXPECT_TRUE(write_text(folder / "data.csv", csv));
  EXPECT_TRUE(write_file(folder / "model.tflite", model()));
  const json document = {{"whyzero", 1},
                         {"model", "model.tflite"},
                         {"input", {{"table", {{"csv", "data.csv"}, {"features", {"a", "b"}}, {"label", "label"}}}, {"pipeline", json::array()}}},
                         {"output", {{"decode", {{{"argmax", json::object()}}}}}}};
  auto diagnosed = diagnosis::diagnose_document(document, folder.path(), {.threads = 1, .seed = 1});
  EXPECT_TRUE(diagnosed) << diagnosed.error().text();
  return diagnosed ? std::move(*diagnosed) : diagnosis::Diagnosis{};
}

TEST(NonFiniteValues, Fires) { EXPECT_EQ(toy::loud_codes(diagnosis_of(-1)), "N001"); }

TEST(NonFiniteValues, SilentOnHealthyTwin) { EXPECT_EQ(toy::loud_codes(diagnosis_of(0)), ""); }

TEST(NonFiniteValues, FixRestores) {  // there is no patch: node, numbers and sample are named
  const evidence::Finding finding = diagnosis_of(-1).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "8 of 40 samples"));
  EXPECT_TRUE(graph::contains(finding.message, "node #0 LOG"));
  EXPECT_TRUE(graph::contains(finding.message, "numbers from -1 to"));
  EXPECT_EQ(finding.where.node, 0);
  EXPECT_EQ(finding.where.tensor, 1);
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
