// Reader: healthy models come through whole, each kind of fault is named, no bytes make it crash.
#include "graph/tflite_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "graph/builder.h"
#include "graph/options.h"
#include "graph/test_support.h"

namespace whyzero::graph {
namespace {

/// x → FULLY_CONNECTED → RELU → y, with metadata and a signature.
ModelBuilder small_model() {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 4});
  const int w = b.constant<float>("w", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  const int bias = b.constant<float>("bias", {2}, {0.5f, -0.5f});
  const int h = b.tensor("h", DType::kFloat32, {1, 2});
  const int y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {h},
         [](auto& f) { return schema::CreateFullyConnectedOptions(f, schema::ActivationFunctionType_RELU6); });
  b.node(schema::BuiltinOperator_RELU, {h}, {y});
  b.output(y);
  b.signature("serving_default", {{"pixels", x}}, {{"scores", y}});
  b.metadata("NOTE", {1, 2, 3});
  b.description("small");
  return b;
}

Reading read(std::vector<uint8_t> bytes) { return read_tflite(std::make_shared<const std::vector<uint8_t>>(std::move(bytes))); }

/// The only defect of a model that must not be used.
std::string only_defect(const Reading& reading, const std::string& code) {
  EXPECT_EQ(reading.model, nullptr);
  EXPECT_FALSE(reading.defects.empty());
  if (reading.defects.empty()) return {};
  EXPECT_EQ(reading.defects[0].code, code) << reading.defects[0].message;
  return reading.defects[0].message;
}

TEST(TfliteReader, ReadsWhatTheBuilderWrote) {
  const auto model = small_model().build();
  ASSERT_NE(model, nullptr);
  const Subgraph& graph = model->main();
  ASSERT_EQ(graph.tensors.size(), 5u);
  EXPECT_EQ(values(graph.inputs), (std::vector<int>{0}));
  EXPECT_EQ(values(graph.outputs), (std::vector<int>{4}));
  EXPECT_EQ(graph.tensors[1].name, "w");
  EXPECT_EQ(values(graph.tensors[1].shape), (std::vector<int>{2, 4}));
  ASSERT_TRUE(graph.tensors[1].constant);
  EXPECT_EQ(graph.tensors[1].data.size(), 32u);
  EXPECT_EQ(flatbuffers::ReadScalar<float>(graph.tensors[1].data.data() + 12), 4.0f);
  EXPECT_FALSE(graph.tensors[3].constant);
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].op_name, "FULLY_CONNECTED");
  EXPECT_EQ(values(graph.nodes[0].inputs), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(options<schema::FullyConnectedOptions>(graph.nodes[0]).fused_activation_function(),
            schema::ActivationFunctionType_RELU6);
  // Options of another table give that table's defaults.
  EXPECT_EQ(options<schema::Conv2DOptions>(graph.nodes[0]).dilation_h_factor(), 1);
  ASSERT_EQ(model->signatures.size(), 1u);
  EXPECT_EQ(model->signatures[0].outputs[0].name, "scores");
  EXPECT_EQ(model->signatures[0].outputs[0].tensor, 4);
  ASSERT_EQ(model->metadata.size(), 1u);
  EXPECT_EQ(values(model->metadata[0].data), (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_EQ(model->description, "small");
}

TEST(TfliteReader, ReadsQuantizationStringsAndCustomOperators) {
  ModelBuilder b;
  const int x = b.input("x", DType::kInt8, {1, 2}, quantized(0.5f, -3));
  const int w = b.constant<int8_t>("w", {3, 2}, {1, 2, 3, 4, 5, 6}, per_channel({0.1f, 0.2f, 0.3f}, 0));
  const int packed = b.constant_bytes("packed", DType::kInt4, {3}, {0x21, 0x03});
  const int words = b.strings("words", {2}, {"ab", ""});
  const int y = b.tensor("y", DType::kInt8, {1, 3}, quantized(1.0f));
  b.custom("MyOp", {x, w, packed, words, -1}, {y}, {9, 8});
  b.output(y);
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  const Subgraph& graph = model->main();
  EXPECT_EQ(values(graph.tensors[0].quantization.zero_points), (std::vector<int64_t>{-3}));
  EXPECT_EQ(values(graph.tensors[1].quantization.scales), (std::vector<float>{0.1f, 0.2f, 0.3f}));
  EXPECT_TRUE(graph.tensors[1].quantization.per_channel());
  EXPECT_EQ(graph.tensors[2].data.size(), 2u);
  EXPECT_TRUE(graph.nodes[0].custom());
  EXPECT_EQ(graph.nodes[0].op_name, "MyOp");
  EXPECT_EQ(values(graph.nodes[0].custom_options), (std::vector<uint8_t>{9, 8}));
}

TEST(TfliteReader, OldFilesHaveOnlyTheShortOperatorCode) {
  std::vector<uint8_t> bytes = small_model().bytes();
  const auto* code = schema::GetModel(bytes.data())->operator_codes()->Get(0);
  ASSERT_EQ(code->builtin_code(), schema::BuiltinOperator_FULLY_CONNECTED);
  auto* table = reinterpret_cast<const flatbuffers::Table*>(code);
  const size_t at = static_cast<size_t>(table->GetAddressOf(schema::OperatorCode::VT_BUILTIN_CODE) - bytes.data());
  flatbuffers::WriteScalar(bytes.data() + at, int32_t{0});
  const Reading reading = read(bytes);
  ASSERT_NE(reading.model, nullptr);
  EXPECT_EQ(reading.model->main().nodes[0].op_name, "FULLY_CONNECTED");
}

TEST(TfliteReader, ConstantsBehindTheFlatbuffer) {
  ModelBuilder b = small_model();
  b.data_behind();
  std::vector<uint8_t> bytes = b.bytes();
  const Reading whole = read(bytes);
  ASSERT_NE(whole.model, nullptr);
  EXPECT_EQ(flatbuffers::ReadScalar<float>(whole.model->main().tensors[1].data.data() + 28), 8.0f);
  bytes.pop_back();
  EXPECT_TRUE(contains(only_defect(read(bytes), "F002"), "buffer 3"));
}

TEST(TfliteReader, NewerOperatorsAndFieldsAreNoFault) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1});
  const int y = b.tensor("y", DType::kFloat32, {1});
  b.node(static_cast<schema::BuiltinOperator>(9000), {x, x, x}, {y}, 77);
  b.output(y);
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->main().nodes[0].op_name, "BUILTIN_9000");
  EXPECT_EQ(model->main().nodes[0].version, 77);
}

struct Fault {
  const char* name;
  void (*make)(ModelBuilder& b, int x, int y);
  const char* message;
};

constexpr auto kAdd = schema::BuiltinOperator_ADD;
constexpr auto kNeg = schema::BuiltinOperator_NEG;

const Fault kFaults[] = {
    {"input index",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, 99}, {y});
     },
     "input 1 is tensor 99"},
    {"negative input index",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, -2}, {y});
     },
     "input 1 is tensor -2"},
    {"output index", [](ModelBuilder& b, int x, int) { b.node(kNeg, {x}, {50}); }, "output 0 is tensor 50"},
    {"required input left out",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, -1}, {y});
     },
     "input 1 is left out"},
    {"arity", [](ModelBuilder& b, int x, int y) { b.node(kAdd, {x}, {y}); }, "has 1 inputs, expected 2"},
    {"no outputs", [](ModelBuilder& b, int x, int) { b.node(kNeg, {x}, {}); }, "has 0 outputs, expected 1"},
    {"two writers", [](ModelBuilder& b, int x, int y) { b.node(kNeg, {x}, {y}), b.node(kNeg, {x}, {y}); },
     "both write tensor #1"},
    {"writes an input", [](ModelBuilder& b, int x, int y) { b.node(kNeg, {x}, {y}), b.node(kNeg, {y}, {x}); },
     "which is an input"},
    {"writes a constant",
     [](ModelBuilder& b, int x, int y) {
       const int c = b.constant<float>("c", {2}, {1, 2});
       b.node(kNeg, {x}, {y}), b.node(kNeg, {x}, {c});
     },
     "which is constant"},
    {"reads what nobody writes",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, b.tensor("lost", DType::kFloat32, {2})}, {y});
     },
     "\"lost\", which is neither"},
    {"order",
     [](ModelBuilder& b, int x, int y) {
       const int h = b.tensor("h", DType::kFloat32, {2});
       b.node(kNeg, {h}, {y}), b.node(kNeg, {x}, {h});
     },
     "before node #1 NEG writes it"},
    {"cycle",
     [](ModelBuilder& b, int x, int y) {
       const int h = b.tensor("h", DType::kFloat32, {2});
       b.node(kAdd, {x, y}, {h}), b.node(kAdd, {x, h}, {y});
     },
     "a cycle"},
    {"output never written", [](ModelBuilder&, int, int) {}, "is written by no node"},
    {"graph output index", [](ModelBuilder& b, int x, int y) { b.node(kNeg, {x}, {y}), b.output(-5); },
     "output 1 of subgraph 0 is tensor -5"},
    {"buffer index", [](ModelBuilder& b, int x, int y) { b.node(kNeg, {x}, {y}), b.buffer(y, 77); }, "buffer 77"},
    {"constant too short",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, b.constant<float>("c", {2, 3}, {1, 2})}, {y});
     },
     "needs 24 bytes, buffer 1 holds 8"},
    {"packed constant too short",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, b.constant_bytes("c", DType::kInt4, {5}, {1, 2})}, {y});
     },
     "needs 3 bytes"},
    {"negative dimension",
     [](ModelBuilder& b, int x, int y) {
       b.tensor("t", DType::kFloat32, {-1, 3}), b.node(kNeg, {x}, {y});
     },
     "cannot be -1"},
    {"overflowing shape",
     [](ModelBuilder& b, int x, int y) {
       b.tensor("t", DType::kFloat32, {65536, 65536, 65536, 65536}), b.node(kNeg, {x}, {y});
     },
     "more elements than any memory holds"},
    {"type", [](ModelBuilder& b, int x, int y) { b.tensor("t", static_cast<DType>(99), {1}), b.node(kNeg, {x}, {y}); },
     "has type 99"},
    {"operator", [](ModelBuilder& b, int x, int y) { b.node(static_cast<schema::BuiltinOperator>(-5), {x}, {y}); },
     "operator -5"},
    {"operator version", [](ModelBuilder& b, int x, int y) { b.node(kNeg, {x}, {y}, -1); }, "version -1"},
    {"activation",
     [](ModelBuilder& b, int x, int y) {
       b.node(kAdd, {x, x}, {y},
              [](auto& f) { return schema::CreateAddOptions(f, static_cast<schema::ActivationFunctionType>(99)); });
     },
     "fused activation 99"},
    {"format version", [](ModelBuilder& b, int x, int y) { b.node(kNeg, {x}, {y}), b.version(9); }, "format version 9"},
    {"subgraph index",
     [](ModelBuilder& b, int, int) {
       b.node(schema::BuiltinOperator_CALL_ONCE, {}, {}, [](auto& f) { return schema::CreateCallOnceOptions(f, 8); });
       b.set_outputs({});
     },
     "initialization subgraph is 8"},
    {"endless subgraphs",
     [](ModelBuilder& b, int, int) {
       b.node(schema::BuiltinOperator_CALL_ONCE, {}, {}, [](auto& f) { return schema::CreateCallOnceOptions(f, 1); });
       b.set_inputs({}), b.set_outputs({});
       b.subgraph("again");
       b.node(schema::BuiltinOperator_CALL_ONCE, {}, {}, [](auto& f) { return schema::CreateCallOnceOptions(f, 0); });
     },
     "without end"},
    {"branch arity",
     [](ModelBuilder& b, int x, int y) {
       b.node(schema::BuiltinOperator_IF, {x}, {y}, [](auto& f) { return schema::CreateIfOptions(f, 1, 1); });
       b.subgraph("branch");
       b.output(b.input("z", DType::kFloat32, {2}));
     },
     "then subgraph 1 has 1 inputs, expected 0"},
    {"strings",
     [](ModelBuilder& b, int x, int y) {
       b.constant_bytes("s", DType::kString, {1}, {1, 0, 0, 0, 12, 0, 0, 0, 99, 0, 0, 0}), b.node(kNeg, {x}, {y});
     },
     "string 1 lies at byte 99 of 12"},
    {"scales of blocks",
     [](ModelBuilder& b, int x, int y) {
       Quantization q;
       q.blockwise = true, q.scales_tensor = 40, q.block_size = 32;
       b.tensor("t", DType::kInt4, {4}, q), b.node(kNeg, {x}, {y});
     },
     "tensors 40 and -1"},
};

TEST(TfliteReader, NamesEachContradiction) {
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.name);
    ModelBuilder b;
    const int x = b.input("x", DType::kFloat32, {2}), y = b.tensor("y", DType::kFloat32, {2});
    b.output(y);
    fault.make(b, x, y);
    EXPECT_TRUE(contains(only_defect(b.read(), "F003"), fault.message));
  }
}

TEST(TfliteReader, BrokenSignatureIsLeftOut) {
  ModelBuilder b = small_model();
  b.signature("broken", {{"a", 123}}, {});
  const Reading reading = b.read();
  ASSERT_NE(reading.model, nullptr);
  ASSERT_EQ(reading.defects.size(), 1u);
  EXPECT_EQ(reading.defects[0].code, "F003");
  EXPECT_TRUE(contains(reading.defects[0].message, "tensor 123 as \"a\""));
  EXPECT_EQ(reading.model->signatures.size(), 1u);
}

TEST(TfliteReader, ZeroPointsAndAxisAreMadeSafe) {
  ModelBuilder b;
  Quantization q = per_channel({1, 2, 3}, 9);
  q.zero_points = {4};
  b.output(b.input("x", DType::kInt8, {3, 1}, q));
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  const Quantization& read = model->main().tensors[0].quantization;
  EXPECT_EQ(values(read.zero_points), (std::vector<int64_t>{4, 4, 4}));
  EXPECT_EQ(read.zero_points_in_file, 1u);
  EXPECT_EQ(read.axis, 1);
  EXPECT_EQ(read.axis_in_file, 9);
}

TEST(TfliteReader, EmptyTensorsNeedNoWriter) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1}), shape = b.tensor("shape", DType::kInt32, {0}),
            y = b.tensor("y", DType::kFloat32, {});
  b.node(schema::BuiltinOperator_RESHAPE, {x, shape}, {y});
  b.output(y);
  const auto model = b.build();
  ASSERT_NE(model, nullptr);
  EXPECT_TRUE(model->main().tensors[1].constant);
}

TEST(TfliteReader, OtherFilesAreNamed) {
  const std::string page = "<!DOCTYPE html><html>";
  EXPECT_TRUE(contains(only_defect(read({page.begin(), page.end()}), "F001"), "a web page (HTML)"));
  EXPECT_TRUE(contains(only_defect(read({}), "F001"), "an empty file"));
  EXPECT_TRUE(contains(read_tflite(std::filesystem::path("no such file")).error().text(), "no such file"));
}

TEST(TfliteReader, EveryTruncationIsToldAndNoneCrashes) {
  const std::vector<uint8_t> whole = small_model().bytes();
  size_t cut_off = 0;
  for (size_t size = 0; size < whole.size(); ++size) {
    const Reading reading = read({whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)});
    ASSERT_EQ(reading.model, nullptr) << size;
    ASSERT_FALSE(reading.defects.empty()) << size;
    cut_off += reading.defects[0].code == "F002";
  }
  // All from byte 8 on, where the identifier is complete; alignment may make a few look damaged.
  EXPECT_GE(cut_off, (whole.size() - 8) * 95 / 100);
}

TEST(TfliteReader, TruncationOfAnAppendedZipIsNoFault) {
  std::vector<uint8_t> bytes = small_model().bytes();
  bytes.insert(bytes.end(), {'P', 'K', 3, 4, 0, 0});
  EXPECT_TRUE(read(bytes).defects.empty());
}

TEST(TfliteReader, DamagedBytesNeverCrash) {
  const std::vector<uint8_t> whole = small_model().bytes();
  for (uint32_t seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    std::vector<uint8_t> bytes = whole;
    for (uint32_t flips = 1 + seed % 12; flips > 0; --flips)
      bytes[random() % bytes.size()] ^= static_cast<uint8_t>(1u << random() % 8);
    const Reading reading = read(bytes);
    ASSERT_TRUE(reading.model || !reading.defects.empty()) << "seed " << seed;
    if (!reading.model) continue;
    for (const Tensor& tensor : reading.model->main().tensors) EXPECT_LE(tensor.data.size(), bytes.size()) << "seed " << seed;
  }
}

TEST(TfliteReader, SharedListsDoNotBlowUp) {
  // Many subgraph entries that all lead to one subgraph with a long list of inputs.
  flatbuffers::FlatBufferBuilder f;
  const auto list = f.CreateVector(std::vector<int32_t>(100'000, 0));
  const auto tensor = schema::CreateTensor(f, f.CreateVector(std::vector<int32_t>{1}));
  const auto tensors = f.CreateVector(std::vector{tensor});
  const auto graph = schema::CreateSubGraph(f, tensors, list);
  const auto graphs = f.CreateVector(std::vector(100'000, graph));
  const auto buffers = f.CreateVector(std::vector{schema::CreateBuffer(f)});
  f.Finish(schema::CreateModel(f, 3, 0, graphs, 0, buffers), schema::ModelIdentifier());
  const Reading reading = read({f.GetBufferPointer(), f.GetBufferPointer() + f.GetSize()});
  EXPECT_EQ(reading.model, nullptr);
  EXPECT_LE(reading.defects.size(), 50u);
}

}  // namespace
}  // namespace whyzero::graph
