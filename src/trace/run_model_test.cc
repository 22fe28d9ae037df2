#include "trace/run_model.h"

#include <gtest/gtest.h>

#include <cstring>

#include "graph/builder.h"

namespace whyzero::trace {
namespace {

using graph::ModelBuilder;

template <class T>
Array make(DType dtype, std::vector<int64_t> shape, const std::vector<T>& from) {
  Array array;
  array.dtype = dtype;
  array.shape = std::move(shape);
  array.data.resize(from.size() * sizeof(T));
  if (!from.empty()) std::memcpy(array.data.data(), from.data(), array.data.size());
  return array;
}

Array floats(std::vector<int64_t> shape, const std::vector<float>& from) { return make(DType::kFloat32, std::move(shape), from); }

std::vector<float> values(const Array& array) {
  std::vector<float> out(array.data.size() / 4);
  std::memcpy(out.data(), array.data.data(), array.data.size());
  return out;
}

/// y = -x, and z = -y.
ModelBuilder negations() {
  ModelBuilder b;
  const int x = b.input("serving/x", DType::kFloat32, {2});
  const int y = b.tensor("y", DType::kFloat32, {2});
  const int z = b.tensor("z", DType::kFloat32, {2});
  b.node(schema::BuiltinOperator_NEG, {x}, {y});
  b.node(schema::BuiltinOperator_NEG, {y}, {z});
  b.output(z);
  b.signature("serve", {{"argument", x}}, {{"result", z}});
  return b;
}

TEST(RunModelTest, ZerosWithoutInput) {
  auto result = run_model(negations().build(), {});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->arrays.size(), 1u);
  EXPECT_EQ(values(result->arrays.at("out_0")), (std::vector<float>{0, 0}));
  EXPECT_EQ(result->coverage.run, 2);
}

TEST(RunModelTest, KeysAreNumbersNamesOrArguments) {
  for (const char* key : {"in_0", "serving/x", "argument"}) {
    auto result = run_model(negations().build(), {{key, floats({2}, {1, -2})}, {"ref_0", floats({1}, {0})}});
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(values(result->arrays.at("out_0")), (std::vector<float>{1, -2})) << key;
    EXPECT_EQ(result->unused, std::vector<std::string>{"ref_0"});
  }
  for (const char* key : {"in_1", "in_", "in_x", "in_99999999999", "s1_", "s_in_0", "s-1_in_0", "y"}) {
    auto result = run_model(negations().build(), {{key, floats({2}, {1, -2})}});
    ASSERT_FALSE(result) << key;
    EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  }
}

TEST(RunModelTest, AChosenSignatureRunsItsSubgraph) {
  ModelBuilder b = negations();
  b.subgraph("identity");
  const int x = b.input("x", DType::kFloat32, {1}), y = b.tensor("y", DType::kFloat32, {1});
  b.node(schema::BuiltinOperator_NEG, {x}, {y});
  b.output(y);
  b.signature("negate", {{"number", x}}, {{"result", y}}, 1);
  for (const char* key : {"in_0", "x", "number"}) {
    auto result = run_model(b.build(), {{key, floats({1}, {3})}}, {.signature = "negate"});
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(values(result->arrays.at("out_0")), std::vector<float>{-3}) << key;
  }
  auto first = run_model(b.build(), {{"argument", floats({2}, {1, 2})}}, {.signature = "serve"});
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(values(first->arrays.at("out_0")), (std::vector<float>{1, 2}));
  const auto unknown = run_model(b.build(), {}, {.signature = "train"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_NE(unknown.error().text().find("serve, negate"), std::string::npos) << unknown.error().text();
}

TEST(RunModelTest, LaterInvocationsKeepWhatIsNotGiven) {
  auto result = run_model(negations().build(), {{"in_0", floats({2}, {1, 2})}, {"s2_in_0", floats({3}, {3, 4, 5})}});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(values(result->arrays.at("out_0")), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(result->arrays.at("s1_out_0")), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(result->arrays.at("s2_out_0")), (std::vector<float>{3, 4, 5}));
  EXPECT_EQ(result->arrays.at("s2_out_0").shape, std::vector<int64_t>{3});
}

TEST(RunModelTest, WithoutInputsASecondInvocationShowsWhatChanges) {
  ModelBuilder b;
  const int shape = b.constant<int32_t>("shape", {1}, {3});
  const int drawn = b.tensor("drawn", DType::kFloat32, {3});
  b.node(schema::BuiltinOperator_RANDOM_UNIFORM, {shape}, {drawn}, [](auto& f) { return schema::CreateRandomOptions(f, 1, 2); });
  b.output(drawn);
  auto result = run_model(b.build(), {});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(values(result->arrays.at("out_0")).size(), 3u);
  EXPECT_NE(values(result->arrays.at("out_0")), values(result->arrays.at("s1_out_0")));
}

TEST(RunModelTest, AllTensorsStayReadable) {
  RunOptions options;
  options.all_tensors = true;
  auto result = run_model(negations().build(), {{"in_0", floats({2}, {1, 2})}}, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(values(result->arrays.at("t_0")), (std::vector<float>{1, 2}));
  EXPECT_EQ(values(result->arrays.at("t_1")), (std::vector<float>{-1, -2}));
  EXPECT_EQ(values(result->arrays.at("t_2")), (std::vector<float>{1, 2}));
}

TEST(RunModelTest, WrongTypesAndImpossibleShapesAreErrors) {
  auto wrong = run_model(negations().build(), {{"in_0", make<double>(DType::kFloat64, {2}, {1, 2})}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kDtypeMismatch);
  EXPECT_NE(wrong.error().text().find("in_0"), std::string::npos);
  auto huge = run_model(negations().build(), {{"in_0", floats({0, int64_t{1} << 40}, {})}});
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, ErrorCode::kShapeMismatch);
}

TEST(RunModelTest, MissingOutputsSayWhy) {
  ModelBuilder b = negations();
  const int strange = b.tensor("strange", DType::kFloat32, {2});
  b.custom("NoSuchOperatorAnywhere", {0}, {strange});
  b.output(strange);
  auto result = run_model(b.build(), {});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->arrays.contains("out_0"));
  ASSERT_EQ(result->missing.size(), 1u);
  EXPECT_EQ(result->missing[0].key, "out_1");
  EXPECT_EQ(result->missing[0].error.code, ErrorCode::kUnsupported);
}

TEST(RunModelTest, StringsPassThrough) {
  ModelBuilder b;
  const int s = b.input("s", DType::kString, {2});
  b.output(s);
  b.output(b.strings("fixed", {1, 2}, {"a", "long text"}));
  Array words;
  words.dtype = DType::kString;
  words.shape = {3};
  words.strings = {"one", "", "three"};
  auto result = run_model(b.build(), {{"in_0", words}});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->arrays.at("out_0").strings, words.strings);
  EXPECT_EQ(result->arrays.at("out_0").shape, std::vector<int64_t>{3});
  EXPECT_EQ(result->arrays.at("out_1").strings, (std::vector<std::string>{"a", "long text"}));
  auto zeros = run_model(b.build(), {});
  ASSERT_TRUE(zeros) << zeros.error().text();
  EXPECT_EQ(zeros->arrays.at("out_0").strings, (std::vector<std::string>{"", ""}));
}

TEST(RunModelTest, PackedTypesAndBfloat16BecomeTypesOfNumPy) {
  ModelBuilder b;
  b.output(b.constant_bytes("nibbles", DType::kInt4, {5}, {0x8f, 0x70, 0x01}));
  const int x = b.input("x", DType::kInt4, {3});
  b.output(x);
  const int y = b.input("y", DType::kBFloat16, {2});
  b.output(y);
  auto result =
      run_model(b.build(), {{"in_0", make<int8_t>(DType::kInt8, {3}, {-8, 7, -1})}, {"in_1", floats({2}, {1.5f, -3.25f})}});
  ASSERT_TRUE(result) << result.error().text();
  const Array& nibbles = result->arrays.at("out_0");
  EXPECT_EQ(nibbles.dtype, DType::kInt8);
  EXPECT_EQ(std::vector<int8_t>(nibbles.data.begin(), nibbles.data.end()), (std::vector<int8_t>{-1, -8, 0, 7, 1}));
  const Array& given = result->arrays.at("out_1");
  EXPECT_EQ(std::vector<int8_t>(given.data.begin(), given.data.end()), (std::vector<int8_t>{-8, 7, -1}));
  EXPECT_EQ(values(result->arrays.at("out_2")), (std::vector<float>{1.5f, -3.25f}));
  auto outside = run_model(b.build(), {{"in_0", make<int8_t>(DType::kInt8, {1}, {8})}});
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace whyzero::trace
