// Metadata built field by field, the zip behind the model, and what is broken of either.
#include "app/metadata.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/tflite_reader.h"
#include "support/toy_metadata.h"

namespace whyzero::app {
namespace {

using Labels = std::vector<std::string>;
using Bytes = std::vector<uint8_t>;

const Labels kLabels = {"no", "yes", "perhaps"};

Bytes model_bytes(const toy::MetadataOptions& options) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4, 4, 3}), y = b.tensor("y", DType::kFloat32, {1, 4, 4, 3});
  b.node(schema::BuiltinOperator_RELU, {x}, {y});
  b.output(y);
  b.metadata("TFLITE_METADATA", toy::metadata_of(options));
  return b.bytes();
}

std::shared_ptr<const graph::Model> read(Bytes bytes) {
  const graph::Reading reading = graph::read_tflite(std::make_shared<const Bytes>(std::move(bytes)));
  EXPECT_TRUE(reading.model) << (reading.defects.empty() ? "" : reading.defects[0].message);
  return reading.model;
}

TEST(Metadata, NormalizationAndColours) {
  const auto model = read(model_bytes({.mean = {123.5f, 116, 103}, .std = {58, 57, 56}, .colour_space = 2}));
  ASSERT_TRUE(model);
  const auto found = input_normalization(*model, 0);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->mean, (std::vector<float>{123.5f, 116, 103}));
  EXPECT_EQ(found->std, (std::vector<float>{58, 57, 56}));
  EXPECT_FALSE(input_normalization(*model, 1));
  EXPECT_EQ(described_colours(*model, 0), ColourSpace::kGray);
  EXPECT_EQ(described_colours(*read(model_bytes({.colour_space = 1})), 0), ColourSpace::kRgb);
  EXPECT_EQ(described_colours(*read(model_bytes({})), 0), ColourSpace::kUnknown);
  EXPECT_FALSE(input_normalization(*read(model_bytes({.mean = {1}, .std = {0}})), 0)) << "nothing divides by zero";
  const auto tensors = described_tensors(*model);
  ASSERT_TRUE(tensors);
  EXPECT_EQ(tensors->inputs, 1u);
  EXPECT_EQ(tensors->outputs, 1u);
}

TEST(Metadata, LabelsPackedBehindTheModel) {
  for (const auto level : {toy::MetadataOptions::kTensor, toy::MetadataOptions::kSubgraph, toy::MetadataOptions::kModel})
    for (const bool from_the_beginning : {true, false}) {
      const auto model = read(toy::with_zip(model_bytes({.labels = "l.txt", .level = level}), {{"other.txt", "x\n"}, {"l.txt", toy::lines_of(kLabels)}}, from_the_beginning));
      ASSERT_TRUE(model);
      const auto packed = packed_labels(*model, 0);
      ASSERT_TRUE(packed) << level << from_the_beginning;
      EXPECT_EQ(packed->file, "l.txt");
      EXPECT_EQ(packed->labels, kLabels);
      EXPECT_EQ(packed_file_names(*model), (Labels{"l.txt", "other.txt"}));
    }
}

TEST(Metadata, NoLabels) {
  const std::vector<toy::PackedFile> files = {{"l.txt", "a\nb\n"}};
  EXPECT_FALSE(packed_labels(*read(toy::with_zip(model_bytes({}), files)), 0)) << "a file that nothing names";
  EXPECT_FALSE(packed_labels(*read(toy::with_zip(model_bytes({.labels = "l.txt", .file_type = 5}), files)), 0)) << "a vocabulary";
  EXPECT_FALSE(packed_labels(*read(toy::with_zip(model_bytes({.labels = "m.txt"}), files)), 0)) << "a file that is not packed";
  EXPECT_FALSE(packed_labels(*read(model_bytes({.labels = "l.txt"})), 0)) << "no zip";
}

TEST(Metadata, BrokenZipsAreNone) {
  const Bytes whole = toy::with_zip(model_bytes({.labels = "l.txt"}), {{"l.txt", toy::lines_of(kLabels)}});
  const size_t begin = model_bytes({.labels = "l.txt"}).size();
  for (size_t at = begin; at < whole.size(); ++at)
    for (const uint8_t change : {0x01, 0x80, 0xff}) {
      Bytes bytes = whole;
      bytes[at] ^= change;
      const auto model = read(std::move(bytes));
      if (!model) continue;
      const auto packed = packed_labels(*model, 0);
      EXPECT_TRUE(!packed || packed->labels == kLabels) << at - begin << " ^ " << int(change);
    }
}

}  // namespace
}  // namespace whyzero::app
