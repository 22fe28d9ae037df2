// A document in another folder still names the same files.
#include "app/rebase.h"

#include <gtest/gtest.h>

#include "app/score.h"
#include "app/source.h"
#include "support/toy_app.h"

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json parse(const char* text) { return json::parse(text, nullptr, false); }

TEST(Rebase, MovesEveryPath) {
  const toy::Folder root;
  fs::create_directories(root / "app");
  fs::create_directories(root / "fixed/here");
  const json document = parse(R"({"whyzero": 1, "model": "m.tflite", "truth": "../truth.csv", "calls": "calls.jsonl",
    "inputs": [{"images": ["p/a.jpg", "p/b.jpg"], "pipeline": [{"channels": "bgr"}]},
               {"tensors": {"files": "t/*.npy", "dtype": "uint8"}, "original_images": "photos"},
               {"frames": {"files": ["f.yuv"], "format": "nv21"}}, {"arrays": {"file": "x.npz", "key": "k.npy"}}, {"table": {"csv": "d.csv", "label": "y"}}],
    "output": {"labels": "labels.txt", "decode": [{"argmax": {}}]}, "expect": {"model_outputs": "desk.npz", "sha256": "ab"}})");
  EXPECT_EQ(rebase(document, root / "app", root / "fixed/here"), parse(R"({"whyzero": 1, "model": "../../app/m.tflite", "truth": "../../truth.csv",
    "calls": "../../app/calls.jsonl",
    "inputs": [{"images": ["../../app/p/a.jpg", "../../app/p/b.jpg"], "pipeline": [{"channels": "bgr"}]},
               {"tensors": {"files": "../../app/t/*.npy", "dtype": "uint8"}, "original_images": "../../app/photos"},
               {"frames": {"files": ["../../app/f.yuv"], "format": "nv21"}}, {"arrays": {"file": "../../app/x.npz", "key": "k.npy"}},
               {"table": {"csv": "../../app/d.csv", "label": "y"}}],
    "output": {"labels": "../../app/labels.txt", "decode": [{"argmax": {}}]}, "expect": {"model_outputs": "../../app/desk.npz", "sha256": "ab"}})"));
}

TEST(Rebase, AnAppFileWithoutAFolderLiesInTheCurrentOne) {
  const json document = parse(R"({"model": "m.tflite"})");
  EXPECT_EQ(rebase(document, "", ""), document);
  EXPECT_EQ(rebase(document, "", "out"), parse(R"({"model": "../m.tflite"})"));
}

TEST(Rebase, LeavesWhatIsNoRelativePath) {
  const toy::Folder root;
  const json document = parse(R"({"model": "/models/m.tflite", "input": {"images": "/photos/*.jpg"}, "output": {"labels": ["cat", "dog"]}})");
  EXPECT_EQ(rebase(document, root / "a", root / "b"), document);
  const json odd = parse(R"({"model": 5, "input": [1], "output": "x", "expect": null})");
  EXPECT_EQ(rebase(odd, root / "a", root / "b"), odd);
}

TEST(Rebase, ThereAndBackNamesTheSameFiles) {
  const toy::Folder root;
  for (const char* name : {"a", "b/c"}) fs::create_directories(root / name);
  const json document = parse(R"({"model": "m.tflite", "input": {"tensors": ["t/0.npy", "../t/1.npy"]}, "truth": "truth.csv"})");
  const json back = rebase(rebase(document, root / "a", root / "b/c"), root / "b/c", root / "a");
  for (const char* pointer : {"/model", "/truth", "/input/tensors/0", "/input/tensors/1"}) {
    const auto file = [&](const json& from) { return (root / "a" / from.at(json::json_pointer(pointer)).get<std::string>()).lexically_normal(); };
    EXPECT_EQ(file(back), file(document)) << pointer;
  }
  EXPECT_EQ(rebase(document, root / "a", root / "a"), document);
}

TEST(Rebase, SeesThroughSymbolicLinks) {
  const toy::Folder root;
  fs::create_directories(root / "real/app");
  fs::create_directories(root / "out");
  fs::create_directory_symlink(root / "real/app", root / "link");
  const json moved = rebase(parse(R"({"model": "m.tflite"})"), root / "link", root / "out");
  EXPECT_EQ(fs::weakly_canonical(root / "out" / moved["model"].get<std::string>()), fs::weakly_canonical(root / "real/app/m.tflite"));
}

TEST(Rebase, TruthStillFindsItsSamples) {
  const toy::App& toy = toy::standard();  // its truth names photos by path
  const toy::Folder elsewhere;
  const auto truth_in = [](const json& document, const fs::path& folder) {
    const auto app = parse_app(document, folder);
    const auto source = open_source(*app, app->inputs[0]);
    return *load_truth(*app, **source);
  };
  const Truth before = truth_in(toy.document(), toy.folder().path());
  const Truth after = truth_in(rebase(toy.document(), toy.folder().path(), elsewhere.path()), elsewhere.path());
  EXPECT_EQ(after.labels, before.labels);
  EXPECT_TRUE(after.unmatched_rows.empty());
  EXPECT_EQ(after.labels.size(), 48u);
}

}  // namespace
}  // namespace whyzero::app
