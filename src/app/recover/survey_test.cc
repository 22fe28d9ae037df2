// The coarse look at demo photos: which turn, which colours, which part of the photo.
#include "app/recover/survey.h"

#include <gtest/gtest.h>

#include "app/recover/taken.h"
#include "app/recover/test_support.h"
#include "app/test_support.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

constexpr size_t kPhotos = 4;
const app::TensorInfo kTensor = app::tensor_of(DType::kFloat32, {1, 48, 48, 3});

struct Seen {
  std::vector<Exhibit> exhibits;
  Frame frame;
  std::vector<Sights> sights;
  std::vector<Lead> leads;
};

Seen surveyed(const json& pipeline, size_t memories_from = 0) {
  Seen seen;
  const auto photos = demo_photos(0, kPhotos), others = demo_photos(memories_from, kPhotos);
  const auto memories = captured_by(*others, pipeline, kTensor);
  for (size_t i = 0; i < kPhotos; ++i) seen.exhibits.push_back({i, memories[i], *photos->first_value(i, image::DecodeLike::kPillow, kTensor), {}});
  seen.frame = *frame_of(kTensor);
  for (const Reading& reading : plausible_readings(memories, kTensor, seen.frame)) {
    seen.sights.push_back({reading, {}, seen.sights.size()});
    for (const auto& memory : memories) seen.sights.back().by_exhibit.push_back(look(reading, memory, seen.frame));
  }
  seen.leads = survey({seen.exhibits, kTensor, seen.frame, json::array(), 2}, seen.sights);
  return seen;
}

struct Shown {
  const char *geometry, *turn, *order;
};

class Survey : public testing::TestWithParam<Shown> {};

TEST_P(Survey, SeesTurnColoursAndPart) {
  const auto [geometry_text, turn_text, order] = GetParam();
  const json geometry = json::parse(geometry_text), turn = json::parse(turn_text);
  json pipeline = with_method(geometry, "bilinear", "pillow");
  for (const json& step : turn) pipeline.push_back(step);
  pipeline.push_back({{"channels", order}});
  pipeline.push_back({{"normalize", {{"scale", 1 / 127.5}, {"offset", -1}}}});
  const Seen seen = surveyed(pipeline);
  ASSERT_FALSE(seen.leads.empty());
  const Lead& lead = seen.leads.front();
  EXPECT_EQ(all_turns()[lead.turn], turn);
  EXPECT_EQ(lead.order, order);
  EXPECT_FALSE(seen.sights[lead.sights].reading.channels_first);
  ASSERT_EQ(lead.witnesses.size(), lead.boxes.size());
  ASSERT_FALSE(lead.witnesses.empty());
  for (size_t i = 0; i < lead.witnesses.size(); ++i) {
    const auto& shape = seen.exhibits[lead.witnesses[i]].photo.shape;
    image::Box taken;
    ASSERT_TRUE(taken_box(geometry, {shape[1], shape[0]}, Corners::kCentred, taken));
    // The candidates that are tried lie within six pixels of the frame.
    const double x = (taken.right - taken.left) / 48, y = (taken.bottom - taken.top) / 48;
    EXPECT_NEAR(lead.boxes[i].left, taken.left, 3 * x);
    EXPECT_NEAR(lead.boxes[i].right, taken.right, 3 * x);
    EXPECT_NEAR(lead.boxes[i].top, taken.top, 3 * y);
    EXPECT_NEAR(lead.boxes[i].bottom, taken.bottom, 3 * y);
  }
}

constexpr const char* kWhole = R"([{"resize": {"width": 48, "height": 48}}])";
constexpr const char* kPart = R"([{"crop": {"central": 0.6}}, {"resize": {"width": 48, "height": 48}}])";
INSTANTIATE_TEST_SUITE_P(Pictures, Survey,
                         testing::Values(Shown{kWhole, "[]", "rgb"}, Shown{kWhole, "[]", "bgr"}, Shown{kWhole, R"([{"flip": "horizontal"}])", "rgb"}, Shown{kPart, R"([{"rotate": 90}])", "bgr"},
                                         Shown{kPart, R"([{"rotate": 180}])", "rgb"}));

TEST(SurveyOfStrangers, LeadsNowhereCertain) {
  const Seen seen = surveyed(json::parse(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}, {"cast": "float32"}])"), 40);
  for (const Lead& lead : seen.leads) EXPECT_LT(lead.explained, 0.97);
}

}  // namespace
}  // namespace whyzero::recover
