// The plainest app file: what is fed to which kind of input.
#include "app/init.h"

#include <gtest/gtest.h>

#include <cstring>

#include "app/app.h"
#include "app/metadata.h"
#include "graph/tflite_reader.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

graph::Model model_with(std::vector<int32_t> shape, DType dtype, float scale = 0, int64_t zero_point = 0,
                        std::vector<int32_t> output = {1, 10}) {
  graph::Model model;
  graph::Subgraph graph;
  graph.tensors.resize(2);
  graph.tensors[0].shape = std::move(shape);
  graph.tensors[0].dtype = dtype;
  if (scale > 0) graph.tensors[0].quantization = {.scales = {scale}, .zero_points = {zero_point}, .min = {}, .max = {}};
  graph.tensors[1].index = 1;
  graph.tensors[1].shape = std::move(output);
  graph.inputs = {0};
  graph.outputs = {1};
  model.subgraphs.push_back(std::move(graph));
  return model;
}

json pipeline_for(const graph::Model& model) {
  const auto app = plain_app(model, {.model = "m.tflite", .images = {"a.png", "b.png"}, .truth = {}, .labels = {}, .base = {}});
  if (!app) return app.error().text();
  EXPECT_TRUE(parse_app(app->document, ".")) << app->document.dump();
  EXPECT_EQ(app->document["input"]["images"], json::array({"a.png", "b.png"}));
  EXPECT_FALSE(app->notes.empty());
  return app->document["input"]["pipeline"];
}

json normalize(double scale, double offset) { return {{"normalize", {{"scale", scale}, {"offset", offset}}}}; }

TEST(PlainApp, FeedsWhatTheInputSays) {
  const json resize = {{"resize", {{"width", 20}, {"height", 10}, {"method", "bilinear"}, {"library", "pillow"}}}};
  const json quantize = {{"quantize", "affine"}};
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 3}, DType::kFloat32)), json::array({resize, normalize(1 / 127.5, -1)}));
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 1}, DType::kFloat32)),
            json::array({resize, {{"channels", "gray"}}, normalize(1 / 127.5, -1)}));
  EXPECT_EQ(pipeline_for(model_with({1, 3, 10, 20}, DType::kFloat32)),
            json::array({resize, normalize(1 / 127.5, -1), {{"layout", "nchw"}}}));
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 3}, DType::kUInt8, 1 / 127.5f, 128)), json::array({resize}));
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 3}, DType::kInt8, 1 / 255.0f, -128)),
            json::array({resize, normalize(1.0 / 255, 0), quantize}));
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 3}, DType::kInt8, 1 / 127.5f, -1)),
            json::array({resize, normalize(1 / 127.5, -1), quantize}));
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 3}, DType::kInt8, 1, -128)), json::array({resize, quantize}));
  EXPECT_EQ(pipeline_for(model_with({1, 10, 20, 3}, DType::kInt8)),
            json::array({resize, normalize(1, -128), {{"cast", "int8"}}}));
}

TEST(PlainApp, RefusesWhatIsNoPicture) {
  EXPECT_TRUE(pipeline_for(model_with({1, 12}, DType::kFloat32)).is_string());
  EXPECT_TRUE(pipeline_for(model_with({1, 10, 20, 7}, DType::kFloat32)).is_string());
  const auto without =
      plain_app(model_with({1, 10, 20, 3}, DType::kFloat32), {.model = "m", .images = {}, .truth = {}, .labels = {}, .base = {}});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ErrorCode::kInvalidArgument);
}

TEST(PlainApp, ReadsASingleNumberByThreshold) {
  const auto app = plain_app(model_with({1, 10, 20, 3}, DType::kFloat32, 0, 0, {1, 1}),
                             {.model = "m.tflite", .images = {"/"}, .truth = "t.csv", .labels = "l.txt", .base = {}});
  ASSERT_TRUE(app);
  EXPECT_EQ(app->document["output"]["decode"], json::array({{{"threshold", 0.5}}}));
  EXPECT_EQ(app->document["input"]["images"], "/");
  EXPECT_EQ(app->document["truth"], "t.csv");
  EXPECT_EQ(app->document["output"]["labels"], "l.txt");
}

TEST(PlainApp, SurvivesBrokenMetadata) {
  graph::Model model = model_with({1, 10, 20, 3}, DType::kFloat32);
  std::vector<uint8_t> bytes(64);
  model.metadata.push_back({"TFLITE_METADATA", bytes});
  for (int seed = 0; seed < 2000; ++seed) {
    uint32_t state = static_cast<uint32_t>(seed) * 2654435761u + 1;
    for (uint8_t& byte : bytes)
      byte = static_cast<uint8_t>((state = state * 1664525u + 1013904223u) >> 24) % (seed % 7 ? 32 : 255);
    model.metadata[0].data = bytes;
    const auto found = input_normalization(model, 0);
    EXPECT_TRUE(!found || !found->mean.empty());
  }
}

TEST(PlainAppShared, ReadsTheMetadataOfARealModel) {
  const std::filesystem::path models = std::filesystem::path(WHYZERO_SHARED_DATA) / "models";
  if (!std::filesystem::exists(models)) GTEST_SKIP() << "no shared data at " << models;
  int with_metadata = 0;
  for (const auto& entry : std::filesystem::directory_iterator(models)) {
    if (entry.path().extension() != ".tflite") continue;
    const auto reading = graph::read_tflite(entry.path());
    ASSERT_TRUE(reading);
    if (!reading->model) continue;
    const auto found = input_normalization(*reading->model, 0);
    if (!found) continue;
    ++with_metadata;
    EXPECT_EQ(found->mean.size(), found->std.size()) << entry.path();
    EXPECT_NEAR(found->mean[0], 127.5, 1) << entry.path();
    EXPECT_NEAR(found->std[0], 127.5, 1) << entry.path();
  }
  EXPECT_GE(with_metadata, 1);
}

PlainAppOptions data(std::vector<std::filesystem::path> files) { return {.model = "m.tflite", .images = std::move(files), .truth = {}, .labels = {}, .base = {}}; }

TEST(DraftApp, AnAppFileForEveryModel) {
  const graph::Model picture = model_with({1, 10, 20, 3}, DType::kFloat32), row = model_with({1, 7}, DType::kInt8, 0.5f);
  for (const auto& [model, options] : {std::pair{&picture, data({"photos/a.png"})}, {&picture, data({})}, {&picture, data({"in.npy"})}, {&row, data({})}, {&row, data({"d.csv"})},
                                       {&row, data({"console.log"})}, {&row, data({"a.bin", "b.bin"})}}) {
    const auto app = draft_app(*model, options);
    ASSERT_TRUE(app) << app.error().text();
    EXPECT_TRUE(parse_app(app->document, ".")) << app->document.dump();
    EXPECT_FALSE(app->notes.empty());
  }
  EXPECT_EQ(draft_app(picture, data({}))->document["input"]["images"], "photos");
  EXPECT_EQ(draft_app(row, data({"d.csv"}))->document["input"]["table"]["csv"], "d.csv");
  EXPECT_EQ(draft_app(row, data({"x.npy"}))->document["input"]["arrays"]["file"], "x.npy");
  EXPECT_EQ(draft_app(row, data({"console.log"}))->document["input"]["tensors"], "console.log");
  EXPECT_EQ(draft_app(row, data({"a.bin"}))->document["input"]["tensors"], (json{{"files", {"a.bin"}}, {"dtype", "int8"}, {"shape", {1, 7}}}));
}

TEST(DraftApp, OneEntryForEachOfSeveralInputs) {
  graph::Model model = model_with({1, 7}, DType::kFloat32);
  model.subgraphs[0].tensors.push_back(model.subgraphs[0].tensors[0]);
  model.subgraphs[0].tensors[0].name = "left";
  model.subgraphs[0].tensors[2].name = "right";
  model.subgraphs[0].inputs = {0, 2};
  const auto app = draft_app(model, data({"l.npy"}));
  ASSERT_TRUE(app) << app.error().text();
  EXPECT_TRUE(parse_app(app->document, ".")) << app->document.dump();
  EXPECT_EQ(app->document["inputs"][0]["name"], "left");
  EXPECT_EQ(app->document["inputs"][0]["arrays"]["file"], "l.npy");
  EXPECT_EQ(app->document["inputs"][1]["arrays"]["file"], "input_1.npy");
  model.subgraphs[0].inputs.clear();
  EXPECT_FALSE(draft_app(model, data({})));
}

}  // namespace
}  // namespace whyzero::app
