#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "ops/common/strings.h"
#include "ops/operator.h"
#include "ops/registry.h"

namespace whyzero::ops {
namespace {

/// A host with so much memory and no other subgraphs.
class SmallHost final : public Host {
 public:
  explicit SmallHost(size_t limit) : left_(limit) {}
  Result<void> call(int, std::span<const Tensor* const>, std::vector<Tensor>&) override {
    return fail(ErrorCode::kUnsupported, "no subgraphs here");
  }
  std::any& resource(const std::string& key) override { return resources_[key]; }
  Result<void> reserve(size_t bytes) override {
    if (bytes > left_) return fail(ErrorCode::kOutOfMemory, "limit");
    left_ -= bytes;
    return {};
  }

 private:
  size_t left_;
  std::map<std::string, std::any> resources_;
};

class ContextTest : public testing::Test {
 protected:
  ContextTest() {
    node_.index = 3;
    node_.op_name = "CONV_2D";
    info_.index = 12;
    info_.name = "conv1";
    for (Tensor* tensor : {&in_, &out_}) {
      tensor->info = &info_;
      tensor->quantization = &quantization_;
    }
  }
  Context context() { return Context(node_, inputs_, outputs_, state_, host_); }
  ErrorCode refusal(const graph::Quantization& quantization, DType dtype, int channels = 0) {
    in_.quantization = &quantization;
    in_.dtype = dtype;
    auto checked = context().expect_quantized(in_, channels);
    EXPECT_FALSE(checked);
    return checked ? ErrorCode::kCancelled : checked.error().code;
  }

  graph::Node node_;
  graph::Tensor info_;
  graph::Quantization quantization_;
  Tensor in_, out_;
  Tensor* inputs_[2] = {&in_, nullptr};
  Tensor* outputs_[1] = {&out_};
  std::any state_;
  SmallHost host_{1000};
};

TEST_F(ContextTest, PlannedOutputsGetAShapeAndNoMemory) {
  ASSERT_TRUE(context().resize_output(0, {2, 3}));
  EXPECT_EQ(out_.shape, (Shape{2, 3}));
  EXPECT_EQ(out_.bytes, 24u);
  EXPECT_EQ(out_.data, nullptr);
  EXPECT_EQ(context().resize_output(0, {2, -3}).error().code, ErrorCode::kShapeMismatch);
  EXPECT_EQ(context().resize_output(0, {INT32_MAX, INT32_MAX, INT32_MAX}).error().code, ErrorCode::kShapeMismatch);
  out_.dtype = DType::kInt4;
  ASSERT_TRUE(context().resize_output(0, {3}));
  EXPECT_EQ(out_.bytes, 2u);
}

TEST_F(ContextTest, APlannedOutputCannotChangeItsShapeInEval) {
  uint8_t memory[8] = {};
  ASSERT_TRUE(context().resize_output(0, {2}));
  out_.data = memory;
  EXPECT_TRUE(context().resize_output(0, {2}));
  EXPECT_EQ(context().resize_output(0, {3}).error().code, ErrorCode::kShapeMismatch);
  EXPECT_EQ(out_.shape, Shape{2});
}

TEST_F(ContextTest, DynamicOutputsGetMemoryUpToTheLimit) {
  Context c = context();
  c.make_dynamic(0);
  ASSERT_TRUE(c.resize_output(0, {10}));
  ASSERT_NE(out_.data, nullptr);
  EXPECT_EQ(out_.bytes, 40u);
  ASSERT_TRUE(c.resize_output(0, {0, 4}));
  EXPECT_NE(out_.data, nullptr);
  EXPECT_EQ(out_.bytes, 0u);
  EXPECT_EQ(c.resize_output(0, {1000}).error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(c.resize_output(0, {INT32_MAX, 1000}).error().code, ErrorCode::kOutOfMemory);
}

TEST_F(ContextTest, StringsFillTheShape) {
  out_.dtype = DType::kString;
  Context c = context();
  c.make_dynamic(0);
  ASSERT_TRUE(c.set_strings(0, {"a", "bc"}, {2}));
  EXPECT_EQ(*read_strings(out_), (std::vector<std::string_view>{"a", "bc"}));
  EXPECT_EQ(c.set_strings(0, {"a", "bc"}, {3}).error().code, ErrorCode::kShapeMismatch);
  EXPECT_EQ(c.set_strings(0, {std::string(2000, 'x')}, {1}).error().code, ErrorCode::kOutOfMemory);
  out_.dynamic = false;
  EXPECT_EQ(c.set_strings(0, {"a"}, {1}).error().code, ErrorCode::kShapeMismatch);
}

TEST_F(ContextTest, MessagesNameNodeTensorExpectedAndGiven) {
  in_.dtype = DType::kInt16;
  in_.shape = {1, 4};
  const std::string dtype = context().expect_dtype(in_, {DType::kFloat32, DType::kInt8}).error().message;
  for (const char* part : {"node #3 CONV_2D", "#12 \"conv1\"", "int16", "float32, int8"})
    EXPECT_NE(dtype.find(part), std::string::npos) << part << " is not in: " << dtype;
  const std::string rank = context().expect_rank(in_, 4, 4).error().message;
  for (const char* part : {"[1,4]", "2 dimensions", "expected 4"}) EXPECT_NE(rank.find(part), std::string::npos) << rank;
  EXPECT_TRUE(context().expect_dtype(in_, {DType::kInt16}));
  EXPECT_TRUE(context().expect_rank(in_, 1, 4));
  EXPECT_TRUE(context().expect_input(0));
  EXPECT_EQ(context().expect_input(1).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(context().expect_input(2).error().code, ErrorCode::kMalformed);
  EXPECT_TRUE(context().expect_arity(1, 2, 1, 1));
  EXPECT_FALSE(context().expect_arity(3, 3, 1, 1));
  EXPECT_FALSE(context().expect_arity(2, 2, 2, 2));
}

TEST_F(ContextTest, QuantizationMustBePossible) {
  using graph::Quantization;
  auto with = [](std::vector<float> scales, std::vector<int64_t> zero_points) {
    Quantization q;
    q.scales = std::move(scales);
    q.zero_points = std::move(zero_points);
    return q;
  };
  EXPECT_EQ(refusal(with({}, {}), DType::kInt8), ErrorCode::kQuantizationMissing);
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  for (float scale : {0.0f, -1.0f, nan, inf})
    EXPECT_EQ(refusal(with({scale}, {0}), DType::kInt8), ErrorCode::kQuantizationInvalid) << scale;
  EXPECT_EQ(refusal(with({1}, {128}), DType::kInt8), ErrorCode::kQuantizationInvalid);
  EXPECT_EQ(refusal(with({1}, {-1}), DType::kUInt8), ErrorCode::kQuantizationInvalid);
  EXPECT_EQ(refusal(with({1}, {8}), DType::kInt4), ErrorCode::kQuantizationInvalid);
  EXPECT_EQ(refusal(with({1}, {}), DType::kInt8), ErrorCode::kQuantizationInvalid);
  EXPECT_EQ(refusal(with({1, 2}, {0, 0}), DType::kInt8), ErrorCode::kQuantizationInvalid);
  EXPECT_EQ(refusal(with({1, 2}, {0, 0}), DType::kInt8, 3), ErrorCode::kQuantizationInvalid);
  EXPECT_EQ(refusal(with({1, 0}, {0, 0}), DType::kInt8, 2), ErrorCode::kQuantizationInvalid);

  const Quantization per_channel = with({1, 2}, {0, 0});
  in_.quantization = &per_channel;
  in_.dtype = DType::kInt8;
  EXPECT_TRUE(context().expect_quantized(in_, 2));
  EXPECT_TRUE(context().expect_zero_point(in_, 0));
  EXPECT_EQ(context().expect_zero_point(in_, 5).error().code, ErrorCode::kQuantizationInvalid);
  const Quantization byte = with({0.5f}, {255});
  in_.quantization = &byte;
  in_.dtype = DType::kUInt8;
  EXPECT_TRUE(context().expect_quantized(in_));
  EXPECT_TRUE(context().expect_quantized(in_, 7)) << "one scale serves every channel";
}

TEST(RegistryTest, NodesFindTheirOperatorByCodeVersionOrName) {
  ASSERT_FALSE(all_operators().empty());
  for (const Operator* op : all_operators()) {
    graph::Node node;
    node.op = op->builtin;
    if (op->builtin < 0) node.custom_code = std::string(op->name);
    node.version = op->max_version;
    EXPECT_EQ(find_operator(node), op) << op->name;
    node.version = op->max_version + 1;
    EXPECT_EQ(find_operator(node), nullptr) << op->name;
  }
  graph::Node strange;
  strange.custom_code = "NoSuchOperatorAnywhere";
  EXPECT_EQ(find_operator(strange), nullptr);
  strange.custom_code = "";
  strange.op = -1;
  EXPECT_EQ(find_operator(strange), nullptr) << "an empty name must not find a custom operator";
}

}  // namespace
}  // namespace whyzero::ops
