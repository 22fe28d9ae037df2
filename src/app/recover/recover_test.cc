// Pipelines are run forward with the app layer and must be found again from what they fed, to the bit, and hold on photos that the
// search has not seen.
#include "app/recover/recover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "app/recover/draw.h"
#include "app/recover/equivalents.h"
#include "app/recover/test_support.h"
#include "app/test_support.h"

namespace whyzero::recover {
namespace {

using app::tensor_of;
using nlohmann::json;

constexpr size_t kPhotos = 6, kUnseen = 3;

Recovery recovered(const std::string& pipeline, const app::TensorInfo& tensor, const std::string& believed = "[]") {
  const auto photos = demo_photos(0, kPhotos);
  const HeldTensors captured(captured_by(*photos, json::parse(pipeline), tensor));
  app::Input input;
  input.pipeline = json::parse(believed);
  auto result = recover(input, captured, photos.get(), tensor, {.threads = 2, .progress = nullptr});
  return result ? std::move(*result) : Recovery{};
}

std::set<std::string> codes_of(const Recovery& recovery) {
  std::set<std::string> codes;
  for (const Fact& fact : recovery.facts)
    if (!fact.code.empty()) codes.insert(fact.code);
  return codes;
}

const app::TensorInfo kFloat = tensor_of(DType::kFloat32, {1, 48, 48, 3});
const app::TensorInfo kBytes = tensor_of(DType::kUInt8, {1, 48, 48, 3}, 1 / 128.0f, 128);

void expect_found(const std::string& pipeline, const app::TensorInfo& tensor) {
  const Recovery r = recovered(pipeline, tensor);
  EXPECT_TRUE(r.exact) << pipeline << "\nfound " << r.pipeline.dump();
  EXPECT_EQ(r.pipeline, json::parse(pipeline)) << r.pipeline.dump();
}

TEST(Recover, FindsTheStepsThatWereRun) {
  expect_found(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}},
                   {"normalize": {"scale": 0.00784313725490196, "offset": -1}}])", kFloat);
  expect_found(R"([{"crop": {"square": true}}, {"resize": {"width": 48, "height": 48, "method": "nearest", "library": "opencv"}}, {"channels": "bgr"},
                   {"normalize": {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}}])", kFloat);
  expect_found(R"([{"crop": {"central": 0.73}}, {"resize": {"width": 48, "height": 48, "method": "bicubic", "library": "pillow"}}])", kBytes);
  expect_found(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}, {"flip": "horizontal"},
                   {"normalize": {"scale": 0.00392156862745098, "offset": 0}}])", kFloat);
}

TEST(Recover, FindsDetoursAndPartsOfTheMiddle) {
  const std::string middle = R"({"crop": {"square": true}}, {"crop": {"central": 0.875}})", numbers = R"({"normalize": {"scale": 0.00784313725490196, "offset": -1}})";
  expect_found("[" + middle + R"(, {"resize": {"width": 19, "height": 19, "method": "bilinear", "library": "pillow"}},
                                   {"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}])", kBytes);
  expect_found(R"([{"resize": {"width": 24, "height": 24, "method": "bilinear", "library": "pillow"}},
                   {"resize": {"width": 48, "height": 48, "method": "nearest", "library": "opencv"}}, )" + numbers + "]", kFloat);
  expect_found("[" + middle + R"(, {"resize": {"width": 72, "height": 72, "method": "bilinear", "library": "pillow"}}, {"crop": {"box": [0, 0, 48, 48]}}])", kBytes);
}

TEST(Recover, ReadsAlphaOffTheGapsBetweenRows) {
  // Alpha is 255 everywhere: only the gap tells its scale.
  const Recovery r = recovered(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}, {"channels": "rgba"}, {"stride_bug": {"row_bytes": 200}},
                                   {"normalize": {"mean": [121.801, 117.176, 105.904, 90.898], "std": 1}}])", tensor_of(DType::kFloat32, {1, 48, 48, 4}));
  EXPECT_TRUE(r.exact) << r.pipeline.dump();
}

TEST(Recover, FindsHowTheMemoryWasFilled) {
  const std::string size = R"({"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}})";
  expect_found("[" + size + R"(, {"stride_bug": {"row_bytes": 160}}])", kBytes);
  expect_found("[" + size + R"(, {"stride_bug": {"row_bytes": 160}}, {"normalize": {"scale": 0.00784313725490196, "offset": -1}}])", kFloat);
  expect_found("[" + size + R"(, {"normalize": {"scale": 0.00784313725490196, "offset": -1}}, {"layout": "nchw"}])", kFloat);
  expect_found("[" + size + R"(, {"normalize": {"scale": 0.00784313725490196, "offset": -1}}, {"byte_order": "big"}])", kFloat);
  expect_found("[" + size + R"(, {"reinterpret": "float32"}])", kFloat);
}

TEST(Recover, SaysWhatTheTensorsAloneShow) {
  const auto facts = [](const std::string& steps, const app::TensorInfo& tensor) {
    const auto photos = demo_photos(0, kPhotos);
    const std::string size = R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}, )";
    const HeldTensors captured(captured_by(*photos, json::parse(size + steps + "]"), tensor));
    const auto result = recover({}, captured, nullptr, tensor);
    return result ? codes_of(*result) : std::set<std::string>{"failed"};
  };
  const std::string numbers = R"({"normalize": {"scale": 0.00784313725490196, "offset": -1}})";
  using Codes = std::set<std::string>;
  EXPECT_EQ(facts(numbers, kFloat), Codes{});
  EXPECT_EQ(facts(R"({"channels": "bgr"})", kBytes), Codes{});
  EXPECT_EQ(facts(numbers + R"(, {"layout": "nchw"})", kFloat), Codes{"P007"});
  EXPECT_EQ(facts(numbers + R"(, {"byte_order": "big"})", kFloat), Codes{"P020"});
  EXPECT_EQ(facts(R"({"reinterpret": "float32"})", kFloat), Codes{"P006"});
  EXPECT_EQ(facts(R"({"stride_bug": {"row_bytes": 160}})", kBytes), Codes{"P012"});
  EXPECT_EQ(facts(R"({"stride_bug": {"row_bytes": 148}}, )" + numbers, kFloat), Codes{"P012"});
  EXPECT_EQ(facts(R"({"stride_bug": {"row_bytes": 147}})", kBytes), Codes{"P012"}) << "a slant of one pixel a row is as smooth as the picture";
  const Codes cast = facts(numbers + R"(, {"cast": "uint8"})", kBytes);
  EXPECT_TRUE(cast.contains("P004"));
  EXPECT_FALSE(cast.contains("P007")) << "three values are no picture";
  EXPECT_EQ(facts(R"({"constant": 0}, {"cast": "float32"})", kFloat), Codes{"P013"});
  EXPECT_EQ(facts(numbers + R"(, {"normalize": {"scale": 0, "offset": -0.0}})", kFloat), Codes{"P013"}) << "0 and -0";
  // Small dark pictures on bright ground are smooth as half floats and wide integers, too.
  const app::TensorInfo digits = tensor_of(DType::kInt8, {1, 48, 48, 1}, 1 / 255.0f, -128);
  EXPECT_EQ(facts(R"({"channels": "gray"}, )" + numbers + R"(, {"quantize": "affine"})", digits), Codes{});
}

TEST(Recover, SeesThatEveryTensorHoldsThePhotoBefore) {
  const auto photos = demo_photos(0, kPhotos);
  const json pipeline = json::parse(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}, {"channels": "bgr"}])");
  auto memories = captured_by(*photos, pipeline, kBytes);
  std::rotate(memories.begin(), memories.end() - 1, memories.end());
  const auto result = recover({}, HeldTensors(memories), photos.get(), kBytes);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->pipeline, pipeline);
  for (size_t i = 1; i < kPhotos; ++i) EXPECT_EQ(result->samples[i].like, std::optional<size_t>(i - 1)) << i;
  EXPECT_EQ(codes_of(*result), std::set<std::string>{"P013"});
  EXPECT_FALSE(result->exact);
}

TEST(Recover, TellsStaleAndEmptyBuffersFromThePipeline) {
  const auto photos = demo_photos(0, kPhotos);
  const json pipeline = json::parse(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}])");
  auto memories = captured_by(*photos, pipeline, kBytes);
  memories[3] = memories[2];
  std::fill(memories[5].begin(), memories[5].end(), uint8_t{0});
  const auto result = recover({}, HeldTensors(memories), photos.get(), kBytes);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->pipeline, pipeline);
  EXPECT_EQ(result->samples[3].verdict, Verdict::kStale);
  EXPECT_EQ(result->samples[3].like, std::optional<size_t>(2));
  EXPECT_EQ(result->samples[5].verdict, Verdict::kConstant);
  EXPECT_EQ(result->samples[0].verdict, Verdict::kExact);
}

TEST(Recover, ListsWhatGivesTheSameToTheBit) {
  // Halved, every pixel of an area is the mean of four: OpenCV's bilinear halves in the same way.
  const auto photos = demo_photos(0, kPhotos);
  const auto value = photos->first_value(0, image::DecodeLike::kPillow, kFloat);
  ASSERT_TRUE(value);
  const int width = value->shape[1] / 2, height = value->shape[0] / 2;
  json pipeline = json::array({{{"resize", {{"width", width}, {"height", height}, {"method", "area"}, {"library", "opencv"}}}}});
  const app::TensorInfo tensor = tensor_of(DType::kUInt8, {1, height, width, 3}, 1 / 128.0f, 128);
  auto memories = captured_by(*photos, pipeline, tensor);
  memories.resize(1);
  const auto one = demo_photos(0, 1);
  Recovery recovery;
  recovery.pipeline = pipeline;
  recovery.exact = true;
  recovery.samples.resize(1);
  recovery.samples[0].verdict = Verdict::kExact;
  const auto others = equivalents(recovery, HeldTensors(memories), *one, tensor, 2);
  const bool even = value->shape[0] % 2 == 0 && value->shape[1] % 2 == 0;
  pipeline[0]["resize"]["method"] = "bilinear";
  EXPECT_EQ(std::find(others.begin(), others.end(), pipeline) != others.end(), even) << others.size();
  pipeline[0]["resize"]["method"] = "nearest";
  EXPECT_EQ(std::find(others.begin(), others.end(), pipeline), others.end());
  recovery.exact = false;
  EXPECT_TRUE(equivalents(recovery, HeldTensors(memories), *one, tensor, 2).empty());
}

TEST(Recover, SaysSoWherePhotosAndTensorsDoNotBelongTogether) {
  const auto photos = demo_photos(0, kPhotos), others = demo_photos(40, kPhotos);
  const json pipeline = json::parse(R"([{"resize": {"width": 48, "height": 48, "method": "bilinear", "library": "pillow"}}])");
  const auto result = recover({}, HeldTensors(captured_by(*others, pipeline, kBytes)), photos.get(), kBytes);
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->exact);
  EXPECT_FALSE(result->near);
}

/// WHYZERO_SEED draws others, WHYZERO_DRAWS another number of them.
uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// The drawn pipeline's resizer is the found one, or makes the same tensors to the bit.
bool names_resizer(const Recovery& recovery, const json& drawn, const std::vector<json>& others) {
  const auto resizer = [](const json& pipeline) {
    for (const json& step : pipeline)
      for (const char* name : {"resize", "letterbox"})
        if (step.contains(name)) return std::pair(step[name]["method"], step[name]["library"]);
    return std::pair(json(), json());
  };
  return resizer(recovery.pipeline) == resizer(drawn) || std::any_of(others.begin(), others.end(), [&](const json& other) { return resizer(other) == resizer(drawn); });
}

// Of 245 draws from the seeds 31337000 and 909000, 235 are found to the bit. Missed are boxes on parts of photos that show next to
// nothing, and integers of which nearly all are held at an end of their type.
TEST(RecoverSlow, RandomPipelinesAreFoundToTheBit) {
  const uint64_t seed = from_environment("WHYZERO_SEED", 20240607), draws = from_environment("WHYZERO_DRAWS", 40);
  size_t drawn = 0, exact = 0, held = 0, named = 0;
  std::string missed;
  for (uint64_t i = 0; i < draws; ++i) {
    Draw draw(seed + i);
    const app::TensorInfo tensor = draw.tensor();
    const json pipeline = draw.pipeline(tensor);
    const size_t first = static_cast<size_t>((seed + i) % 1000);
    const auto photos = demo_photos(first, kPhotos + kUnseen);
    auto memories = captured_by(*photos, pipeline, tensor);
    // A box that leaves a photo, a photo smaller than the crop: no app.
    if (std::any_of(memories.begin(), memories.end(), [](const auto& m) { return m.empty(); })) continue;
    const bool blank = std::all_of(memories.begin(), memories.end(), [](const auto& m) { return std::all_of(m.begin(), m.end(), [&](uint8_t b) { return b == m[0]; }); });
    if (blank) continue;
    ++drawn;
    const std::vector<std::vector<uint8_t>> seen(memories.begin(), memories.begin() + kPhotos);
    const auto seen_photos = demo_photos(first, kPhotos);
    const auto result = recover({}, HeldTensors(seen), seen_photos.get(), tensor, {.threads = 2, .progress = nullptr});
    ASSERT_TRUE(result.has_value());
    exact += result->exact;
    bool all = result->exact;
    for (size_t k = kPhotos; all && k < memories.size(); ++k) {
      const auto made = run_forward(*photos, k, result->pipeline, tensor);
      all = made && *made == memories[k];
    }
    held += all;
    named += result->exact && names_resizer(*result, pipeline, equivalents(*result, HeldTensors(seen), *seen_photos, tensor, 2));
    if (!all)
      missed += "seed " + std::to_string(seed + i) + (result->exact ? " (unseen photos differ)" : "") + " " + std::string(dtype_name(tensor.dtype)) +
                app::shape_text(tensor.shape) + "\n  drawn " + pipeline.dump() + "\n  found " + result->pipeline.dump() + "\n";
  }
  std::printf("seed %llu: %zu of %zu pipelines found to the bit, the resizer of %zu named, %zu to the bit on unseen photos too\n%s", static_cast<unsigned long long>(seed), exact, drawn, named, held,
              missed.c_str());
  EXPECT_GE(double(exact), 0.95 * double(drawn)) << "of " << drawn << " pipelines";
  EXPECT_GE(double(named), 0.95 * double(drawn)) << "of " << drawn << " pipelines";
  EXPECT_GE(double(held), 0.92 * double(drawn)) << "of " << drawn << " pipelines";
}

}  // namespace
}  // namespace whyzero::recover
