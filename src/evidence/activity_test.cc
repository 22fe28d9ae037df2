// Entropy of units that never fire, always fire, and fire as often as can be counted on what is fed.
#include "evidence/activity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "app/first_inputs.h"
#include "graph/builder.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// Ten units before a head: four never fire, three always do, three fire where the first number fed is above 0.
std::vector<uint8_t> model() {
  constexpr int kUnits = 10;
  graph::ModelBuilder b;
  const int x = b.input("image", DType::kFloat32, {1, 8, 8, 3});
  std::vector<float> kernel(kUnits * 192, 0.0f), bias(kUnits, 0.0f);
  for (size_t unit = 0; unit < kUnits; ++unit) {
    if (unit < 4) bias[unit] = -1;
    else if (unit < 7) bias[unit] = 1;
    else kernel[unit * 192] = 1;
  }
  const int w = b.constant<float>("dense/kernel", {kUnits, 192}, kernel), c = b.constant<float>("dense/bias", {kUnits}, bias);
  const int hidden = b.tensor("dense", DType::kFloat32, {1, kUnits}), y = b.tensor("head", DType::kFloat32, {1, 6});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, c}, {hidden},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU); });
  const int h = b.constant<float>("head/kernel", {6, kUnits}, std::vector<float>(6 * kUnits, 0.1f)), none = b.constant<float>("head/bias", {6}, std::vector<float>(6));
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {hidden, h, none}, {y}, [](auto& f) { return schema::CreateFullyConnectedOptions(f); });
  b.output(y);
  return b.bytes();
}

json document_with(double scale, double offset) {
  json document = toy::standard().with_model("activity.tflite", model());
  document["input"]["pipeline"] = {toy::resize(), toy::normalize(scale, offset)};
  return document;
}

TEST(Activity, IsTheEntropyOfFiring) {
  const json document = document_with(1 / 127.5, -1);
  const auto a_case = toy::case_of(document, toy::standard().folder().path());
  const auto found = activity(*a_case, document);
  ASSERT_TRUE(found);
  const auto samples = app::first_inputs(a_case->app, *a_case->model, 40);
  ASSERT_TRUE(samples);
  double fires = 0;
  for (const auto& inputs : *samples) fires += *reinterpret_cast<const float*>(inputs[0].data()) > 0;
  const double p = fires / static_cast<double>(samples->size());
  ASSERT_GT(p, 0);
  ASSERT_LT(p, 1);
  EXPECT_NEAR(*found, 0.3 * (-p * std::log2(p) - (1 - p) * std::log2(1 - p)), 1e-12);
}

TEST(Activity, IsNoneWhereNothingIsToldApart) {
  const json document = document_with(1 / 127.5, 5);
  const auto a_case = toy::case_of(document, toy::standard().folder().path());
  EXPECT_EQ(activity(*a_case, document), 0.0);
}

TEST(Activity, IsUnknownWithoutRectifiers) {
  const toy::App& app = toy::standard();
  const auto a_case = toy::case_of(app.document(), app.folder().path());
  EXPECT_FALSE(activity(*a_case, app.document()));
}

}  // namespace
}  // namespace whyzero::evidence
