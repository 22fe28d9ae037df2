// Writer: nothing changes but what the patch names, and what it names is there when the file is read again.
#include "graph/tflite_writer.h"

#include <zip.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "base/file.h"
#include "graph/builder.h"
#include "graph/options.h"
#include "graph/test_support.h"
#include "graph/tflite_reader.h"

namespace whyzero::graph {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes bytes_of(const std::vector<float>& values) {
  Bytes out(values.size() * sizeof(float));
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

/// x → CONV_2D → DEQUANTIZE → y; tensors: 0 x, 1 filter, 2 bias, 3 h, 4 y, 5 and 6 constants in one buffer.
ModelBuilder conv_model() {
  ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {1, 2, 2, 1}, quantized(0.5f, 3));
  const int w = b.constant<int8_t>("w", {2, 1, 1, 1}, {1, 2}, per_channel({0.1f, 0.2f}, 0));
  const int bias = b.constant<int32_t>("bias", {2}, {10, 20}, per_channel({0.05f, 0.1f}, 0));
  const int h = b.tensor("h", DType::kInt8, {1, 2, 2, 2}, quantized(0.25f, -1));
  const int y = b.tensor("y", DType::kFloat32, {1, 2, 2, 2});
  const int a = b.constant<float>("a", {2}, {1, 2}), twin = b.tensor("twin", DType::kFloat32, {2});
  b.buffer(twin, 3);
  const int sum = b.tensor("sum", DType::kFloat32, {1, 2, 2, 2}), out = b.tensor("out", DType::kFloat32, {1, 2, 2, 2});
  b.node(schema::BuiltinOperator_CONV_2D, {x, w, bias}, {h},
         [](auto& f) { return schema::CreateConv2DOptions(f, schema::Padding_VALID, 1, 1); });
  b.node(schema::BuiltinOperator_DEQUANTIZE, {h}, {y});
  b.node(schema::BuiltinOperator_ADD, {y, a}, {sum});
  b.node(schema::BuiltinOperator_ADD, {sum, twin}, {out});
  b.output(out);
  b.metadata("NOTE", {1, 2, 3});
  b.signature("s", {{"in", x}}, {{"out", out}});
  return b;
}

std::shared_ptr<const Model> patched_conv(const GraphPatch& patch) {
  const auto model = conv_model().build();
  EXPECT_NE(model, nullptr);
  auto result = patched(*model, patch);
  EXPECT_TRUE(result) << result.error().text();
  return result ? *result : nullptr;
}

size_t differing_bytes(const Bytes& a, const Bytes& b) {
  size_t count = std::max(a.size(), b.size()) - std::min(a.size(), b.size());
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i];
  return count;
}

TEST(TfliteWriter, EmptyPatchIsIdentity) {
  const auto model = conv_model().build();
  ASSERT_NE(model, nullptr);
  const auto bytes = apply_patch(*model, {});
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, *model->bytes);
}

TEST(TfliteWriter, ScaleIsOverwrittenInPlace) {
  const auto model = conv_model().build();
  const auto bytes = apply_patch(*model, {SetQuantization{0, 3, {0.75f}, {-7}, 0}});
  ASSERT_TRUE(bytes);
  ASSERT_EQ(bytes->size(), model->bytes->size());
  EXPECT_LE(differing_bytes(*bytes, *model->bytes), 12u);
  const auto reading = read_tflite(std::make_shared<const Bytes>(*bytes));
  ASSERT_NE(reading.model, nullptr);
  EXPECT_EQ(values(reading.model->main().tensors[3].quantization.scales), std::vector<float>{0.75f});
  EXPECT_EQ(values(reading.model->main().tensors[3].quantization.zero_points), std::vector<int64_t>{-7});
  EXPECT_EQ(reading.model->main().tensors[0].quantization.scales[0], 0.5f);
}

TEST(TfliteWriter, QuantizationIsAddedAndItsCountChanged) {
  const auto model = patched_conv(
      {SetQuantization{0, 4, {2}, {5}, 0}, SetQuantization{0, 1, {0.3f}, {0}, 0}, SetQuantization{0, 3, {1, 2}, {0, 1}, 3}});
  ASSERT_NE(model, nullptr);
  const auto& tensors = model->main().tensors;
  EXPECT_EQ(values(tensors[4].quantization.zero_points), std::vector<int64_t>{5});
  EXPECT_EQ(tensors[4].name, "y");
  EXPECT_EQ(values(tensors[4].shape), (std::vector<int>{1, 2, 2, 2}));
  EXPECT_FALSE(tensors[1].quantization.per_channel());
  EXPECT_EQ(tensors[1].data[1], 2);
  EXPECT_EQ(tensors[3].quantization.axis, 3);
  EXPECT_EQ(values(tensors[2].quantization.scales), (std::vector<float>{0.05f, 0.1f}));
}

TEST(TfliteWriter, DataIsOverwrittenInPlaceOrMoved) {
  const auto same = patched_conv({SetData{0, 1, {7, 8}}});
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(values(same->main().tensors[1].data), (Bytes{7, 8}));
  EXPECT_EQ(same->bytes->size(), conv_model().bytes().size());
  const auto longer = patched_conv({SetType{0, 1, {}, std::vector<int32_t>{4, 1, 1, 1}}, SetData{0, 1, {1, 2, 3, 4}}});
  ASSERT_NE(longer, nullptr);
  EXPECT_EQ(values(longer->main().tensors[1].data), (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(longer->main().tensors[2].data[0], 10);
}

TEST(TfliteWriter, SharedDataChangesForOneTensorOnly) {
  const auto original = conv_model().build();
  ASSERT_EQ(original->main().tensors[5].buffer, original->main().tensors[6].buffer);
  // No spare buffer: all computed tensors use buffer 0.
  const auto refused = apply_patch(*original, {SetData{0, 5, bytes_of({5, 6})}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  ModelBuilder b = conv_model();
  b.constant_bytes("unused", DType::kFloat32, {0}, {});  // brings an empty buffer along
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  const auto changed = patched(*model, {SetData{0, 5, bytes_of({5, 6})}});
  ASSERT_TRUE(changed) << changed.error().text();
  EXPECT_EQ(values((*changed)->main().tensors[5].data), bytes_of({5, 6}));
  EXPECT_EQ(values((*changed)->main().tensors[6].data), bytes_of({1, 2}));
}

TEST(TfliteWriter, DataBehindTheFlatbuffer) {
  ModelBuilder b = conv_model();
  b.data_behind();
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  for (const Bytes& data : {Bytes{9, 9}, Bytes{9, 9, 9}}) {
    const auto changed = patched(*model, {SetData{0, 1, data}});
    ASSERT_TRUE(changed) << changed.error().text();
    EXPECT_EQ(values((*changed)->main().tensors[1].data), (Bytes{9, 9}));
    EXPECT_EQ((*changed)->main().tensors[2].data[4], 20);
  }
}

TEST(TfliteWriter, OptionsPresentAndAbsent) {
  const auto set = [](uint16_t field, auto value) { return SetOption{0, 0, schema::BuiltinOptions_Conv2DOptions, field, value}; };
  using Options = schema::Conv2DOptions;
  const auto model =
      patched_conv({set(Options::VT_STRIDE_W, int32_t{2}), set(Options::VT_DILATION_H_FACTOR, int32_t{3}),
                    set(Options::VT_FUSED_ACTIVATION_FUNCTION, static_cast<int8_t>(schema::ActivationFunctionType_RELU6))});
  ASSERT_NE(model, nullptr);
  const auto& read = options<Options>(model->main().nodes[0]);
  EXPECT_EQ(read.stride_w(), 2);
  EXPECT_EQ(read.stride_h(), 1);
  EXPECT_EQ(read.padding(), schema::Padding_VALID);
  EXPECT_EQ(read.dilation_h_factor(), 3);
  EXPECT_EQ(read.dilation_w_factor(), 1);
  EXPECT_EQ(read.fused_activation_function(), schema::ActivationFunctionType_RELU6);
  const auto wrong = apply_patch(*conv_model().build(), {SetOption{0, 0, schema::BuiltinOptions_AddOptions, 4, int8_t{1}}});
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(contains(wrong.error().text(), "node #0 CONV_2D"));
}

/// The reader checks fields, not what a table says of its own size.
TEST(TfliteWriter, OptionsThatClaimToBeLargerThanTheFileStay) {
  const auto model = conv_model().build();
  Bytes bytes(model->bytes->begin(), model->bytes->end());
  const auto* table = static_cast<const uint8_t*>(model->main().nodes[0].options_table);
  const uint8_t* vtable = table - flatbuffers::ReadScalar<int32_t>(table);
  flatbuffers::WriteScalar(bytes.data() + (vtable - model->bytes->data()) + 2, uint16_t{60000});
  const auto hostile = read_tflite(std::make_shared<const Bytes>(bytes)).model;
  ASSERT_NE(hostile, nullptr);
  const auto changed = apply_patch(*hostile, {SetOption{0, 0, schema::BuiltinOptions_Conv2DOptions, schema::Conv2DOptions::VT_DILATION_H_FACTOR, int32_t{3}}});
  ASSERT_FALSE(changed);
  EXPECT_TRUE(contains(changed.error().message, "60000 bytes")) << changed.error().text();
}

TEST(TfliteWriter, NodesAreTakenOutAndRewired) {
  const auto model = patched_conv({RemoveNode{0, 3, 0}, SetInput{0, 2, 1, 6}});
  ASSERT_NE(model, nullptr);
  ASSERT_EQ(model->main().nodes.size(), 3u);
  EXPECT_EQ(model->main().outputs[0], 7);
  EXPECT_EQ(model->signatures[0].outputs[0].tensor, 7);
  EXPECT_EQ(values(model->main().nodes[2].inputs), (std::vector<int>{4, 6}));
  const auto middle = patched_conv({RemoveNode{0, 2, 0}});
  ASSERT_NE(middle, nullptr);
  EXPECT_EQ(values(middle->main().nodes[2].inputs), (std::vector<int>{4, 6}));
  EXPECT_EQ(middle->main().nodes[1].op_name, "DEQUANTIZE");
  const auto types = apply_patch(*conv_model().build(), {RemoveNode{0, 1, 0}});
  ASSERT_FALSE(types);
  EXPECT_TRUE(contains(types.error().message, "another type"));
}

TEST(TfliteWriter, OutputsAreChosenAnewAndSignaturesGo) {
  const auto model = patched_conv({SetOutputs{0, {7, 4, 6}}});
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->main().outputs, (std::vector<int>{7, 4, 6}));
  EXPECT_TRUE(model->signatures.empty());
  EXPECT_EQ(model->main().nodes.size(), 4u);
}

TEST(TfliteWriter, TypeIsSetWhereTheFileLeavesItAtItsDefault) {
  const auto model = conv_model().build();
  const auto bytes = apply_patch(*model, {SetType{0, 4, DType::kFloat16, {}}});
  ASSERT_TRUE(bytes);
  const auto reading = read_tflite(std::make_shared<const Bytes>(*bytes));
  ASSERT_NE(reading.model, nullptr);
  EXPECT_EQ(reading.model->main().tensors[4].dtype, DType::kFloat16);
  EXPECT_EQ(reading.model->main().tensors[4].name, "y");
}

TEST(TfliteWriter, MetadataIsReplacedAndAdded) {
  const auto replaced = patched_conv({SetMetadata{"NOTE", {4, 5, 6, 7}}});
  ASSERT_NE(replaced, nullptr);
  EXPECT_EQ(values(replaced->metadata[0].data), (Bytes{4, 5, 6, 7}));
  ModelBuilder b = conv_model();
  b.constant_bytes("unused", DType::kFloat32, {0}, {});
  const auto added = patched(*b.build(), {SetMetadata{"MORE", {8}}});
  ASSERT_TRUE(added) << added.error().text();
  ASSERT_EQ((*added)->metadata.size(), 2u);
  EXPECT_EQ(values((*added)->metadata[0].data), (Bytes{1, 2, 3}));
  EXPECT_EQ((*added)->metadata[1].name, "MORE");
  EXPECT_EQ(values((*added)->metadata[1].data), (Bytes{8}));
}

TEST(TfliteWriter, RefusesWhatIsNotThere) {
  const auto model = conv_model().build();
  const GraphEdit edits[] = {SetQuantization{0, 99, {1}, {0}, 0},
                             SetQuantization{3, 0, {1}, {0}, 0},
                             SetQuantization{0, 0, {1, 2}, {0}, 0},
                             SetData{0, -1, {}},
                             SetInput{0, 0, 9, 0},
                             SetInput{0, 9, 0, 0},
                             RemoveNode{0, 0, 7},
                             SetOutputs{0, {0, 99}},
                             SetOutputs{3, {}},
                             SetOption{0, 50, 1, 4, int32_t{1}}};
  for (const GraphEdit& edit : edits) {
    const auto refused = apply_patch(*model, {edit});
    ASSERT_FALSE(refused) << describe(edit, *model);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument) << describe(edit, *model);
    EXPECT_FALSE(describe(edit, *model).empty());
  }
  const auto contradiction = patched(*model, {SetData{0, 1, {1}}});
  ASSERT_FALSE(contradiction);
  EXPECT_EQ(contradiction.error().code, ErrorCode::kMalformed);
}

/// Names and sizes of the members of a zip at the end of the bytes.
std::vector<std::string> zip_members(const Bytes& bytes) {
  std::vector<std::string> out;
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : nullptr;
  for (zip_int64_t i = 0; zip && i < zip_get_num_entries(zip, 0); ++i) {
    zip_stat_t stat;
    zip_stat_index(zip, static_cast<zip_uint64_t>(i), 0, &stat);
    std::string content(stat.size, '\0');
    zip_file_t* file = zip_fopen_index(zip, static_cast<zip_uint64_t>(i), 0);
    if (file && zip_fread(file, content.data(), stat.size) == static_cast<zip_int64_t>(stat.size))
      out.push_back(stat.name + (":" + content));
    if (file) zip_fclose(file);
  }
  if (zip) zip_discard(zip);
  return out;
}

/// A zip without members, which is also the smallest.
const Bytes kEmptyZip = {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

TEST(TfliteWriter, ZipInsideTheModelIsNotTakenForAnAppendedOne) {
  ModelBuilder b = conv_model();
  b.data_behind();
  b.metadata("PACKED", kEmptyZip);
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  ASSERT_TRUE(std::equal(kEmptyZip.rbegin(), kEmptyZip.rend(), model->bytes->rbegin()));
  const auto changed = patched(*model, {SetQuantization{0, 4, {2}, {5}, 0}});
  ASSERT_TRUE(changed) << changed.error().text();
  EXPECT_EQ(values((*changed)->metadata[1].data), kEmptyZip);
  Bytes appended = conv_model().bytes();
  appended.insert(appended.end(), kEmptyZip.begin(), kEmptyZip.end());
  const auto reading = read_tflite(std::make_shared<const Bytes>(appended));
  ASSERT_NE(reading.model, nullptr);
  const auto bytes = apply_patch(*reading.model, {SetQuantization{0, 4, {2}, {5}, 0}});
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(std::equal(kEmptyZip.rbegin(), kEmptyZip.rbegin() + 2, bytes->rbegin()));
  EXPECT_EQ(flatbuffers::ReadScalar<uint32_t>(bytes->data() + bytes->size() - 22), 0x06054b50u);
}

TEST(TfliteWriterShared, AppendedZipStaysReadable) {
  const auto path = std::filesystem::path(WHYZERO_SHARED_DATA) / "models/mobilenet_v1_0.25_224_float_metadata.tflite";
  const auto reading = read_tflite(path);
  if (!reading) GTEST_SKIP() << "no shared models at " << WHYZERO_SHARED_DATA;
  const Bytes& before = *reading->model->bytes;
  const auto members = zip_members(before);
  ASSERT_FALSE(members.empty());
  const auto after = apply_patch(*reading->model, {SetQuantization{0, 0, {0.5f}, {1}, 0}});
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_GT(after->size(), before.size());
  EXPECT_EQ(zip_members(*after), members);
}

TEST(TfliteWriterShared, EveryRealModelKeepsAllButTheEdit) {
  size_t count = 0;
  for (const char* folder : {"zoo", "models"}) {
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(WHYZERO_SHARED_DATA) / folder, none)) {
      if (entry.path().extension() != ".tflite") continue;
      const auto reading = read_tflite(entry.path());
      if (!reading || !reading->model) continue;
      const Model& model = *reading->model;
      const auto same = apply_patch(model, {});
      ASSERT_TRUE(same);
      EXPECT_EQ(*same, *model.bytes) << entry.path();
      // A quantization for the first input, which most models do not have, and new data for the first constant.
      const int input = model.main().inputs.empty() ? 0 : model.main().inputs[0];
      if (model.main().tensors[static_cast<size_t>(input)].quantization.blockwise) continue;
      const auto changed = patched(model, {SetQuantization{0, input, {0.125f}, {0}, 0}});
      ASSERT_TRUE(changed) << entry.path() << ": " << changed.error().text();
      const Subgraph &old_graph = model.main(), &new_graph = (*changed)->main();
      ASSERT_EQ(old_graph.tensors.size(), new_graph.tensors.size());
      for (size_t t = 0; t < old_graph.tensors.size(); ++t) {
        const Tensor &was = old_graph.tensors[t], &is = new_graph.tensors[t];
        EXPECT_EQ(was.name, is.name);
        EXPECT_EQ(was.shape, is.shape);
        EXPECT_EQ(was.dtype, is.dtype);
        EXPECT_TRUE(std::ranges::equal(was.data, is.data)) << entry.path() << " " << was.label();
        const auto& scales = static_cast<int>(t) == input ? std::vector<float>{0.125f} : was.quantization.scales;
        // By bits, because a scale may be NaN.
        EXPECT_TRUE(std::ranges::equal(std::as_bytes(std::span(scales)), std::as_bytes(std::span(is.quantization.scales))))
            << was.label();
      }
      ++count;
    }
  }
  if (count == 0) GTEST_SKIP() << "no shared models at " << WHYZERO_SHARED_DATA;
  EXPECT_GE(count, 200u);
}

}  // namespace
}  // namespace whyzero::graph
