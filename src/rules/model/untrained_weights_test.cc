// M005 untrained-weights: layers as an initializer draws them, the same layers after training moved them, and the toy's model.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/toy_app.h"

namespace whyzero::rules {
namespace {

double normal(Random& random) {
  const double u = 1 - random.uniform(), v = random.uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
}

enum class Draw { kGlorotUniform, kHeNormal, kTrained };

struct Kernels {
  Draw hidden = Draw::kGlorotUniform, head = Draw::kGlorotUniform;
  float bias = 0;
};

/// What training makes of a draw: some weights far beyond the limit, most of them smaller. A Laplace distribution.
std::vector<float> drawn(Draw draw, int fan_in, int fan_out, Random& random) {
  std::vector<float> weights(static_cast<size_t>(fan_in * fan_out));
  const double glorot = std::sqrt(6.0 / (fan_in + fan_out)), deviation = std::sqrt(2.0 / fan_in);
  for (float& w : weights) {
    if (draw == Draw::kGlorotUniform) w = static_cast<float>(glorot * (2 * random.uniform() - 1));
    else if (draw == Draw::kHeNormal) w = static_cast<float>(deviation * normal(random));
    else w = static_cast<float>(glorot / std::sqrt(6.0) * std::log(1 - random.uniform()) * (random.below(2) == 0 ? 1 : -1));
  }
  return weights;
}

/// Two layers on the toy's photos. Training moves biases as well.
std::vector<uint8_t> model(const Kernels& kernels) {
  const auto bias = [&](Draw draw, size_t units) { return std::vector<float>(units, draw == Draw::kTrained ? 0.05f : kernels.bias); };
  Random random(3);
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  const int w1 = b.constant<float>("hidden/kernel", {16, 192}, drawn(kernels.hidden, 192, 16, random));
  const int b1 = b.constant<float>("hidden/bias", {16}, bias(kernels.hidden, 16)), h = b.tensor("hidden/Relu", DType::kFloat32, {1, 16});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w1, b1}, {h},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU); });
  const int w2 = b.constant<float>("head/kernel", {6, 16}, drawn(kernels.head, 16, 6, random)), b2 = b.constant<float>("head/bias", {6}, bias(kernels.head, 6));
  const int y = b.tensor("head", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {h, w2, b2}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

const diagnosis::Diagnosis& diagnosis_of(const std::string& name, const Kernels& kernels) {
  return toy::standard().diagnose(toy::standard().with_model(name, model(kernels)));
}

TEST(UntrainedWeights, Fires) {
  EXPECT_EQ(toy::loud_codes(diagnosis_of("glorot.tflite", {})), "M005");
  EXPECT_EQ(toy::loud_codes(diagnosis_of("he.tflite", {Draw::kHeNormal, Draw::kHeNormal})), "M005");
  const diagnosis::Diagnosis& head = diagnosis_of("head.tflite", {Draw::kTrained, Draw::kGlorotUniform});
  EXPECT_EQ(toy::loud_codes(head), "M005") << "a new head that nobody fitted";
  // Of so few weights the tests cannot tell one initializer from the next.
  EXPECT_TRUE(graph::contains(head.findings[0].message, "The last layer") && graph::contains(head.findings[0].message, "still looks as")) << head.findings[0].message;
}

TEST(UntrainedWeights, SilentOnHealthyTwin) {
  toy::expect_silent(toy::standard(), toy::standard().document());
  EXPECT_EQ(toy::find(diagnosis_of("moved.tflite", {Draw::kTrained, Draw::kTrained}), "M005"), nullptr);
  EXPECT_EQ(toy::find(diagnosis_of("random-features.tflite", {Draw::kGlorotUniform, Draw::kTrained}), "M005"), nullptr) << "the head decides";
  EXPECT_EQ(toy::find(diagnosis_of("bias.tflite", {Draw::kGlorotUniform, Draw::kGlorotUniform, 0.1f}), "M005"), nullptr) << "training moved the biases";
  EXPECT_EQ(toy::loud_codes(toy::diagnose_model(model({}))), "") << "without an app nobody knows what the model is for: a note";
}

TEST(UntrainedWeights, FixRestores) {  // there is no patch
  const diagnosis::Diagnosis& diagnosis = diagnosis_of("glorot.tflite", {});
  ASSERT_FALSE(diagnosis.findings.empty());
  EXPECT_FALSE(diagnosis.findings[0].fix);
  EXPECT_TRUE(diagnosis.mended.is_null());
  EXPECT_EQ(diagnosis.findings[0].where.node, 0);
}

/// A table of 60 words with 8 numbers each and a head of 30 classes; `steps`: what training added to the table.
std::vector<uint8_t> words(double steps, Draw head) {
  Random random(5);
  std::vector<float> table(60 * 8);
  for (float& w : table) w = static_cast<float>(0.05 * (2 * random.uniform() - 1) + steps * normal(random));
  graph::ModelBuilder b;
  const int x = b.input("words", DType::kInt32, {1, 12}), rows = b.constant<float>("table", {60, 8}, table), found = b.tensor("rows", DType::kFloat32, {1, 12, 8});
  b.node(schema::BuiltinOperator_GATHER, {rows, x}, {found}, [](auto& f) { return schema::CreateGatherOptions(f, 0); });
  const int flat = b.tensor("flat", DType::kFloat32, {1, 96}), shape = b.constant<int32_t>("shape", {2}, {1, 96}), y = b.tensor("y", DType::kFloat32, {1, 30});
  b.node(schema::BuiltinOperator_RESHAPE, {found, shape}, {flat});
  const int w = b.constant<float>("head/kernel", {30, 96}, drawn(head, 96, 30, random));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {flat, w}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

TEST(UntrainedWeights, CountsTablesOfWords) {
  const auto said = [](const diagnosis::Diagnosis& diagnosis) {
    const evidence::Finding* finding = toy::find(diagnosis, "M005");
    return finding ? finding->message : std::string("nothing");
  };
  EXPECT_TRUE(graph::contains(said(toy::diagnose_model(words(0, Draw::kGlorotUniform))), "never trained, or its weights"));
  EXPECT_TRUE(graph::contains(said(toy::diagnose_model(words(0, Draw::kGlorotUniform))), "All 1 layers (3360 weights)"));
  EXPECT_TRUE(graph::contains(said(toy::diagnose_model(words(0.1, Draw::kGlorotUniform))), "The last layer")) << "a trained table";
  EXPECT_EQ(toy::find(toy::diagnose_model(words(0, Draw::kTrained)), "M005"), nullptr) << "a trained head";
}

}  // namespace
}  // namespace whyzero::rules
