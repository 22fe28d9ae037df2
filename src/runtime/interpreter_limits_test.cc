// Memory, loops and recursion end where the limits are.
#include <gtest/gtest.h>

#include "base/progress.h"
#include "runtime/test_support.h"

namespace whyzero::runtime {
namespace {

TEST(InterpreterTest, MemoryLimitIsAnErrorNotACrash) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {256});
  b.output(neg(b, neg(b, x, "n", {256}), "m", {256}));
  InterpreterOptions options;
  options.max_memory_bytes = 1500;  // the input fits, the two blocks of the arena do not
  auto interpreter = make(b.build(), options);
  auto done = interpreter->invoke();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kOutOfMemory);
  options.max_memory_bytes = 4096;
  auto enough = make(b.build(), options);
  run(*enough);
  EXPECT_EQ(enough->memory_bytes(), 3u * 1024);
  auto refused = enough->resize_input(0, {1000000});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(enough->input(0).shape, ops::Shape{256});
  run(*enough);
  options.max_memory_bytes = 100;
  EXPECT_FALSE(Interpreter::create(b.build(), options));
}

/// while (i < limit) i += step, in three subgraphs.
std::shared_ptr<const graph::Model> loop(int32_t step) {
  ModelBuilder b;
  const int i = b.input("i", DType::kInt32, {1});
  const int out = b.tensor("out", DType::kInt32, {1});
  b.node(schema::BuiltinOperator_WHILE, {i}, {out}, [](auto& f) { return schema::CreateWhileOptions(f, 1, 2); });
  b.output(out);
  b.subgraph("condition");
  const int c = b.input("c", DType::kInt32, {1});
  const int limit = b.constant<int32_t>("limit", {1}, {1000});
  const int less = b.tensor("less", DType::kBool, {1});
  b.node(schema::BuiltinOperator_LESS, {c, limit}, {less});
  b.output(less);
  b.subgraph("body");
  const int v = b.input("v", DType::kInt32, {1});
  const int by = b.constant<int32_t>("by", {1}, {step});
  b.output(add(b, v, by, "next", {1}, DType::kInt32));
  return b.build();
}

TEST(InterpreterTest, LoopsRunAndEndlessOnesEnd) {
  auto counting = make(loop(7));
  run(*counting);
  EXPECT_EQ(values<int32_t>(counting->output(0)), std::vector<int32_t>{1001});
  run(*counting);
  EXPECT_EQ(values<int32_t>(counting->output(0)), std::vector<int32_t>{1001});

  InterpreterOptions options;
  options.max_subgraph_calls = 5000;
  auto endless = make(loop(0), options);
  run(*endless);
  const auto why = endless->available(endless->subgraph().outputs[0]);
  ASSERT_FALSE(why);
  EXPECT_NE(why.error().text().find("5000"), std::string::npos) << why.error().text();

  Progress progress;
  options.progress = &progress;
  auto stopped = make(loop(7), options);
  progress.cancel();
  auto done = stopped->invoke();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

TEST(InterpreterTest, RecursionIsBounded) {
  auto model = std::make_shared<graph::Model>(*loop(1));
  graph::Subgraph& body = model->subgraphs[2];
  // The body loops over itself: its only node becomes a WHILE like the main graph's, whose body is subgraph 2.
  body.nodes[0] = model->subgraphs[0].nodes[0];
  body.nodes[0].inputs = {body.inputs[0]};
  body.nodes[0].outputs = {body.outputs[0]};
  auto interpreter = make(model);
  run(*interpreter);
  const auto why = interpreter->available(interpreter->subgraph().outputs[0]);
  ASSERT_FALSE(why);
  EXPECT_NE(why.error().text().find("64 deep"), std::string::npos) << why.error().text();
}

}  // namespace
}  // namespace whyzero::runtime
