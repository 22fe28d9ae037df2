// NON_MAX_SUPPRESSION_V4 and V5 on boxes whose overlaps are simple fractions.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

// Boxes 1 and 0 share a third of their union, box 3 repeats box 2, whose corners are given the other way round.
const std::vector<float> kBoxes = {0, 0, 2, 2, 0, 1, 2, 3, 9, 9, 5, 5, 5, 5, 9, 9};
const std::vector<float> kScores = {0.9f, 0.8f, 0.7f, 0.6f};

struct Answer {
  std::vector<int32_t> chosen;
  std::vector<float> scores;
  int32_t count = -1;
};

Answer suppress(int32_t most, float overlap, float least, float sigma, bool soft) {
  graph::ModelBuilder b;
  std::vector<int> in = {b.constant<float>("boxes", {4, 4}, kBoxes), b.constant<float>("scores", {4}, kScores),
                         b.constant<int32_t>("most", {}, {most}), b.constant<float>("overlap", {}, {overlap}),
                         b.constant<float>("least", {}, {least})};
  if (soft) in.push_back(b.constant<float>("sigma", {}, {sigma}));
  std::vector<int> out = {b.tensor("chosen", DType::kInt32, {most})};
  if (soft) out.push_back(b.tensor("kept", DType::kFloat32, {most}));
  out.push_back(b.tensor("count", DType::kInt32, {}));
  b.node(soft ? schema::BuiltinOperator_NON_MAX_SUPPRESSION_V5 : schema::BuiltinOperator_NON_MAX_SUPPRESSION_V4, in, out);
  for (int tensor : out) b.output(tensor);
  auto made = runtime::Interpreter::create(b.build(), {.kernels = runtime::Kernels::kReference});
  if (!made || !(*made)->invoke()) return {};
  auto& interpreter = **made;
  for (const auto& skipped : interpreter.coverage().skipped) ADD_FAILURE() << skipped.error.text();
  Answer answer;
  const Tensor& chosen = interpreter.output(0);
  answer.chosen.assign(chosen.as<int32_t>(), chosen.as<int32_t>() + chosen.elements());
  if (soft) answer.scores.assign(interpreter.output(1).as<float>(), interpreter.output(1).as<float>() + chosen.elements());
  answer.count = *interpreter.output(soft ? 2 : 1).as<int32_t>();
  return answer;
}

TEST(NonMaxSuppressionTest, OverlappingBoxesGoAndTheRestIsZero) {
  const Answer strict = suppress(4, 0.3f, 0.0f, 0.0f, false);
  EXPECT_EQ(strict.chosen, (std::vector<int32_t>{0, 2, 0, 0}));
  EXPECT_EQ(strict.count, 2);
  EXPECT_EQ(suppress(4, 0.5f, 0.0f, 0.0f, false).chosen, (std::vector<int32_t>{0, 1, 2, 0}));
  EXPECT_EQ(suppress(1, 0.5f, 0.0f, 0.0f, false).count, 1);
  EXPECT_EQ(suppress(4, 0.5f, 0.75f, 0.0f, false).count, 2);
}

TEST(NonMaxSuppressionTest, SoftScoresFadeWithTheOverlap) {
  const Answer soft = suppress(4, 1.0f, 0.0f, 0.5f, true);
  // exp(-overlap² / (2 sigma)) with overlaps 1/3 and 1; the repeated box has overlap 1 and goes.
  const double faded = 0.8 * std::exp(-1.0 / 9.0);
  EXPECT_EQ(soft.chosen, (std::vector<int32_t>{0, 1, 2, 0}));
  EXPECT_EQ(soft.count, 3);
  EXPECT_NEAR(static_cast<double>(soft.scores[1]), faded, 1e-6);
  EXPECT_FLOAT_EQ(soft.scores[2], 0.7f);
}

}  // namespace
}  // namespace whyzero::ops
