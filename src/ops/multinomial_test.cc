// MULTINOMIAL: how often classes are drawn, and what impossible weights give.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

std::vector<int64_t> draw(const std::vector<float>& logits, int32_t draws) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, static_cast<int32_t>(logits.size())});
  const int n = b.constant<int32_t>("n", {}, {draws}), y = b.tensor("y", DType::kInt64, {1, draws});
  b.node(schema::BuiltinOperator_MULTINOMIAL, {x, n}, {y}, [](auto& f) { return schema::CreateRandomOptions(f, 3, 9); });
  b.output(y);
  return run<float, int64_t>(b, {logits});
}

TEST(Multinomial, ClassesComeAsOftenAsTheirWeights) {
  const auto drawn = draw({std::log(1.0f), std::log(2.0f), std::log(5.0f)}, 8000);
  ASSERT_EQ(drawn.size(), 8000u);
  double count[3] = {};
  for (int64_t c : drawn) {
    ASSERT_TRUE(c >= 0 && c < 3);
    ++count[c];
  }
  // Four standard deviations of a count, √(n p (1 - p)) <= 44.
  EXPECT_NEAR(count[0], 1000, 180);
  EXPECT_NEAR(count[1], 2000, 180);
  EXPECT_NEAR(count[2], 5000, 180);
}

TEST(Multinomial, WeightsOfZeroAreNeverDrawn) {
  const float none = -INFINITY;
  for (int64_t c : draw({none, 1.0f, none, 2.0f}, 500)) EXPECT_TRUE(c == 1 || c == 3) << c;
}

}  // namespace
}  // namespace whyzero::ops
