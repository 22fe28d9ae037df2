// Units that never fire: counted on a layer whose weights say which, and told from a layer that is only fed too quietly.
#include "evidence/dead_units.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

constexpr int kUnits = 20;

/// A dense ReLU layer of which `dead` units have a bias that no photo reaches, before a head.
std::vector<uint8_t> model(int dead) {
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  std::vector<float> kernel(kUnits * 192), bias(kUnits, 0.5f), head(6 * kUnits);
  for (size_t i = 0; i < kernel.size(); ++i) kernel[i] = 0.02f * static_cast<float>(i * 7 % 11) - 0.1f;
  for (int unit = 0; unit < dead; ++unit) bias[static_cast<size_t>(unit)] = -1000;
  for (size_t i = 0; i < head.size(); ++i) head[i] = 0.1f * static_cast<float>(i * 5 % 13) - 0.6f;
  const int w = b.constant<float>("dense/kernel", {kUnits, 192}, kernel), c = b.constant<float>("dense/bias", {kUnits}, bias);
  const int hidden = b.tensor("dense", DType::kFloat32, {1, kUnits}), y = b.tensor("head", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, c}, {hidden},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU); });
  const int h = b.constant<float>("head/kernel", {6, kUnits}, head), none = b.constant<float>("head/bias", {6}, std::vector<float>(6));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {hidden, h, none}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

DeadUnits found_in(int dead, double scale = 1 / 127.5, double offset = -1) {
  const toy::App& app = toy::standard();
  json document = app.with_model("dead" + std::to_string(dead) + ".tflite", model(dead));
  document["input"]["pipeline"] = {toy::resize(), toy::normalize(scale, offset)};
  const auto a_case = toy::case_of(document, app.folder().path());
  const auto found = find_dead_units(*a_case, document);
  EXPECT_TRUE(found);
  return found.value_or(DeadUnits{});
}

TEST(DeadUnits, AreCounted) {
  const DeadUnits units = found_in(12);
  EXPECT_EQ(units.units, kUnits);
  EXPECT_EQ(units.dead, 12);
  EXPECT_EQ(units.follow, kUnits - 12);
  EXPECT_EQ(units.node, 0);
  EXPECT_GE(units.samples, 16);
  EXPECT_TRUE(died_in_training(units));
}

TEST(DeadUnits, FewAreUsual) { EXPECT_FALSE(died_in_training(found_in(3))); }

TEST(DeadUnits, QuietNumbersAreNoDeath) {
  const DeadUnits units = found_in(12, 1e-5, 0);
  EXPECT_EQ(units.follow, 0);
  EXPECT_FALSE(died_in_training(units));
}

TEST(DeadUnits, ALayerThatIsDeadAltogetherIsAnotherFault) { EXPECT_FALSE(died_in_training(found_in(kUnits))); }

}  // namespace
}  // namespace whyzero::evidence
