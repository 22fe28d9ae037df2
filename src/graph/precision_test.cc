// What a file is: told from its layers, and from what the converter notes where it does.
#include "graph/precision.h"

#include <gtest/gtest.h>

#include "graph/builder.h"
#include "graph/tflite_reader.h"

namespace whyzero::graph {
namespace {

constexpr int32_t kFullInteger = 1003, kInt16 = 1004, kAware = 2000;

/// As TensorFlow's converter writes them: {environment: {version}, options: {modes}}.
std::vector<uint8_t> notes(std::vector<int32_t> modes) {
  flatbuffers::FlatBufferBuilder f;
  const auto table = [&f](auto... fields) {
    const auto start = f.StartTable();
    flatbuffers::voffset_t slot = 4;
    ((f.AddOffset(slot, fields), slot = static_cast<flatbuffers::voffset_t>(slot + 2)), ...);
    return flatbuffers::Offset<flatbuffers::Table>(f.EndTable(start));
  };
  const auto version = f.CreateString("2.21.0");
  const auto list = f.CreateVector(modes);
  const auto environment = table(version), options = table(list);
  f.Finish(table(environment, options));
  return {f.GetBufferPointer(), f.GetBufferPointer() + f.GetSize()};
}

/// One fully connected layer whose activations and kernel have these types; a float16 kernel is unpacked.
ModelBuilder dense(DType activation, DType kernel) {
  ModelBuilder b;
  const auto numbers = activation == DType::kFloat32 ? Quantization{} : quantized(0.5f, 0);
  const int x = b.input("x", activation, {1, 2}, numbers);
  int w = 0;
  if (kernel == DType::kFloat32) w = b.constant<float>("w", {1, 2}, {1, 2});
  if (kernel == DType::kInt8) w = b.constant<int8_t>("w", {1, 2}, {1, 2}, quantized(0.25f, 0));
  if (kernel == DType::kFloat16) {
    const int half = b.constant_bytes("half", DType::kFloat16, {1, 2}, {0, 0x3c, 0, 0x40});
    w = b.tensor("w", DType::kFloat32, {1, 2});
    b.node(schema::BuiltinOperator_DEQUANTIZE, {half}, {w});
  }
  const int y = b.tensor("y", activation, {1, 1}, numbers);
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, -1}, {y});
  b.output(y);
  return b;
}

Scheme scheme_of(DType activation, DType kernel) { return precision_of(*dense(activation, kernel).build()).scheme; }

TEST(Precision, IsSeenFromTheLayers) {
  EXPECT_EQ(scheme_of(DType::kFloat32, DType::kFloat32), Scheme::kFloat);
  EXPECT_EQ(scheme_of(DType::kFloat32, DType::kFloat16), Scheme::kFloat16);
  EXPECT_EQ(scheme_of(DType::kFloat32, DType::kInt8), Scheme::kDynamic);
  EXPECT_EQ(scheme_of(DType::kInt8, DType::kInt8), Scheme::kInteger);
  EXPECT_EQ(scheme_of(DType::kInt16, DType::kInt8), Scheme::kInt16x8);
}

TEST(Precision, SmallLayersThatStayFloatLeaveADynamicRangeModelWhatItIs) {
  ModelBuilder b = dense(DType::kFloat32, DType::kInt8);
  const int w = b.constant<float>("small", {1, 1}, {1}), z = b.tensor("z", DType::kFloat32, {1, 1});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {2, w, -1}, {z});
  b.output(z);
  const Precision precision = precision_of(*b.build());
  EXPECT_EQ(precision.scheme, Scheme::kDynamic);
  EXPECT_EQ(precision.layers, 2);
  EXPECT_EQ(precision.reduced, 1);
}

TEST(Precision, TheConvertersNotesTellTrainingFromCalibration) {
  ModelBuilder after = dense(DType::kInt8, DType::kInt8), aware = dense(DType::kInt8, DType::kInt8);
  after.metadata("CONVERSION_METADATA", notes({kFullInteger}));
  aware.metadata("CONVERSION_METADATA", notes({kFullInteger, kAware}));
  const Precision ptq = precision_of(*after.build()), qat = precision_of(*aware.build());
  EXPECT_EQ(ptq.origin, Origin::kAfterTraining);
  EXPECT_EQ(ptq.converter, "2.21.0");
  EXPECT_NE(describe(ptq).find("PTQ_FULL_INTEGER), not by quantization-aware training"), std::string::npos) << describe(ptq);
  EXPECT_EQ(qat.origin, Origin::kAwareTraining);
}

TEST(Precision, WithoutNotesADynamicRangeModelIsKnownByItsMissingRanges) {
  const std::string text = describe(precision_of(*dense(DType::kFloat32, DType::kInt8).build()));
  EXPECT_NE(text.find("neither calibration nor quantization-aware training"), std::string::npos) << text;
}

TEST(Precision, BrokenNotesAreLeftOut) {
  std::vector<uint8_t> bytes = notes({kInt16, 77});
  for (size_t size = 0; size <= bytes.size(); ++size)
    for (uint8_t flip : {0x00, 0x04, 0x80, 0xff}) {
      std::vector<uint8_t> hostile(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      if (size > 0) hostile[size / 2] ^= flip;
      ModelBuilder b = dense(DType::kInt8, DType::kInt8);
      b.metadata("CONVERSION_METADATA", hostile);
      const Precision precision = precision_of(*b.build());
      EXPECT_LE(precision.noted.size(), bytes.size());
      if (size == bytes.size() && flip == 0) {
        EXPECT_EQ(precision.noted, (std::vector<std::string>{"PTQ_INT16", "77"}));
      }
    }
}

}  // namespace
}  // namespace whyzero::graph
