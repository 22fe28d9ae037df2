// M009 hard-coded-batch: a reshape to one row, and one that leaves the batch open.
#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

/// A reshape to these rows before a dense layer; the batch is variable where the file says so.
std::vector<uint8_t> model(int32_t rows, bool promises = true) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2, 2}), shape = b.constant<int32_t>("shape", {2}, {rows, 4}), flat = b.tensor("flat", DType::kFloat32, {1, 4});
  if (promises) b.shape_signature(x, {-1, 2, 2});
  b.node(schema::BuiltinOperator_RESHAPE, {x, shape}, {flat}, [](auto& f) { return schema::CreateReshapeOptions(f); });
  const int w = b.constant<float>("w", {2, 4}, {1, -2, 3, -4, 5, 6, -7, 8}), y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {flat, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

TEST(HardCodedBatch, Fires) {
  const diagnosis::Diagnosis diagnosis = toy::diagnose_model(model(1));
  const evidence::Finding* finding = toy::find(diagnosis, "M009");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->where.node, 0);
  EXPECT_EQ(toy::loud_codes(diagnosis), "") << "a note: one sample at a time works";
}

TEST(HardCodedBatch, SilentOnHealthyTwin) {
  EXPECT_EQ(toy::find(toy::diagnose_model(model(-1)), "M009"), nullptr);
  EXPECT_EQ(toy::find(toy::diagnose_model(model(1, false)), "M009"), nullptr) << "a batch of one is all it promises";
}

TEST(HardCodedBatch, FixRestores) {  // there is no patch
  const diagnosis::Diagnosis diagnosis = toy::diagnose_model(model(1));
  EXPECT_FALSE(toy::find(diagnosis, "M009")->fix);
}

}  // namespace
}  // namespace whyzero::rules
