// Shared work gives the same scores as running each app by itself, in any order, with any number of threads.
#include "evidence/lab.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "evidence/sample_score.h"
#include "support/case.h"
#include "support/toy_app.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// Faults of every kind: shared beginnings, crops that look at the next step, other readings of the same run.
std::vector<json> variants(const toy::App& app) {
  const json square = {{"crop", {{"square", true}}}}, central = {{"crop", {{"central", 0.7}}}}, bgr = {{"channels", "bgr"}};
  std::vector<json> all = {app.document()};
  for (const json& pipeline : {json{toy::resize(), bgr, toy::normalize()}, json{toy::resize(), toy::normalize(1 / 255.0, 0)}, json{toy::resize(), {{"cast", "float32"}}},
                               json{central, toy::resize(), toy::normalize()}, json{central, toy::resize("nearest", "opencv"), toy::normalize()},
                               json{square, toy::resize(), bgr, toy::normalize()}, json{square, central, toy::resize(), toy::normalize()},
                               json{{{"rotate", 90}}, toy::resize(), toy::normalize()}, json{toy::resize(), bgr, toy::normalize(), {{"layout", "nchw"}}}})
    all.push_back(app.with_pipeline(pipeline));
  all.push_back(app.with("/output/label_offset", 1));
  all.push_back(app.with("/output/decode", json{{{"softmax", json::object()}}, {{"argmax", json::object()}}}));
  return all;
}

LabOptions options(int threads, uint64_t seed = 1) {
  LabOptions result;
  result.threads = threads;
  result.seed = seed;
  return result;
}

std::vector<int> add_all(Lab& lab, const std::vector<json>& documents) {
  std::vector<int> ids;
  for (const json& document : documents) {
    const auto id = lab.add(document);
    EXPECT_TRUE(id) << id.error().text();
    ids.push_back(id ? *id : -1);
  }
  return ids;
}

class LabTest : public testing::Test {
 protected:
  const toy::App& app_ = toy::standard();
  const std::unique_ptr<Case> case_ = toy::case_of(app_.document(), app_.folder().path());
  const std::vector<json> documents_ = variants(app_);
};

TEST_F(LabTest, ScoresAreThoseOfEachAppByItself) {
  Lab lab(*case_, options(2, 3));
  const std::vector<int> ids = add_all(lab, documents_);
  ASSERT_TRUE(lab.measure(ids, lab.samples()));
  ASSERT_EQ(lab.samples(), 48u);
  for (size_t v = 0; v < documents_.size(); ++v) {
    const auto alone = toy::case_of(documents_[v], app_.folder().path());
    const app::Evaluation& evaluation = alone->symptom.evaluation;
    ASSERT_TRUE(evaluation.scored.value) << documents_[v];
    EXPECT_DOUBLE_EQ(*lab.metric(ids[v]), *evaluation.scored.value) << documents_[v];
    for (size_t k = 0; k < lab.samples(); ++k) {
      const size_t sample = lab.sample_at(k);
      const auto& truth = alone->truth.labels[sample];
      const SampleScore expected = score_sample(alone->app.output, alone->binding->output_tensor, *evaluation.answers[sample],
                                                app::true_classes(alone->app.output, *truth, 6), truth, 1);
      EXPECT_EQ(lab[ids[v]].score[k], expected.score) << documents_[v] << " sample " << sample;
      EXPECT_EQ(lab[ids[v]].standing[k], expected.standing);
      EXPECT_EQ(lab[ids[v]].right[k] == 1, *evaluation.scored.correct[sample]);
    }
  }
}

TEST_F(LabTest, OrderThreadsAndPortionsDoNotMatter) {
  Lab one(*case_, options(1, 3)), two(*case_, options(2, 3));
  const std::vector<int> ids = add_all(one, documents_);
  ASSERT_TRUE(one.measure(ids, one.samples()));
  const std::vector<json> reversed(documents_.rbegin(), documents_.rend());
  const std::vector<int> others = add_all(two, reversed);
  ASSERT_TRUE(two.measure(std::span(others).first(5), 10));
  ASSERT_TRUE(two.measure(others, 20));
  for (int id : others) {
    const int alone[] = {id};
    ASSERT_TRUE(two.measure(alone, two.samples()));
  }
  for (size_t v = 0; v < ids.size(); ++v) EXPECT_EQ(one[ids[v]].score, two[others[others.size() - 1 - v]].score) << documents_[v];
}

TEST_F(LabTest, SamplesAreShuffledBySeed) {
  const auto order = [&](uint64_t seed) {
    Lab lab(*case_, options(1, seed));
    std::vector<size_t> samples;
    for (size_t k = 0; k < lab.samples(); ++k) samples.push_back(lab.sample_at(k));
    return samples;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
  const std::vector<size_t> once = order(1);
  EXPECT_EQ(std::set<size_t>(once.begin(), once.end()).size(), 48u);
}

TEST_F(LabTest, EqualWorkIsDoneOnce) {
  Lab lab(*case_, options(1));
  EXPECT_EQ(*lab.add(documents_[0]), *lab.add(documents_[0]));
  const int healthy = *lab.add(documents_[0]), offset = *lab.add(app_.with("/output/label_offset", 2));
  const int spelled_otherwise = *lab.add(app_.with_pipeline({toy::resize(), toy::normalize(1, 0), toy::normalize()}));
  EXPECT_NE(healthy, offset);
  const int ids[] = {healthy, offset, spelled_otherwise};
  ASSERT_TRUE(lab.measure(ids, 10));
  EXPECT_EQ(lab.runs(), 10u) << "another reading and equal input bytes need no run of their own";
  ASSERT_TRUE(lab.measure(ids, 10));
  EXPECT_EQ(lab.runs(), 10u);
  EXPECT_TRUE(std::isnan(lab[healthy].score[10]));
  ASSERT_TRUE(lab.measure(ids, 1000));
  EXPECT_EQ(lab.runs(), 48u);
}

TEST_F(LabTest, AVariantThatCannotRunIsAsWrongAsCanBe) {
  Lab lab(*case_, options(2));
  const int healthy = *lab.add(documents_[0]), small = *lab.add(app_.with_pipeline({toy::resize("bilinear", "pillow", 4), toy::normalize()}));
  const int ids[] = {healthy, small};
  ASSERT_TRUE(lab.measure(ids, 20));
  ASSERT_TRUE(lab[small].failure);
  EXPECT_EQ(lab[small].failure->code, ErrorCode::kShapeMismatch);
  EXPECT_FALSE(lab[healthy].failure);
  EXPECT_EQ(lab.metric(small), std::nullopt);
  for (size_t k = 0; k < 20; ++k) {
    EXPECT_EQ(lab[small].score[k], kLowestScore);
    EXPECT_EQ(lab[small].right[k], 0);
  }
  EXPECT_GT(lab.compare(healthy, small).gain, 0.8);
  EXPECT_FALSE(lab.add(app_.with("/input/pipeline/0", {{"resise", 1}})));
}

TEST_F(LabTest, ComparesSampleBySample) {
  Lab lab(*case_, options(2));
  const int a = *lab.add(documents_[0]), b = *lab.add(documents_[1]);
  const int ids[] = {a, b}, only_a[] = {a};
  ASSERT_TRUE(lab.measure(ids, 30));
  ASSERT_TRUE(lab.measure(only_a, 48));
  double sum = 0, squares = 0;
  int gained = 0, lost = 0;
  for (size_t k = 0; k < 30; ++k) {
    const double d = double(lab[a].score[k]) - lab[b].score[k];
    sum += d;
    squares += d * d;
    gained += lab[a].right[k] > lab[b].right[k];
    lost += lab[a].right[k] < lab[b].right[k];
  }
  const Lab::Comparison c = lab.compare(a, b), back = lab.compare(b, a);
  EXPECT_EQ(c.samples, 30) << "samples that both know";
  EXPECT_NEAR(c.mean, sum / 30, 1e-6);
  EXPECT_NEAR(c.t, sum / std::sqrt(squares), 1e-6);
  EXPECT_EQ(c.gained, gained);
  EXPECT_EQ(c.lost, lost);
  EXPECT_NEAR(c.gain, (gained - lost) / 30.0, 1e-9);
  EXPECT_GT(c.standing_t, 3) << "BGR hurts";
  EXPECT_NEAR(back.t, -c.t, 1e-9);
  EXPECT_NEAR(back.standing, -c.standing, 1e-9);
  const std::vector<float> d = lab.differences(a, b, Lab::Measure::kScore), s = lab.differences(a, b, Lab::Measure::kStanding);
  EXPECT_EQ(d[7], lab[a].score[7] - lab[b].score[7]);
  EXPECT_EQ(s[7], lab[a].standing[7] - lab[b].standing[7]);
  EXPECT_TRUE(std::isnan(d[40]) && std::isnan(s[40]));
}

TEST_F(LabTest, StopsWhenTheUserSaysSo) {
  Progress progress;
  progress.cancel();
  LabOptions with_progress = options(2);
  with_progress.progress = &progress;
  Lab lab(*case_, with_progress);
  const int ids[] = {*lab.add(documents_[0])};
  const auto result = lab.measure(ids, 48);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST(LabOfUnreadable, LeavesOutWhatCannotBeReadAndWhatHasNoTruth) {
  const toy::App app({.samples = 18});
  json photos = json::array({"model.tflite"});
  for (int i = 0; i < 18; ++i) photos.push_back("photos/" + std::to_string(100 + i) + ".bmp");
  photos.push_back("photos/../photos/100.bmp");  // has no row in the truth
  const auto a_case = toy::case_of(app.with("/input/images", photos), app.folder().path());
  ASSERT_EQ(a_case->symptom.evaluation.unreadable.size(), 1u);
  const Lab lab(*a_case, options(1));
  for (size_t k = 0; k < lab.samples(); ++k) EXPECT_TRUE(lab.sample_at(k) >= 1 && lab.sample_at(k) <= 19u) << lab.sample_at(k);
  EXPECT_EQ(lab.samples(), a_case->truth.labels[19] ? 19u : 18u);
}

}  // namespace
}  // namespace whyzero::evidence
