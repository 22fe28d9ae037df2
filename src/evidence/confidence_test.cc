// What a grade counts, and that the fitted table is one: never falling with strength, nearer to what was seen than to certainty.
#include "evidence/confidence.h"

#include <gtest/gtest.h>

#include <string>

#include "evidence/confidence_table.h"

namespace whyzero::evidence {
namespace {

Finding tested(double p, double before, double after) {
  Finding finding;
  finding.proof = Proof::kExperiment;
  Measured m;
  m.before = before;
  m.after = after;
  m.samples = 100;
  m.p_value = p;
  finding.evidence.push_back(m);
  return finding;
}

TEST(Confidence, GradeOfATest) {
  EXPECT_EQ(grade_of(tested(1e-9, 0.1, 0.8)).strength, 4);
  EXPECT_EQ(grade_of(tested(1e-4, 0.1, 0.8)).strength, 3);    // near the edge of the test
  EXPECT_EQ(grade_of(tested(1e-9, -9.0, -0.1)).strength, 3);  // much came back, and it is still no better than the mean
  EXPECT_EQ(grade_of(tested(1e-9, 0.5, 0.6)).strength, 3);
  Finding rivalled = tested(1e-4, 0.1, 0.2);
  rivalled.alternatives = {"P009"};
  EXPECT_EQ(grade_of(rivalled).strength, 0);
  EXPECT_EQ(grade_of(rivalled).kind, "test");
  rivalled.code = "P009";
  EXPECT_EQ(grade_of(rivalled).kind, "geometry");
}

TEST(Confidence, AGeometryThatOnlyAddsIsDoubted) {
  Finding crop = tested(1e-9, 0.58, 0.74);
  crop.code = "P009";
  crop.fix = Fix{};
  crop.fix->patch = nlohmann::json::parse(R"([{"op": "add", "path": "/input/pipeline/0", "value": {"crop": {"square": true}}}])");
  EXPECT_EQ(grade_of(crop).strength, 0);
  Finding restored = crop;
  restored.fix->patch = nlohmann::json::parse(R"([{"op": "remove", "path": "/input/pipeline/0"}])");
  EXPECT_EQ(grade_of(restored).strength, 1);
  EXPECT_LT(confidence_of(crop), confidence_of(restored));
}

TEST(Confidence, GradeOfOtherProofs) {
  Finding finding;
  finding.proof = Proof::kExperiment;
  EXPECT_EQ(grade_of(finding).kind, "untested");
  finding.proof = Proof::kStatistics;
  EXPECT_EQ(grade_of(finding).strength, 0);
  finding.evidence = tested(1, 0.2, 0.9).evidence;
  EXPECT_EQ(grade_of(finding).strength, 3);
  finding.proof = Proof::kBytes;
  EXPECT_EQ(grade_of(finding).kind, "bytes");
}

TEST(Confidence, MoreProofIsNeverLessSure) {
  const Graded* before = nullptr;
  for (const Graded& graded : kGraded) {
    if (before && before->kind == graded.kind) {
      EXPECT_LT(before->strength, graded.strength);
      EXPECT_LE(before->confidence, graded.confidence) << graded.kind;
    }
    EXPECT_GT(graded.confidence, 0.0);
    EXPECT_LT(graded.confidence, 1.0) << graded.kind << ": no number of cases makes certain";
    before = &graded;
  }
  EXPECT_LE(confidence_of(tested(1e-4, 0.1, 0.2)), confidence_of(tested(1e-9, 0.1, 0.8)));
}

TEST(Confidence, UnknownKindKeepsWhatItsRuleSays) {
  Finding finding;
  finding.proof = Proof::kRetraining;
  finding.confidence = 0.62;
  EXPECT_EQ(confidence_of(finding), 0.62);
}

}  // namespace
}  // namespace whyzero::evidence
