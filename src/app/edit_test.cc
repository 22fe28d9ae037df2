// Patches that lead from any document to any other, and pipelines changed by role.
#include "app/edit.h"

#include <gtest/gtest.h>

#include "app/app.h"
#include "base/random.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

json parse(const char* text) { return json::parse(text, nullptr, false); }

/// Documents with everything that patches get wrong: awkward keys, empty containers, arrays in arrays, equal neighbours.
json random_value(Random& random, int depth) {
  static const char* const kKeys[] = {"a", "b", "a/b", "~", "~1", "", "0", "-", "pipeline", "resize"};
  switch (random.below(depth > 0 ? 8 : 5)) {
    case 0: return nullptr;
    case 1: return random.below(2) == 0;
    case 2: return random.below(3);
    case 3: return 0.5 * static_cast<double>(random.below(3));
    case 4: return kKeys[random.below(3)];
    case 5:
    case 6: {
      json list = json::array();
      for (uint64_t i = random.below(5); i > 0; --i) list.push_back(random_value(random, depth - 1));
      return list;
    }
    default: {
      json object = json::object();
      for (uint64_t i = random.below(4); i > 0; --i) object[kKeys[random.below(std::size(kKeys))]] = random_value(random, depth - 1);
      return object;
    }
  }
}

/// The same document with a few places changed.
json changed(const json& value, Random& random, int depth) {
  if (random.below(6) == 0) return random_value(random, depth);
  json result = value;
  if (result.is_array()) {
    for (json& one : result)
      if (random.below(3) == 0) one = changed(one, random, depth - 1);
    if (!result.empty() && random.below(3) == 0) result.erase(random.below(result.size()));
    if (random.below(3) == 0) result.insert(result.begin() + static_cast<std::ptrdiff_t>(random.below(result.size() + 1)), random_value(random, depth - 1));
  } else if (result.is_object()) {
    for (auto& [key, one] : result.items())
      if (random.below(3) == 0) one = changed(one, random, depth - 1);
    if (random.below(4) == 0) result["new/" + std::to_string(random.below(3))] = random_value(random, depth - 1);
  }
  return result;
}

TEST(MakePatch, LeadsFromOneDocumentToTheOther) {
  Random random(1);
  for (int round = 0; round < 1000; ++round) {
    const json before = random_value(random, 4);
    const json after = round % 2 ? changed(before, random, 4) : random_value(random, 4);
    const json patch = make_patch(before, after);
    const auto applied = apply_patch(before, patch);
    ASSERT_TRUE(applied) << "round " << round << ": " << applied.error().text() << "\n" << before << "\n" << after << "\n" << patch;
    ASSERT_EQ(*applied, after) << "round " << round << "\n" << before << "\n" << patch;
    EXPECT_EQ(patch.empty(), before == after);
  }
}

TEST(MakePatch, IsReadByAnotherImplementation) {
  Random random(2);
  for (int round = 0; round < 300; ++round) {
    const json before = random_value(random, 4), after = changed(before, random, 4);
    EXPECT_EQ(before.patch(make_patch(before, after)), after) << before << "\n" << make_patch(before, after);
  }
}

TEST(MakePatch, DoesNotApplyToAnotherDocument) {
  Random random(3);
  int refused = 0, tried = 0;
  for (int round = 0; round < 1000; ++round) {
    const json before = random_value(random, 3), after = changed(before, random, 3);
    if (before == after) continue;
    bool replaces = false;
    json patch = make_patch(before, after);
    for (const json& operation : patch) replaces = replaces || operation["op"] != "add";
    if (!replaces) continue;
    ++tried;
    refused += !apply_patch(after, patch);
  }
  EXPECT_GT(tried, 100);
  EXPECT_GT(refused, tried * 9 / 10) << "tests in front of the changes should see that the patch was applied before";
}

TEST(MakePatch, BeginsWithTests) {
  const json before = parse(R"({"input": {"images": "p", "pipeline": [{"channels": "bgr"}, {"cast": "float32"}]}, "model": "m"})");
  json after = before;
  after["input"]["pipeline"].erase(0);
  after["output"] = {{"label_offset", 1}};
  EXPECT_EQ(make_patch(before, after), parse(R"([
    {"op": "test", "path": "/input/pipeline/0", "value": {"channels": "bgr"}},
    {"op": "remove", "path": "/input/pipeline/0"},
    {"op": "add", "path": "/output", "value": {"label_offset": 1}}])"));
}

TEST(MakePatch, ReplacesAStepAsAWhole) {
  const json before = parse(R"([{"normalize": {"scale": 1, "offset": 0}}])"), after = parse(R"([{"normalize": {"scale": 1, "offset": -1}}])");
  EXPECT_EQ(make_patch(before, after), parse(R"([
    {"op": "test", "path": "/0", "value": {"normalize": {"scale": 1, "offset": 0}}},
    {"op": "replace", "path": "/0", "value": {"normalize": {"scale": 1, "offset": -1}}}])"));
}

const char* const kPipeline = R"([{"exif": "apply"}, {"crop": {"square": true}}, {"resize": {"width": 8, "height": 8}}, {"channels": "bgr"},
                                  {"normalize": {"scale": 2, "offset": 0}}, {"quantize": "affine"}])";

TEST(ReplaceSteps, StandWhereTheFirstOfTheirRoleStood) {
  const json pipeline = parse(kPipeline);
  const json replaced = replace_steps(pipeline, {StepRole::kGeometry}, parse(R"([{"letterbox": {"width": 8}}])"));
  EXPECT_EQ(replaced, parse(R"([{"exif": "apply"}, {"letterbox": {"width": 8}}, {"channels": "bgr"}, {"normalize": {"scale": 2, "offset": 0}},
                                {"quantize": "affine"}])"));
  const json both = replace_steps(pipeline, {StepRole::kRange, StepRole::kStore}, parse(R"([{"cast": "int8"}])"));
  EXPECT_EQ(both.size(), 5u);
  EXPECT_EQ(both[4], parse(R"({"cast": "int8"})"));
  EXPECT_EQ(replace_steps(pipeline, {StepRole::kChannels}, json::array()).size(), 5u);
}

TEST(ReplaceSteps, GoWhereAnOrdinaryPipelineHasThem) {
  const json pipeline = parse(R"([{"resize": {"width": 8, "height": 8}}, {"normalize": {"scale": 2, "offset": 0}}])");
  const auto place = [&](StepRole role, const char* step) {
    const json replaced = replace_steps(pipeline, {role}, json::array({parse(step)}));
    EXPECT_EQ(replaced.size(), 3u);
    return std::find(replaced.begin(), replaced.end(), parse(step)) - replaced.begin();
  };
  EXPECT_EQ(place(StepRole::kDecode, R"({"decode": {"like": "opencv"}})"), 0);
  EXPECT_EQ(place(StepRole::kExif, R"({"exif": "apply"})"), 0);
  EXPECT_EQ(place(StepRole::kOrientation, R"({"rotate": 90})"), 1);
  EXPECT_EQ(place(StepRole::kChannels, R"({"channels": "bgr"})"), 1);
  EXPECT_EQ(place(StepRole::kStore, R"({"cast": "int8"})"), 2);
  EXPECT_EQ(place(StepRole::kLayout, R"({"layout": "nchw"})"), 2);
  EXPECT_EQ(replace_steps(json::array(), {StepRole::kRange}, pipeline), pipeline);
}

TEST(ReplaceSteps, AnswerWithTheStepsTheyTake) {
  const json pipeline = parse(kPipeline);
  EXPECT_EQ(steps_of(pipeline, {StepRole::kGeometry}).size(), 2u);
  EXPECT_EQ(replace_steps(pipeline, {StepRole::kGeometry}, steps_of(pipeline, {StepRole::kGeometry})), pipeline);
  EXPECT_TRUE(steps_of(pipeline, {StepRole::kLayout, StepRole::kMemory}).empty());
  EXPECT_EQ(role_of(parse(R"({"constant": 0})")), StepRole::kMemory);
}

TEST(PipelineAt, ReadsAndWritesEachInput) {
  json document = parse(R"({"inputs": [{"pipeline": [{"rotate": 90}]}, {"name": "b"}]})");
  EXPECT_EQ(pipeline_at(document, "/inputs/0").size(), 1u);
  EXPECT_EQ(pipeline_at(document, "/inputs/1"), json::array());
  set_pipeline(document, "/inputs/1", parse(R"([{"rotate": 180}])"));
  EXPECT_EQ(document["inputs"][1]["pipeline"][0]["rotate"], 180);
  EXPECT_EQ(document["inputs"][0]["pipeline"][0]["rotate"], 90);
}

}  // namespace
}  // namespace whyzero::app
