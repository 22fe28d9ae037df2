// N003 runtime-disagrees: a runtime with one wrong operator, its right twin, and the small model that shows it.
#include "rules/numbers/runtime_disagrees.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "rules/rule.h"
#include "support/broken_runtime.h"

namespace whyzero::rules {
namespace {

/// Two layers; in int8 where `quantized`.
std::shared_ptr<const graph::Model> model(bool quantized = false) {
  graph::ModelBuilder b;
  const DType dtype = quantized ? DType::kInt8 : DType::kFloat32;
  const auto q = quantized ? graph::quantized(0.1f, 0) : graph::Quantization{};
  const int x = b.input("x", dtype, {1, 6}, q), y = b.tensor("act", dtype, {1, 6}, q), z = b.tensor("sum", dtype, {1, 6}, q);
  b.node(schema::BuiltinOperator_RELU, {x}, {y});
  b.node(schema::BuiltinOperator_ADD, {y, y}, {z}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.output(z);
  return b.build();
}

struct Compared {
  trace::ModelComparison comparison;
  Result<trace::Reduced> reduced;
  std::optional<evidence::Finding> finding;
};

Compared compared(const std::shared_ptr<const graph::Model>& model, std::shared_ptr<const runtime::Runtime> other) {
  const trace::Side a{model, runtime::own_runtime(runtime::Kernels::kReference), "reference"}, b{model, std::move(other), "the device"};
  auto comparison = trace::compare_models(a, b, trace::random_samples(*model, 2, 5));
  EXPECT_TRUE(comparison) << comparison.error().text();
  auto reduced = trace::reduce(a, b, *comparison);
  auto finding = runtime_disagreement(comparison->comparison, reduced);
  return {std::move(*comparison), std::move(reduced), std::move(finding)};
}

TEST(RuntimeDisagrees, Fires) {
  const auto result = compared(model(), std::make_shared<BrokenRuntime>("ADD", 0.25f));
  ASSERT_TRUE(result.finding);
  EXPECT_EQ(result.finding->code, "N003");
  EXPECT_EQ(result.finding->where.node, 1);
  EXPECT_EQ(result.finding->proof, evidence::Proof::kExperiment);
  EXPECT_TRUE(graph::contains(result.finding->message, "node #1 ADD"));
  EXPECT_TRUE(graph::contains(result.finding->message, "\"sum\" differs by up to 0.25"));
  EXPECT_TRUE(graph::contains(result.finding->message, "shows it as well"));
}

TEST(RuntimeDisagrees, SilentOnHealthyTwin) {
  EXPECT_FALSE(compared(model(), runtime::own_runtime(runtime::Kernels::kFast)).finding);
  EXPECT_FALSE(compared(model(true), std::make_shared<BrokenRuntime>("RELU", 1.0f)).finding) << "one step of an integer";
  EXPECT_FALSE(compared(model(), std::make_shared<BrokenRuntime>("ADD", 1e-7f)).finding) << "the last place of a float";
}

TEST(RuntimeDisagrees, FixRestores) {  // there is no patch: the small model goes to whoever makes the runtime
  const auto result = compared(model(), std::make_shared<BrokenRuntime>("RELU", 0.5f));
  ASSERT_TRUE(result.finding && result.reduced);
  EXPECT_EQ(result.finding->where.node, 0);
  EXPECT_TRUE(result.reduced->reproduces);
  EXPECT_LT(result.reduced->model.size(), model()->bytes->size());
  EXPECT_FALSE(result.finding->fix);
}

}  // namespace
}  // namespace whyzero::rules
