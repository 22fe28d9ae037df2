// F003 corrupt-model: an operator that reads a tensor that does not exist.
#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

std::vector<uint8_t> model(int input_of_second) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4}), y = b.tensor("y", DType::kFloat32, {1, 4}), z = b.tensor("z", DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_RELU, {x}, {y});
  b.node(schema::BuiltinOperator_RELU, {input_of_second}, {z});
  b.output(z);
  return b.bytes();
}

TEST(CorruptModel, Fires) {
  const diagnosis::Diagnosis diagnosis = toy::diagnose_model(model(97));
  EXPECT_EQ(toy::loud_codes(diagnosis), "F003");
  EXPECT_EQ(diagnosis.verdict, diagnosis::Verdict::kFault);
}

TEST(CorruptModel, SilentOnHealthyTwin) { EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model(1))), ""); }

TEST(CorruptModel, FixRestores) {  // there is no patch: the message says where
  const evidence::Finding finding = toy::diagnose_model(model(97)).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "97"));
  EXPECT_EQ(finding.where.node, 1);
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
