#include "evidence/desk.h"

#include <gtest/gtest.h>

#include "rules/quantization/test_support.h"
#include "trace/npz.h"

namespace whyzero::evidence {
namespace {

/// The toy's case with outputs recorded as `rows` says: every sample the one class.
Case recorded(int always, int64_t samples_off = 0) {
  const toy::App& toy = toy::standard();
  Case a_case;
  nlohmann::json document = toy.document();
  document["expect"] = {{"model_outputs", "recorded.npz"}};
  a_case.app = *app::parse_app(document, toy.folder().path());
  const graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(*read_file(a_case.app.model)));
  a_case.model = reading.model;
  a_case.binding = *app::bind(a_case.app, *a_case.model);
  a_case.sources.push_back(*app::open_source(a_case.app, a_case.app.inputs[0]));
  a_case.truth = *app::load_truth(a_case.app, *a_case.sources[0]);
  a_case.symptom.evaluation = *app::evaluate(a_case.app, a_case.model);
  trace::Array array;
  const auto samples = static_cast<int64_t>(a_case.sources[0]->size()) + samples_off, classes = int64_t{toy.options().classes};
  array.shape = {samples, classes};
  std::vector<float> values(static_cast<size_t>(samples * classes));
  for (int64_t i = 0; i < samples; ++i) values[static_cast<size_t>(i * classes + always)] = 1;
  array.data.resize(values.size() * sizeof(float));
  std::memcpy(array.data.data(), values.data(), array.data.size());
  EXPECT_TRUE(trace::write_npz(toy.folder() / "recorded.npz", {{"any", array}}));
  return a_case;
}

TEST(Desk, CountsDecisionsAndRightAnswersOfTheRecordedOutputs) {
  const Case a_case = recorded(2);
  const auto desk = compare_with_desk(a_case);
  ASSERT_TRUE(desk);
  const auto samples = static_cast<int>(a_case.sources[0]->size());
  EXPECT_EQ(desk->samples, samples);
  int same = 0;
  for (const auto& answer : a_case.symptom.evaluation.answers) same += answer && answer->label == 2;
  EXPECT_EQ(desk->agree, same);
  EXPECT_NEAR(*desk->value, 1.0 / toy::standard().options().classes, 0.05) << "each class has as many samples";
  EXPECT_LT(desk->gained, desk->lost);
}

TEST(Desk, RecordingsThatDoNotFitAreNotRead) { EXPECT_FALSE(compare_with_desk(recorded(0, 1))); }

}  // namespace
}  // namespace whyzero::evidence
