// Sources: which files, which rows, which truth.
#include "app/source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "app/csv.h"
#include "app/files.h"
#include "app/score.h"
#include "base/file.h"
#include "trace/npz.h"

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// A folder of its own, removed afterwards.
class Sources : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void touch(const std::string& name, std::string_view text = "x") { ASSERT_TRUE(write_text(folder_ / name, text)); }
  std::vector<std::string> found(const json& files, std::span<const std::string_view> endings = {}) {
    const auto result = find_files(folder_, files, endings);
    return result ? result->names : std::vector<std::string>{result.error().text()};
  }
  Result<App> app_with(const json& input) {
    return parse_app({{"whyzero", 1}, {"model", "m.tflite"}, {"input", input}}, folder_);
  }
  Result<std::unique_ptr<Source>> open(const json& input) {
    WHYZERO_ASSIGN(const App app, app_with(input));
    return open_source(app, app.inputs[0]);
  }
  fs::path folder_ = fs::temp_directory_path() / ("whyzero_source_" + std::to_string(getpid()));
};

constexpr std::string_view kEndings[] = {".jpg", ".png"};

TEST_F(Sources, FindFiles) {
  for (const char* name : {"p/b.jpg", "p/a.PNG", "p/a-1.jpg", "p/.hidden.jpg", "p/note.txt", "p/deep/c.jpg", "p[1]/d.jpg"})
    touch(name);
  using Names = std::vector<std::string>;
  EXPECT_EQ(found("p/*.jpg"), (Names{"p/a-1.jpg", "p/b.jpg"}));
  EXPECT_EQ(found("./p/[!a]*.jpg"), (Names{"p/b.jpg"}));
  EXPECT_EQ(found("*/?.jpg"), (Names{"p/b.jpg", "p[1]/d.jpg"}));
  EXPECT_EQ(found("*/deep/*"), (Names{"p/deep/c.jpg"}));
  EXPECT_EQ(found("p", kEndings), (Names{"p/.hidden.jpg", "p/a-1.jpg", "p/a.PNG", "p/b.jpg", "p/deep/c.jpg"}));
  EXPECT_EQ(found(json::array({"z.jpg", "a.jpg"})), (Names{"z.jpg", "a.jpg"}));
  EXPECT_NE(found("none/*.jpg")[0].find("no file matches"), std::string::npos);
}

TEST_F(Sources, FolderOfFoldersGivesLabels) {
  for (const char* name : {"photos/cat/1.jpg", "photos/dog/2.jpg", "flat/1.jpg", "one/cat/1.jpg"}) touch(name);
  const auto two = open({{"images", "photos/"}});
  ASSERT_TRUE(two);
  EXPECT_EQ((*two)->own_truth().at("photos/dog/2.jpg"), "dog");
  EXPECT_TRUE((*open({{"images", "flat"}}))->own_truth().empty());
  EXPECT_EQ((*open({{"images", "one"}}))->own_truth().size(), 1u);
}

TEST_F(Sources, UnreadablePhotosAreErrorsOfTheirOwn) {
  touch("bad.jpg", "no photo");
  const auto source = open({{"images", {"bad.jpg", "none.jpg"}}});
  ASSERT_TRUE(source);
  const auto bad = (*source)->first_value(0, image::DecodeLike::kPillow, {});
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().text().find("bad.jpg"), std::string::npos);
  EXPECT_EQ((*source)->first_value(1, image::DecodeLike::kPillow, {}).error().code, ErrorCode::kNotFound);
}

TEST_F(Sources, TablesGiveRows) {
  touch("d.csv",
        "\xef\xbb\xbf"
        "name,age,\"b\"\"mi\",sick\r\n\"Doe, \nJane\",41,2.5,1\r\n\r\nx,7\r\n");
  const auto all = open({{"table", {{"csv", "d.csv"}, {"features", {"age", "b\"mi"}}, {"label", "sick"}}}});
  ASSERT_TRUE(all) << all.error().text();
  ASSERT_EQ((*all)->size(), 2u);
  const auto row = (*all)->first_value(0, image::DecodeLike::kPillow, {});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cells, (std::vector<std::string>{"41", "2.5"}));
  EXPECT_EQ((*all)->own_truth().at("0"), "1");
  const auto rest = open({{"table", {{"csv", "d.csv"}, {"label", "sick"}}}});
  EXPECT_EQ((*rest)->first_value(0, image::DecodeLike::kPillow, {})->cells[0], "Doe, \nJane");
  const auto unknown = open({{"table", {{"csv", "d.csv"}, {"features", {"agge"}}}}});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().text().find("did you mean \"age\""), std::string::npos);
}

TEST(Csv, RefusesWhatIsNoTable) {
  EXPECT_FALSE(parse_csv(""));
  EXPECT_FALSE(parse_csv("a,b\n1,\"2\n"));
  const auto table = parse_csv("a,b\n1,\n,2\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->rows, (std::vector<std::vector<std::string>>{{"1", ""}, {"", "2"}}));
}

trace::Array floats(std::vector<int64_t> shape, const std::vector<float>& numbers) {
  trace::Array array;
  array.shape = std::move(shape);
  array.data.assign(reinterpret_cast<const uint8_t*>(numbers.data()),
                    reinterpret_cast<const uint8_t*>(numbers.data() + numbers.size()));
  return array;
}

TEST_F(Sources, ArraysGiveRows) {
  ASSERT_TRUE(trace::write_npy(folder_ / "x.npy", floats({2, 3}, {1, 2, 3, 4, 5, 6})));
  ASSERT_TRUE(trace::write_npz(folder_ / "d.npz", {{"x", floats({3}, {7, 8, 9})}}));
  const auto rows = open({{"arrays", {{"file", "x.npy"}}}});
  ASSERT_TRUE(rows) << rows.error().text();
  ASSERT_EQ((*rows)->size(), 2u);
  const auto second = (*rows)->first_value(1, image::DecodeLike::kPillow, {});
  EXPECT_EQ(second->shape, (std::vector<int32_t>{3}));
  EXPECT_EQ(second->as<float>()[2], 6.0f);
  const auto single = open({{"arrays", {{"file", "d.npz"}, {"key", "x"}}}});
  ASSERT_TRUE(single);
  EXPECT_TRUE((*single)->first_value(0, image::DecodeLike::kPillow, {})->shape.empty());
  EXPECT_NE(open({{"arrays", {{"file", "d.npz"}, {"key", "y"}}}}).error().text().find("known: x"), std::string::npos);
}

TEST_F(Sources, CapturedTensorsAreTakenAsTheyLie) {
  ASSERT_TRUE(trace::write_npy(folder_ / "t0.npy", floats({1, 2}, {1, 2})));
  TensorInfo tensor;
  tensor.shape = {1, 2};
  const auto source = open({{"tensors", "*.npy"}});
  ASSERT_TRUE(source);
  EXPECT_TRUE((*source)->captured());
  const auto same = (*source)->first_value(0, image::DecodeLike::kPillow, tensor);
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->reinterpreted);
  tensor.dtype = DType::kUInt8;
  const auto bytes = (*source)->first_value(0, image::DecodeLike::kPillow, tensor);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(bytes->reinterpreted);
  EXPECT_EQ(bytes->bytes, (std::vector<uint8_t>{0, 0}));
  tensor.dtype = DType::kFloat32;
  tensor.shape = {2};
  EXPECT_EQ((*source)->first_value(0, image::DecodeLike::kPillow, tensor).error().code, ErrorCode::kShapeMismatch);

  touch("t.bin", "abcd");
  const json raw = {{"tensors", {{"files", {"t.bin"}}, {"dtype", "uint8"}, {"shape", {4}}}}};
  tensor.shape = {1, 1};
  const auto reread = (*open(raw))->first_value(0, image::DecodeLike::kPillow, tensor);
  ASSERT_TRUE(reread);
  EXPECT_TRUE(reread->reinterpreted);
  EXPECT_EQ(reread->bytes, (std::vector<uint8_t>{'a', 'b', 'c', 'd'}));
  const json wrong = {{"tensors", {{"files", {"t.bin"}}, {"dtype", "uint8"}, {"shape", {5}}}}};
  EXPECT_EQ((*open(wrong))->first_value(0, image::DecodeLike::kPillow, tensor).error().code, ErrorCode::kMalformed);
}

TEST_F(Sources, FramesBecomeRgb) {
  touch("a.raw", std::string("\x01\x02\x03\x04\x05\x06\x07\x08", 8));
  touch("short.raw", "123");
  const auto frames = open({{"frames", {{"files", "*.raw"}, {"format", "bgra"}, {"width", 2}, {"height", 1}}}});
  ASSERT_TRUE(frames) << frames.error().text();
  ASSERT_EQ((*frames)->size(), 2u);
  const auto value = (*frames)->first_value(0, image::DecodeLike::kPillow, {});
  ASSERT_TRUE(value) << value.error().text();
  EXPECT_EQ(value->shape, (std::vector<int32_t>{1, 2, 3}));
  EXPECT_EQ(value->bytes, (std::vector<uint8_t>{3, 2, 1, 7, 6, 5}));
  const auto cut_off = (*frames)->first_value(1, image::DecodeLike::kPillow, {});
  ASSERT_FALSE(cut_off);
  EXPECT_NE(cut_off.error().text().find("short.raw"), std::string::npos);
  const auto narrow = open({{"frames", {{"files", "*.raw"}, {"format", "bgra"}, {"width", 2}, {"height", 1}, {"row_bytes", 7}}}});
  EXPECT_EQ(narrow.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(Sources, TruthFindsItsSamples) {
  touch("truth.csv", "sample,label,more\np/a.jpg,cat,\nb.jpg,dog,\nc.jpg,cat,\n3,3,\nz.jpg,cat,\n4,nobody,\n");
  auto app = app_with({{"images", {"p/a.jpg", "q/b.jpg", "p/c.jpg", "q/c.jpg", "d.jpg"}}});
  ASSERT_TRUE(app);
  app->truth = folder_ / "truth.csv";
  app->output.labels = {"cat", "dog", "x", "y"};
  const auto source = open_source(*app, app->inputs[0]);
  const auto truth = load_truth(*app, **source);
  ASSERT_TRUE(truth) << truth.error().text();
  using Label = std::optional<std::string>;
  EXPECT_EQ(truth->labels, (std::vector<Label>{"cat", "dog", std::nullopt, "3", "nobody"}));
  EXPECT_EQ(truth->unmatched_rows, (std::vector<std::string>{"c.jpg", "z.jpg"}));  // two samples are called c.jpg
  EXPECT_EQ(truth->unknown_labels, (std::vector<std::string>{"nobody"}));
  touch("truth.csv", "file,label\n");
  EXPECT_NE(load_truth(*app, **source).error().text().find("\"sample\""), std::string::npos);
}

}  // namespace
}  // namespace whyzero::app
