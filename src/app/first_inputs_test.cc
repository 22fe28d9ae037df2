// The first samples as the model gets them.
#include "app/first_inputs.h"

#include <gtest/gtest.h>

#include "app/evaluate.h"
#include "app/source.h"
#include "base/file.h"
#include "graph/tflite_reader.h"
#include "support/case.h"

namespace whyzero::app {
namespace {

TEST(FirstInputsTest, AreWhatThePipelineMakesAndUnreadablePhotosArePassedOver) {
  const toy::Fruit fruit(1);
  std::error_code error;
  const auto broken = fruit.folder() / "photos" / "apple" / "000.jpg";  // first by name
  std::filesystem::create_directories(broken.parent_path(), error);
  ASSERT_TRUE(write_text(broken, "no photo"));
  const auto app = parse_app(fruit.document("app_healthy.json"), fruit.folder());
  ASSERT_TRUE(app) << app.error().text();
  const auto reading = graph::read_tflite(app->model);
  ASSERT_TRUE(reading && reading->model);
  const auto samples = first_inputs(*app, *reading->model, 2);
  ASSERT_TRUE(samples) << samples.error().text();
  ASSERT_EQ(samples->size(), 2u);
  const auto binding = bind(*app, *reading->model);
  const auto source = open_source(*app, app->inputs[0]);
  ASSERT_TRUE(binding && source);
  ASSERT_FALSE(input_value(**source, app->inputs[0], 0, binding->tensors[0])) << "the broken one comes first";
  const auto expected = input_value(**source, app->inputs[0], 1, binding->tensors[0]);
  ASSERT_TRUE(expected);
  EXPECT_EQ(samples->front()[0], expected->bytes);
  EXPECT_NE(samples->front()[0], samples->back()[0]);
}

}  // namespace
}  // namespace whyzero::app
