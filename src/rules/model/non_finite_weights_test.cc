// M003 non-finite-weights: one NaN among the weights, and the infinities of a mask.
#include <gtest/gtest.h>

#include <limits>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

std::vector<uint8_t> dense(float last_weight) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4});
  const int w = b.constant<float>("dense/kernel", {2, 4}, {1, -2, 3, -4, 5, 6, -7, last_weight}), bias = b.constant<float>("bias", {2}, {1, 2});
  const int y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

/// Scores plus a mask, then a softmax, as attention does it.
std::vector<uint8_t> masked() {
  constexpr float kHidden = -std::numeric_limits<float>::infinity();
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4}), mask = b.constant<float>("mask", {1, 4}, {0, 0, kHidden, kHidden});
  const int sum = b.tensor("sum", DType::kFloat32, {1, 4}), y = b.tensor("y", DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_ADD, {x, mask}, {sum}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.node(schema::BuiltinOperator_SOFTMAX, {sum}, {y}, [](auto& f) { return schema::CreateSoftmaxOptions(f, 1.0f); });
  b.output(y);
  return b.bytes();
}

TEST(NonFiniteWeights, Fires) {
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(dense(std::numeric_limits<float>::quiet_NaN()))), "M003");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(dense(std::numeric_limits<float>::infinity()))), "M003");
}

TEST(NonFiniteWeights, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(dense(8))), "");
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(masked())), "");
}

TEST(NonFiniteWeights, FixRestores) {  // there is no patch: the message names the tensor
  const evidence::Finding finding = toy::diagnose_model(dense(std::numeric_limits<float>::quiet_NaN())).findings.at(0);
  EXPECT_TRUE(graph::contains(finding.message, "dense/kernel"));
  EXPECT_EQ(finding.where.tensor, 1);
  EXPECT_FALSE(finding.fix);
}

}  // namespace
}  // namespace whyzero::rules
