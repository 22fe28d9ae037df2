// What an app file may say, and what the errors of the rest say.
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/app.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json plain() {
  return json::parse(R"({"whyzero": 1, "model": "m.tflite", "input": {"images": ["a.png"], "pipeline": [{"channels": "bgr"}]}})",
                     nullptr, false);
}

std::string error_of(const json& patch) {
  const auto document = apply_patch(plain(), patch);
  if (!document) return "bad patch: " + document.error().text();
  const auto app = parse_app(*document, "/folder");
  return app ? "" : app.error().text();
}

std::string error_with(const char* path, const char* value) {
  return error_of(json::array({{{"op", "add"}, {"path", path}, {"value", json::parse(value, nullptr, false)}}}));
}

TEST(AppFile, ReadsThePlainest) {
  const auto app = parse_app(plain(), "/folder");
  ASSERT_TRUE(app) << app.error().text();
  EXPECT_EQ(app->model, fs::path("/folder/m.tflite"));
  ASSERT_EQ(app->inputs.size(), 1u);
  EXPECT_EQ(app->inputs[0].kind, SourceKind::kImages);
  EXPECT_EQ(app->inputs[0].pointer, "/input");
  EXPECT_EQ(app->output.decode, json::parse(R"([{"argmax": {}}])", nullptr, false));
  EXPECT_FALSE(app->output.labels);
  EXPECT_FALSE(app->truth);
}

TEST(AppFile, NamesUnknownWords) {
  EXPECT_NE(error_with("/inptu", "1").find(R"(unknown key "inptu"; did you mean "input"?)"), std::string::npos);
  EXPECT_NE(error_with("/input/pipeline/0", R"({"resise": {}})")
                .find(R"(unknown step "resise"; did you mean "resize"? Known: byte_order, cast)"),
            std::string::npos);
  EXPECT_NE(error_with("/input/pipeline/0", R"({"channels": "rbg"})")
                .find("/input: step 0 (channels): channels: unknown value \"rbg\""),
            std::string::npos);
  EXPECT_NE(error_with("/output", R"({"decode": [{"softmax": {}}, {"argmx": {}}]})")
                .find(R"(decode step 1: unknown decode step "argmx"; did you mean "argmax"?)"),
            std::string::npos);
  EXPECT_NE(error_with("/output", R"({"reports": "labels"})").find(R"(did you mean "label"?)"), std::string::npos);
}

TEST(AppFile, RefusesWhatMakesNoSense) {
  EXPECT_NE(error_with("/whyzero", "2"), "");
  EXPECT_NE(error_with("/model", "\"\""), "");
  EXPECT_NE(error_with("/input/tensors", R"("*.npy")").find("exactly one source"), std::string::npos);
  EXPECT_NE(error_with("/inputs", "[]").find("not both"), std::string::npos);
  EXPECT_NE(error_with("/input/images", "[]"), "");
  EXPECT_NE(error_with("/input/images", "[1]"), "");
  EXPECT_NE(error_with("/input/pipeline/-", R"({"decode": {"like": "opencv"}})").find("first"), std::string::npos);
  EXPECT_NE(error_with("/input/pipeline/-", R"({"flip": "vertical", "rotate": 90})").find("one key"), std::string::npos);
  EXPECT_NE(error_with("/output", R"({"label_offset": 0.5})"), "");
  EXPECT_NE(error_with("/output", R"({"tensor": -1})"), "");
  EXPECT_NE(error_with("/state", R"({"reset_between": 1})"), "");
  EXPECT_NE(error_with("/expect", R"({"top5": 1})"), "");
  EXPECT_NE(error_of(json::array({{{"op", "remove"}, {"path", "/input"}}})).find("\"input\" is missing"), std::string::npos);
  EXPECT_NE(
      error_of(json::array({{{"op", "replace"},
                             {"path", "/input"},
                             {"value", {{"tensors", {{"files", "*.bin"}, {"dtype", "uint8"}, {"shape", {70000, 70000}}}}}}}})),
      "");
  EXPECT_FALSE(parse_app(json(3), "/folder"));
}

TEST(AppFile, ReadsEverything) {
  EXPECT_EQ(
      error_with("/output", R"({"labels": ["a", "b"], "label_offset": -1, "tensor": "probabilities", "reports": "probability",
                                      "decode": [{"dequantize": "affine"}, {"view": "int8"}, {"scale": 2}, {"sigmoid": {}}, {"threshold": 0.5}]})"),
      "");
  EXPECT_EQ(error_with("/state", R"({"samples_are_sequence": true, "reset_between": false})"), "");
  EXPECT_EQ(error_with("/expect", R"({"top1": 0.7, "sha256": "00", "model_outputs": "desk.npz"})"), "");
  EXPECT_EQ(error_with("/input/original_images", R"("photos")"), "");
  EXPECT_EQ(error_with("/input", R"({"frames": {"files": "*.yuv", "format": "nv21", "width": 4, "height": 4, "row_bytes": 8}})"),
            "");
  EXPECT_EQ(error_with("/input", R"({"table": {"csv": "d.csv", "features": ["a"], "label": "b"}})"), "");
  EXPECT_EQ(error_with("/input", R"({"arrays": {"file": "d.npz", "key": "x"}})"), "");
}

class AppFileOnDisk : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ = fs::temp_directory_path() / ("whyzero_app_file_" + std::to_string(getpid()));
};

TEST_F(AppFileOnDisk, LabelsAreExactlyTheLines) {
  ASSERT_TRUE(write_text(folder_ / "labels.txt",
                         "\xef\xbb\xbf"
                         "a\r\n\nb \n"));
  json document = plain();
  document["output"] = {{"labels", "labels.txt"}};
  const auto app = parse_app(document, folder_);
  ASSERT_TRUE(app) << app.error().text();
  EXPECT_EQ(*app->output.labels, (std::vector<std::string>{"\xef\xbb\xbf"
                                                           "a",
                                                           "", "b "}));
  document["output"]["labels"] = "none.txt";
  const auto missing = parse_app(document, folder_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(AppFileOnDisk, RefusesBrokenAndBottomlessFiles) {
  ASSERT_TRUE(write_text(folder_ / "app.json", "{\"whyzero\": 1,"));
  const auto broken = load_app(folder_ / "app.json");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kMalformed);
  ASSERT_TRUE(write_text(folder_ / "deep.json", std::string(1'000'000, '[')));
  EXPECT_FALSE(load_app(folder_ / "deep.json"));
  EXPECT_EQ(load_app(folder_ / "none.json").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_text(folder_ / "app.json", plain().dump()));
  EXPECT_TRUE(load_app(folder_ / "app.json"));
}

}  // namespace
}  // namespace whyzero::app
