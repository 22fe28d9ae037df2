// Resizing against what the real libraries gave: recorded cases of procedural pictures, and the photos of ../shared.
#include "image/resize.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "image/decode.h"

namespace whyzero::image {
namespace {

// Real numbers are promised within 1e-4 on 0…255.
constexpr double kTolerance = 1e-4;

std::vector<uint8_t> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file, nullptr, false);
}

Image8 procedural_picture(uint32_t seed, int width, int height, int channels) {
  Image8 picture(width, height, channels);
  for (uint32_t i = 0; i < picture.data.size(); i++) {
    uint32_t x = i * 2654435761u + seed * 2246822519u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    picture.data[i] = static_cast<uint8_t>(x);
  }
  return picture;
}

ImageF to_float(const Image8& source) {
  ImageF out(source.width, source.height, source.channels);
  std::copy(source.data.begin(), source.data.end(), out.data.begin());
  return out;
}

void check_case(const nlohmann::json& entry) {
  SCOPED_TRACE(entry.dump());
  const auto from = entry["from"].get<std::vector<int>>(), to = entry["to"].get<std::vector<int>>();
  const auto method = method_from_name(entry["method"].get<std::string>());
  const auto library = library_from_name(entry["library"].get<std::string>());
  ASSERT_TRUE(method && library);
  std::optional<Box> box;
  if (entry.contains("box")) box = Box{entry["box"][0], entry["box"][1], entry["box"][2], entry["box"][3]};
  const Image8 source = procedural_picture(entry["seed"], from[0], from[1], from[2]);
  if (entry.contains("crc32")) {
    const auto out = resize(source, to[0], to[1], *method, *library, box);
    ASSERT_TRUE(out) << out.error().text();
    ASSERT_EQ(out->data.size(), size_t(to[0]) * size_t(to[1]) * size_t(from[2]));
    EXPECT_EQ(crc32(0, out->data.data(), static_cast<unsigned>(out->data.size())), entry["crc32"].get<uint32_t>());
    return;
  }
  const auto out = resize(to_float(source), to[0], to[1], *method, *library, box);
  ASSERT_TRUE(out) << out.error().text();
  for (size_t i = 0; i < entry["at"].size(); i++) {
    EXPECT_NEAR(out->data.at(entry["at"][i].get<size_t>()), entry["values"][i].get<double>(), kTolerance);
  }
}

void check_recorded(std::string_view library, size_t at_least) {
  const nlohmann::json cases = read_json(std::filesystem::path(WHYZERO_SOURCE_DIR) / "tests/data/resize/cases.json");
  ASSERT_TRUE(cases.is_array());
  size_t count = 0;
  for (const auto& entry : cases) {
    if (!entry["library"].get<std::string>().starts_with(library)) continue;
    check_case(entry);
    count++;
  }
  EXPECT_GE(count, at_least);
}

TEST(Resize, PillowEqualsRecordedCases) { check_recorded("pillow", 100); }
TEST(Resize, OpenCvEqualsRecordedCases) { check_recorded("opencv", 100); }
TEST(Resize, TensorFlowEqualsRecordedCases) { check_recorded("tensorflow", 350); }

TEST(Resize, NamesAreThoseOfTheAppFile) {
  EXPECT_EQ(method_from_name("lanczos"), Method::kLanczos);
  EXPECT_EQ(method_from_name("cubic"), std::nullopt);
  EXPECT_EQ(library_from_name("tensorflow-v1"), Library::kTensorFlowV1);
  EXPECT_EQ(library_from_name("pil"), std::nullopt);
  EXPECT_FALSE(gives_float(Method::kNearest, Library::kTensorFlow));
  EXPECT_TRUE(gives_float(Method::kArea, Library::kTensorFlowV1));
  EXPECT_FALSE(gives_float(Method::kArea, Library::kOpenCV));
}

TEST(Resize, RefusesWhatTheLibraryDoesNotHave) {
  const Image8 picture = procedural_picture(1, 8, 6, 3);
  const auto lanczos = resize(to_float(picture), 4, 4, Method::kLanczos, Library::kTensorFlowV1);
  ASSERT_FALSE(lanczos);
  EXPECT_EQ(lanczos.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(lanczos.error().message.find("tensorflow-v1"), std::string::npos);
  const auto boxed = resize(picture, 4, 4, Method::kBilinear, Library::kOpenCV, Box{0, 0, 4, 4});
  ASSERT_FALSE(boxed);
  EXPECT_EQ(boxed.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(resize(picture, 4, 4, Method::kBilinear, Library::kTensorFlow).error().code, ErrorCode::kUnsupported);
}

TEST(Resize, RefusesImpossibleSizesAndBoxes) {
  const Image8 picture = procedural_picture(1, 8, 6, 3);
  EXPECT_FALSE(resize(picture, 0, 4, Method::kNearest, Library::kPillow));
  EXPECT_FALSE(resize(picture, 4, -1, Method::kNearest, Library::kPillow));
  EXPECT_FALSE(resize(picture, 65536, 65536, Method::kNearest, Library::kPillow));
  EXPECT_FALSE(resize(Image8{}, 4, 4, Method::kNearest, Library::kPillow));
  for (const Box& box : {Box{-1, 0, 4, 4}, Box{0, 0, 9, 4}, Box{3, 0, 3, 4}, Box{0, 5, 4, 2}, Box{std::nan(""), 0, 4, 4}}) {
    EXPECT_FALSE(resize(picture, 4, 4, Method::kBilinear, Library::kPillow, box));
  }
}

TEST(Resize, ManyChannelsAreResizedPlaneByPlane) {
  const Image8 picture = procedural_picture(7, 23, 17, 5);
  for (const Library library : {Library::kPillow, Library::kOpenCV}) {
    for (const Method method : {Method::kNearest, Method::kBilinear, Method::kArea}) {
      const auto whole = resize(picture, 9, 30, method, library);
      ASSERT_TRUE(whole);
      for (int c = 0; c < 5; c++) {
        Image8 plane(23, 17, 1);
        for (size_t i = 0; i < plane.data.size(); i++) plane.data[i] = picture.data[i * 5 + size_t(c)];
        const auto one = resize(plane, 9, 30, method, library);
        ASSERT_TRUE(one);
        for (size_t i = 0; i < one->data.size(); i++) ASSERT_EQ(one->data[i], whole->data[i * 5 + size_t(c)]);
      }
    }
  }
}


/// Data bytes of a .npy file: everything behind its header.
std::vector<uint8_t> npy_data(const std::vector<uint8_t>& file) {
  const size_t header = 10 + (size_t(file.at(8)) | size_t(file.at(9)) << 8);
  return {file.begin() + static_cast<std::ptrdiff_t>(header), file.end()};
}

struct Call {
  Method method;
  Library library;
};

const std::map<std::string, Call>& calls() {
  static const std::map<std::string, Call> all = {
      {"pillow_bilinear", {Method::kBilinear, Library::kPillow}},
      {"pillow_bicubic", {Method::kBicubic, Library::kPillow}},
      {"pillow_nearest", {Method::kNearest, Library::kPillow}},
      {"pillow_lanczos", {Method::kLanczos, Library::kPillow}},
      {"pillow_box", {Method::kArea, Library::kPillow}},
      {"opencv_linear", {Method::kBilinear, Library::kOpenCV}},
      {"opencv_area", {Method::kArea, Library::kOpenCV}},
      {"opencv_cubic", {Method::kBicubic, Library::kOpenCV}},
      {"opencv_nearest", {Method::kNearest, Library::kOpenCV}},
      {"tf_bilinear", {Method::kBilinear, Library::kTensorFlow}},
      {"tf_bilinear_antialias", {Method::kBilinear, Library::kTensorFlowAntialias}},
      {"tf_v1_bilinear_align_corners", {Method::kBilinear, Library::kTensorFlowAlignCorners}},
      {"tf_v1_bilinear_legacy", {Method::kBilinear, Library::kTensorFlowV1}},
  };
  return all;
}

TEST(ResizeShared, PhotosEqualTheLibraries) {
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "preprocess";
  if (!std::filesystem::exists(folder / "index.json")) GTEST_SKIP() << "needs ../shared/preprocess";
  const nlohmann::json index = read_json(folder / "index.json");
  size_t count = 0;
  for (const auto& photo : index["photos"]) {
    const auto decoded = decode(read_bytes(folder / photo["jpeg"].get<std::string>()));
    ASSERT_TRUE(decoded) << decoded.error().text();
    for (const auto& tensor : photo["tensors"]) {
      SCOPED_TRACE(tensor["file"].get<std::string>());
      const Call call = calls().at(tensor["method"].get<std::string>());
      const std::vector<uint8_t> want = npy_data(read_bytes(folder / tensor["file"].get<std::string>()));
      const int width = tensor["W"], height = tensor["H"];
      count++;
      if (!gives_float(call.method, call.library)) {
        const auto got = resize(decoded->pixels, width, height, call.method, call.library);
        ASSERT_TRUE(got) << got.error().text();
        EXPECT_TRUE(got->data == want);
        continue;
      }
      const auto got = resize(to_float(decoded->pixels), width, height, call.method, call.library);
      ASSERT_TRUE(got) << got.error().text();
      ASSERT_EQ(got->data.size() * sizeof(float), want.size());
      double worst = 0;
      for (size_t i = 0; i < got->data.size(); i++) {
        float value;
        std::memcpy(&value, want.data() + i * sizeof(float), sizeof(float));
        worst = std::max(worst, std::abs(static_cast<double>(got->data[i]) - value));
      }
      EXPECT_LE(worst, kTolerance);
    }
  }
  EXPECT_GT(count, 200u);
}

}  // namespace
}  // namespace whyzero::image
