// Each kind of file is told by its first bytes.
#include "graph/sniff.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "graph/builder.h"

namespace whyzero::graph {
namespace {

using namespace std::string_literals;

FileKind sniff_text(const std::string& text) { return sniff({reinterpret_cast<const uint8_t*>(text.data()), text.size()}); }

std::string zip_with(const std::string& name) {
  return "PK\x03\x04"s + std::string(26, '\0') + name + std::string(200, 'x') + "PK\x01\x02" + name;
}

TEST(Sniff, TellsKinds) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "empty"},
      {"<!DOCTYPE html>\n<html lang=en>", "html"},
      {"\n  <HTML><body>404", "html"},
      {"<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>", "xml"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git-lfs-pointer"},
      {"\x89HDF\r\n\x1a\n"s + std::string(64, '\0'), "keras-h5"},
      {zip_with("config.json") + zip_with("model.weights.h5"), "keras-zip"},
      {zip_with("archive/data.pkl"), "pytorch"},
      {zip_with("net/data.pkl") + zip_with("net/constants.pkl"), "torchscript"},
      {zip_with("export/saved_model.pb"), "saved-model"},
      {zip_with("x.npy"), "npz"},
      {zip_with("mobilenet.tflite"), "zip"},
      {zip_with("AndroidManifest.xml"), "zip"},
      {"\x1f\x8b\x08\0"s + std::string(20, 'z'), "gzip"},
      {std::string(257, 'a') + "ustar  \0"s, "tar"},
      {"\x08\x01\x12\x9a\x7f\x0a\x05"s + "serve", "saved-model"},
      {"\x0a\x1d\x0a\x05input\x12\x0bPlaceholder"s, "frozen-graph"},
      {"\x08\x07\x12\x07pytorch\x1a\x05"s + "1.9.0", "onnx"},
      {"\x08\x04\x12\x40\x0a\x10\x0a\x05image"s, "coreml"},
      {"\x10\0\0\0\0\0\0\0{\"weight\":{\"dtype\":\"F32\"}}"s, "safetensors"},
      {"// model\nalignas(16) const unsigned char g_model[] = {\n 0x1c, 0x00, 0x00, 0x00, 0x54,", "c-array"},
      {"const uint8_t model[3] = {28, 0, 0};", "c-array"},
      {"HAAAAFRGTDMAAAAA", "base64"},
      {"{\"format\":\"layers-model\",\"modelTopology\":{}}", "tfjs"},
      {"[1, 2, 3]", "json"},
      {"cat\ndog\n", "text"},
      {"\xff\xd8\xff\xe0\0\x10JFIF"s, "image"},
      {"\x89PNG\r\n\x1a\n\0\0"s, "image"},
      {"\x93NUMPY\x01\0v\0{'descr'"s, "npy"},
      {"\x18\0\0\0ET12"s + std::string(20, '\0'), "executorch"},
      {"GGUF\x03\0\0\0"s, "gguf"},
      {"\x80\x04\x95\x10\0\0\0\0\0\0\0}"s, "pickle"},
      {std::string(5000, '\0'), "zeros"},
      {"\x01\x02\x03", "unknown"},
  };
  for (const auto& [content, kind] : cases) EXPECT_EQ(sniff_text(content).kind, kind) << content.substr(0, 40);
}

TEST(Sniff, EveryOtherKindSaysWhatItIs) {
  for (const char* content : {"", "<html>", "\x1f\x8b", "plain words", "\x01\x02\x03"}) {
    const FileKind kind = sniff_text(content);
    EXPECT_FALSE(kind.what.empty()) << content;
    EXPECT_FALSE(kind.advice.empty()) << content;
  }
}

TEST(Sniff, ModelWithAndWithoutIdentifier) {
  ModelBuilder b;
  b.output(b.input("x", DType::kFloat32, {1}));
  std::vector<uint8_t> bytes = b.bytes();
  EXPECT_EQ(sniff(bytes).kind, "tflite");
  std::fill(bytes.begin() + 4, bytes.begin() + 8, uint8_t{0});
  EXPECT_EQ(sniff(bytes).kind, "tflite-wrong-identifier");
}

}  // namespace
}  // namespace whyzero::graph
