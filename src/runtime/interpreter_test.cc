#include "runtime/interpreter.h"

#include <gtest/gtest.h>

#include <random>

#include "runtime/test_support.h"

namespace whyzero::runtime {
namespace {

TEST(InterpreterTest, ChainRunsInTwoBlocks) {
  ModelBuilder b;
  int x = b.input("x", DType::kFloat32, {64});
  for (int k = 0; k < 7; ++k) x = neg(b, x, "n" + std::to_string(k), {64});
  b.output(x);
  auto interpreter = make(b.build());
  set(*interpreter, 0, Values(64, 2.5f));
  run(*interpreter);
  EXPECT_EQ(values(interpreter->output(0)), Values(64, -2.5f));
  EXPECT_EQ(interpreter->arena_bytes(), 2u * 256);
  EXPECT_EQ(interpreter->coverage().run, 7);
}

// A random graph in one arena against the same graph computed value by value with no memory shared.
TEST(InterpreterTest, RandomGraphsKeepLiveTensorsApart) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    ModelBuilder b;
    std::vector<int> tensors = {b.input("x", DType::kFloat32, {16}), b.input("y", DType::kFloat32, {16})};
    std::vector<float> truth = {1.0f, 3.0f};
    for (int k = 0; k < 60; ++k) {
      const size_t from = tensors.size() > 8 ? tensors.size() - 8 : 0;
      const size_t i = from + random() % (tensors.size() - from), j = from + random() % (tensors.size() - from);
      const std::string name = "t" + std::to_string(k);
      if (random() % 2) {
        tensors.push_back(neg(b, tensors[i], name, {16}));
        truth.push_back(-truth[i]);
      } else {
        tensors.push_back(add(b, tensors[i], tensors[j], name, {16}));
        truth.push_back(truth[i] + truth[j]);
      }
    }
    const size_t middle = 20, last = tensors.size() - 1;
    b.output(tensors[middle]);
    b.output(tensors[last]);
    auto interpreter = make(b.build());
    set(*interpreter, 0, Values(16, 1.0f));
    set(*interpreter, 1, Values(16, 3.0f));
    for (int turn = 0; turn < 2; ++turn) {
      run(*interpreter);
      EXPECT_EQ(values(interpreter->output(0)), Values(16, truth[middle]));
      EXPECT_EQ(values(interpreter->output(1)), Values(16, truth[last]));
    }
    EXPECT_LT(interpreter->arena_bytes(), 40u * 64) << "nothing is shared";
    InterpreterOptions options;
    options.keep_all = true;
    auto keeping = make(b.build(), options);
    set(*keeping, 0, Values(16, 1.0f));
    set(*keeping, 1, Values(16, 3.0f));
    run(*keeping);
    for (size_t k = 0; k < tensors.size(); ++k) EXPECT_EQ(values(keeping->tensor(tensors[k])), Values(16, truth[k])) << k;
  }
}

TEST(InterpreterTest, MissingOperatorTaintsOnlyWhatDependsOnIt) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2});
  const int strange = b.tensor("strange", DType::kFloat32, {2});
  b.custom("NoSuchOperatorAnywhere", {x}, {strange});
  const int fine = neg(b, x, "fine", {2});
  const int spoilt = add(b, fine, strange, "spoilt", {2});
  const int after = neg(b, spoilt, "after", {2});
  b.output(after);
  b.output(fine);
  auto interpreter = make(b.build());
  set(*interpreter, 0, {1, 2});
  run(*interpreter);
  const Coverage coverage = interpreter->coverage();
  EXPECT_EQ(coverage.operators, 4);
  EXPECT_EQ(coverage.run, 1);
  ASSERT_EQ(coverage.skipped.size(), 1u);
  EXPECT_EQ(coverage.skipped[0].node, 0);
  EXPECT_EQ(coverage.skipped[0].op_name, "NoSuchOperatorAnywhere");
  EXPECT_EQ(coverage.skipped[0].error.code, ErrorCode::kUnsupported);
  EXPECT_TRUE(interpreter->tainted(strange) && interpreter->tainted(spoilt) && interpreter->tainted(after));
  EXPECT_FALSE(interpreter->tainted(fine));
  EXPECT_EQ(values(interpreter->output(1)), (Values{-1, -2}));
  const auto why = interpreter->available(after);
  ASSERT_FALSE(why);
  EXPECT_NE(why.error().text().find("NoSuchOperatorAnywhere"), std::string::npos) << why.error().text();
}

TEST(InterpreterTest, FailedPrepareTaints) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2});
  const int y = b.input("y", DType::kFloat32, {3});
  b.output(add(b, x, y, "z", {3}));
  auto interpreter = make(b.build());
  run(*interpreter);
  EXPECT_TRUE(interpreter->tainted(interpreter->subgraph().outputs[0]));
  ASSERT_TRUE(interpreter->resize_input(0, {3}));
  set(*interpreter, 0, {1, 2, 3});
  run(*interpreter);
  EXPECT_FALSE(interpreter->tainted(interpreter->subgraph().outputs[0]));
  EXPECT_EQ(values(interpreter->output(0)), (Values{1, 2, 3}));
}

/// A graph that no reader lets through: the interpreter must not rely on that.
std::shared_ptr<graph::Model> by_hand(std::vector<graph::Node> nodes, int tensors) {
  auto model = std::make_shared<graph::Model>();
  graph::Subgraph& graph = model->subgraphs.emplace_back();
  for (int k = 0; k < tensors; ++k) {
    graph::Tensor& tensor = graph.tensors.emplace_back();
    tensor.index = k;
    tensor.shape = {4};
  }
  graph.nodes = std::move(nodes);
  for (size_t k = 0; k < graph.nodes.size(); ++k) {
    graph.nodes[k].index = static_cast<int>(k);
    graph.nodes[k].op = graph.nodes[k].inputs.size() == 2 ? schema::BuiltinOperator_ADD : schema::BuiltinOperator_NEG;
    graph.nodes[k].op_name = "TEST";
  }
  graph.inputs = {0};
  graph.outputs = {tensors - 1};
  return model;
}

graph::Node node(std::vector<int> inputs, std::vector<int> outputs) {
  graph::Node made;
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  return made;
}

TEST(InterpreterTest, CyclesSecondWritersAndBadIndicesAreErrors) {
  auto cycle = make(by_hand({node({0, 2}, {1}), node({1}, {2})}, 3));
  run(*cycle);
  EXPECT_TRUE(cycle->tainted(2));
  EXPECT_EQ(cycle->coverage().skipped.at(0).error.code, ErrorCode::kMalformed);

  auto twice = make(by_hand({node({0}, {1}), node({0}, {1})}, 2));
  run(*twice);
  EXPECT_TRUE(twice->tainted(1));

  auto onto_input = make(by_hand({node({0}, {0})}, 1));
  run(*onto_input);
  EXPECT_TRUE(onto_input->tainted(0));

  auto both = make(by_hand({node({0}, {1, 1})}, 2));
  run(*both);
  EXPECT_TRUE(both->tainted(1));

  auto unwritten = make(by_hand({}, 2));
  run(*unwritten);
  EXPECT_FALSE(unwritten->available(1));

  EXPECT_FALSE(Interpreter::create(by_hand({node({0}, {9})}, 2)));
  EXPECT_FALSE(Interpreter::create(by_hand({node({-2}, {1})}, 2)));
  EXPECT_FALSE(Interpreter::create(nullptr));
  InterpreterOptions options;
  options.subgraph = 1;
  EXPECT_FALSE(Interpreter::create(by_hand({}, 1), options));
}

TEST(InterpreterTest, ResizeKeepsTheOtherInputAndChecksSizes) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2});
  const int y = b.input("y", DType::kFloat32, {3});
  b.output(neg(b, x, "nx", {2}));
  b.output(neg(b, y, "ny", {3}));
  auto interpreter = make(b.build());
  set(*interpreter, 1, {7, 8, 9});
  ASSERT_TRUE(interpreter->resize_input(0, {2, 2}));
  set(*interpreter, 0, {1, 2, 3, 4});
  run(*interpreter);
  EXPECT_EQ(interpreter->output(0).shape, (ops::Shape{2, 2}));
  EXPECT_EQ(values(interpreter->output(0)), (Values{-1, -2, -3, -4}));
  EXPECT_EQ(values(interpreter->output(1)), (Values{-7, -8, -9}));

  const float one = 1;
  auto wrong = interpreter->set_input(0, {reinterpret_cast<const uint8_t*>(&one), 4});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kShapeMismatch);
  EXPECT_FALSE(interpreter->set_input(2, {}));
  EXPECT_FALSE(interpreter->resize_input(0, {-1}));
  EXPECT_FALSE(interpreter->resize_input(0, {INT32_MAX, INT32_MAX, INT32_MAX}));
  ASSERT_TRUE(interpreter->resize_input(0, {0, 5}));
  run(*interpreter);
  EXPECT_EQ(interpreter->output(0).bytes, 0u);
  EXPECT_EQ(interpreter->output(0).shape, (ops::Shape{0, 5}));
}

TEST(InterpreterTest, DynamicShapesFollowTheValues) {
  ModelBuilder b;
  const int mask = b.input("mask", DType::kBool, {6});
  const int where = b.tensor("where", DType::kInt64, {1, 1});
  b.node(schema::BuiltinOperator_WHERE, {mask}, {where});
  const int flat_shape = b.constant<int32_t>("flat", {1}, {-1});
  const int flat = b.tensor("indices", DType::kInt64, {1});
  b.node(schema::BuiltinOperator_RESHAPE, {where, flat_shape}, {flat});
  b.output(add(b, flat, flat, "twice", {1}, DType::kInt64));
  auto interpreter = make(b.build());
  auto feed = [&](std::vector<uint8_t> bits) { ASSERT_TRUE(interpreter->set_input(0, bits)); };
  feed({1, 0, 0, 1, 0, 1});
  run(*interpreter);
  EXPECT_EQ(interpreter->output(0).shape, (ops::Shape{3}));
  EXPECT_EQ(values<int64_t>(interpreter->output(0)), (std::vector<int64_t>{0, 6, 10}));
  feed({0, 0, 0, 0, 0, 0});
  run(*interpreter);
  EXPECT_EQ(interpreter->output(0).shape, (ops::Shape{0}));
  feed({1, 1, 1, 1, 1, 1});
  run(*interpreter);
  EXPECT_EQ(values<int64_t>(interpreter->output(0)), (std::vector<int64_t>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(interpreter->coverage().run, 3);
}

TEST(InterpreterTest, LateFailureIsForgottenInTheNextRun) {
  ModelBuilder b;
  const int mask = b.input("mask", DType::kBool, {4});
  const int where = b.tensor("where", DType::kInt64, {1, 1});
  b.node(schema::BuiltinOperator_WHERE, {mask}, {where});
  const int pair = b.constant<int32_t>("pair", {1}, {2});
  const int reshaped = b.tensor("reshaped", DType::kInt64, {2});
  b.node(schema::BuiltinOperator_RESHAPE, {where, pair}, {reshaped});
  b.output(add(b, reshaped, reshaped, "twice", {2}, DType::kInt64));
  auto interpreter = make(b.build());
  const int out = interpreter->subgraph().outputs[0];
  ASSERT_TRUE(interpreter->set_input(0, std::vector<uint8_t>{1, 0, 1, 1}));
  run(*interpreter);
  EXPECT_TRUE(interpreter->tainted(out));
  ASSERT_EQ(interpreter->coverage().skipped.size(), 1u);
  EXPECT_EQ(interpreter->coverage().skipped[0].op_name, "RESHAPE");
  ASSERT_TRUE(interpreter->set_input(0, std::vector<uint8_t>{0, 1, 0, 1}));
  run(*interpreter);
  EXPECT_FALSE(interpreter->tainted(out));
  EXPECT_TRUE(interpreter->coverage().skipped.empty());
  EXPECT_EQ(values<int64_t>(interpreter->output(0)), (std::vector<int64_t>{2, 6}));
}

TEST(InterpreterTest, ShapeArithmeticIsFoldedSoThatNothingIsDynamic) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2, 3});
  const int like = b.input("like", DType::kFloat32, {3, 2});
  const int shape = b.tensor("shape", DType::kInt32, {2});
  b.node(schema::BuiltinOperator_SHAPE, {like}, {shape},
         [](auto& f) { return schema::CreateShapeOptions(f, schema::TensorType_INT32); });
  const int y = b.tensor("y", DType::kFloat32, {3, 2});
  b.node(schema::BuiltinOperator_RESHAPE, {x, shape}, {y});
  b.output(y);
  auto interpreter = make(b.build());
  ASSERT_TRUE(interpreter->prepare());
  EXPECT_FALSE(interpreter->tensor(y).dynamic);
  ASSERT_TRUE(interpreter->resize_input(1, {6, 1}));
  set(*interpreter, 0, {1, 2, 3, 4, 5, 6});
  run(*interpreter);
  EXPECT_EQ(interpreter->output(0).shape, (ops::Shape{6, 1}));
  EXPECT_EQ(values(interpreter->output(0)), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(interpreter->coverage().run, 2);
}

struct Doubling final : Observer {
  std::vector<std::string> begun;
  int ended = 0;
  void node_begin(int, const graph::Node& node) override { begun.push_back(node.op_name); }
  void node_end(int, const graph::Node&, std::span<ops::Tensor* const> outputs) override {
    ++ended;
    for (ops::Tensor* output : outputs)
      for (size_t k = 0; k < output->elements(); ++k) output->as<float>()[k] *= 2;
  }
};

TEST(InterpreterTest, ObserverSeesEveryNodeAndMayChangeWhatFollows) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1});
  const int y = neg(b, x, "y", {1});
  b.output(add(b, x, y, "z", {1}));
  auto interpreter = make(b.build());
  set(*interpreter, 0, {3});
  Doubling observer;
  run(*interpreter, &observer);
  EXPECT_EQ(observer.begun, (std::vector<std::string>{"NEG", "ADD"}));
  EXPECT_EQ(observer.ended, 2);
  EXPECT_EQ(values(interpreter->output(0)), Values{-6});  // 2 * (3 + 2 * -3)
  run(*interpreter);
  EXPECT_EQ(values(interpreter->output(0)), Values{0});
}

}  // namespace
}  // namespace whyzero::runtime
