// The dry run: contracts of the file against values of a run, and what is nobody's fault.
#include "evidence/dry_run.h"

#include <gtest/gtest.h>

#include <cstring>

#include "graph/builder.h"
#include "graph/test_support.h"

namespace whyzero::evidence {
namespace {

using graph::ModelBuilder;

ModelBuilder quotient(DType type) {
  ModelBuilder b;
  const int x = b.input("x", type, {4}), by = b.input("by", type, {4}), y = b.tensor("y", type, {4});
  b.node(schema::BuiltinOperator_DIV, {x, by}, {y}, [](auto& f) { return schema::CreateDivOptions(f); });
  b.output(y);
  return b;
}

TEST(DryRun, AHealthyModelHasNoDefect) {
  const DryRun dry = dry_run(quotient(DType::kFloat32).build());
  EXPECT_TRUE(dry.defects.empty() && dry.failures.empty());
  EXPECT_TRUE(dry.outputs_computed);
  EXPECT_EQ(dry.coverage->run, 1);
}

TEST(DryRun, ContractsOfTheFile) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2, 3}), c = b.constant<float>("c", {4, 3}, std::vector<float>(12)),
            y = b.tensor("y", DType::kFloat32, {2, 3});
  b.node(schema::BuiltinOperator_ADD, {x, c}, {y}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.output(y);
  const DryRun dry = dry_run(b.build());
  ASSERT_EQ(dry.defects.size(), 1u);
  EXPECT_EQ(dry.defects[0].code, "F003");
  EXPECT_EQ(dry.defects[0].node, 0);
  EXPECT_TRUE(graph::contains(dry.defects[0].message, "[2,3]")) << dry.defects[0].message;
  EXPECT_TRUE(dry.failures.empty());
  EXPECT_FALSE(dry.outputs_computed);
}

TEST(DryRun, ValuesOfARunAreNoContract) {
  const DryRun dry = dry_run(quotient(DType::kInt32).build());
  EXPECT_TRUE(dry.defects.empty());
  ASSERT_EQ(dry.failures.size(), 1u);
  EXPECT_TRUE(graph::contains(dry.failures[0].message, "on inputs of zeros")) << dry.failures[0].message;
  EXPECT_FALSE(dry.outputs_computed);
}

trace::Arrays recorded(std::vector<int32_t> divisor) {
  trace::Array array{DType::kInt32, {static_cast<int64_t>(divisor.size())}, std::vector<uint8_t>(4 * divisor.size()), {}};
  std::memcpy(array.data.data(), divisor.data(), array.data.size());
  return {{"in_1", array}};
}

TEST(DryRun, RecordedInputsCountMoreThanZeros) {
  const auto model = quotient(DType::kInt32).build();
  EXPECT_TRUE(dry_run(model, recorded({1, 2, 3, 4})).failures.empty());
  const DryRun dry = dry_run(model, recorded({1, 2, 0, 4}));
  ASSERT_EQ(dry.failures.size(), 1u);
  EXPECT_TRUE(graph::contains(dry.failures[0].message, "on the recorded inputs")) << dry.failures[0].message;
  auto wrong = recorded({1, 2, 3, 4});
  wrong["in_1"].dtype = DType::kFloat32;
  const DryRun without = dry_run(model, wrong);
  ASSERT_EQ(without.failures.size(), 1u) << "what does not fit is left out";
  EXPECT_TRUE(graph::contains(without.failures[0].message, "on inputs of zeros"));
}

TEST(DryRun, AnOperatorThatIsNotThereRefusesNothing) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2}), y = b.tensor("y", DType::kFloat32, {2});
  b.custom("Secret", {x}, {y});
  b.output(y);
  const DryRun dry = dry_run(b.build());
  EXPECT_TRUE(dry.defects.empty());
  EXPECT_FALSE(dry.outputs_computed);
  EXPECT_EQ(dry.coverage->skipped.size(), 1u);
}

TEST(DryRun, MemoryIsNotTheFilesFault) {
  const DryRun dry = dry_run(quotient(DType::kFloat32).build(), {}, 8);
  EXPECT_TRUE(dry.defects.empty());
  EXPECT_FALSE(dry.coverage);
}

}  // namespace
}  // namespace whyzero::evidence
