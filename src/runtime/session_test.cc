// Runtimes behind one interface: ours here, LiteRT's library where it is installed.
#include "runtime/session.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "graph/builder.h"
#include "graph/test_support.h"
#include "support/litert.h"

namespace whyzero::runtime {
namespace {

using graph::ModelBuilder;

/// y = -x, z = x + y: two nodes, the last is the output. A signature names them otherwise.
std::shared_ptr<const graph::Model> model() {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 3});
  const int y = b.tensor("y", DType::kFloat32, {1, 3}), z = b.tensor("z", DType::kFloat32, {1, 3});
  b.node(schema::BuiltinOperator_NEG, {x}, {y});
  b.node(schema::BuiltinOperator_ADD, {x, y}, {z}, [](auto& f) { return schema::CreateAddOptions(f); });
  b.output(z);
  b.signature("serve", {{"photo", x}}, {{"answer", z}});
  return b.build();
}

std::vector<float> floats(const ops::Tensor& tensor) { return {tensor.as<float>(), tensor.as<float>() + tensor.elements()}; }

Result<void> set(Session& session, const std::vector<float>& values) {
  return session.set_input(0, {reinterpret_cast<const uint8_t*>(values.data()), 4 * values.size()});
}

/// What every runtime must do.
void check_contract(const Runtime& runtime) {
  const auto opened = runtime.open(model(), {.keep_all = true});
  ASSERT_TRUE(opened) << opened.error().text();
  Session& session = **opened;
  EXPECT_EQ(session.inputs(), 1);
  EXPECT_EQ(session.input(0).label(), "#0 \"x\"");
  ASSERT_TRUE(set(session, {1, 2, -3}));
  auto ran = session.invoke();
  ASSERT_TRUE(ran) << ran.error().text();
  ASSERT_TRUE(session.available(1)) << "keep_all";
  EXPECT_EQ(floats(session.tensor(1)), (std::vector<float>{-1, -2, 3}));
  EXPECT_EQ(floats(session.output(0)), (std::vector<float>{0, 0, 0}));
  EXPECT_GE(session.seconds(), 0);
  EXPECT_EQ(session.coverage().run, 2);
  ASSERT_TRUE(session.invoke()) << "inputs stay";
  EXPECT_EQ(floats(session.tensor(1)), (std::vector<float>{-1, -2, 3}));

  EXPECT_EQ(set(session, {1, 2}).error().code, ErrorCode::kShapeMismatch);
  ASSERT_TRUE(session.resize_input(0, {2, 2}));
  ASSERT_TRUE(session.invoke());
  EXPECT_EQ(session.output(0).shape, (ops::Shape{2, 2}));
  EXPECT_EQ(floats(session.tensor(1)), (std::vector<float>(4, -0.0f))) << "zeros after a resize";
  EXPECT_FALSE(session.resize_input(0, {-1, 2}));
}

TEST(RuntimeTest, OurKernelsKeepTheContract) {
  EXPECT_EQ(own_runtime(Kernels::kFast)->name(), "fast");
  EXPECT_EQ(own_runtime(Kernels::kReference)->name(), "reference");
  check_contract(*own_runtime(Kernels::kFast));
  check_contract(*own_runtime(Kernels::kReference));
}

TEST(RuntimeTest, AMissingLibraryIsAnErrorThatSaysWhatToDo) {
  const auto none = litert_runtime("/no/such/folder/libLiteRt.so");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(graph::contains(none.error().text(), "/no/such/folder/libLiteRt.so"));
  // A file that is no library is found out when a session opens, in its process.
  const std::filesystem::path text = std::filesystem::path(WHYZERO_SOURCE_DIR) / "LICENSE";
  const auto wrong = litert_runtime(text);
  ASSERT_TRUE(wrong);
  const auto session = (*wrong)->open(model(), {});
  ASSERT_FALSE(session);
  EXPECT_TRUE(graph::contains(session.error().text(), "cannot be loaded"));
}

class LiteRtShared : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    runtime_ = litert_of_tests(why);
    if (!runtime_) GTEST_SKIP() << why;
  }
  std::shared_ptr<const Runtime> runtime_;
};

TEST_F(LiteRtShared, KeepsTheContract) { check_contract(*runtime_); }

TEST_F(LiteRtShared, AModelWithVariableTensorsIsRefusedWithTheReason) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 2}), w = b.constant<float>("w", {2, 2}, {1, 0, 0, 1});
  const int r = b.constant<float>("r", {2, 2}, {1, 0, 0, 1}), bias = b.constant<float>("b", {2}, {0, 0});
  const int h = b.variable("h", DType::kFloat32, {1, 2}), y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_RNN, {x, w, r, bias, h}, {y}, [](auto& f) { return schema::CreateRNNOptions(f, schema::ActivationFunctionType_NONE); });
  b.output(y);
  const auto session = runtime_->open(b.build(), {});
  ASSERT_FALSE(session) << "it can by now: compare its outputs and what reset_state() does";
  EXPECT_TRUE(graph::contains(session.error().text(), "variable tensors"));
}

/// Hostile files that pass our reader: whatever the library does with them, this process lives.
TEST_F(LiteRtShared, HostileFilesAreErrorsAtWorst) {
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "conformance" / "bad";
  std::error_code error;
  int opened = 0, refused = 0, crashed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".tflite") continue;
    const auto reading = graph::read_tflite(entry.path());
    if (!reading || !reading->model) continue;
    auto session = runtime_->open(reading->model, {.max_seconds = 10});
    const Result<void> done = session ? (*session)->invoke() : Result<void>(fail(std::move(session).error()));
    ++(done ? opened : refused);
    crashed += !done && done.error().text().find("signal") != std::string::npos;
  }
  if (opened + refused == 0) GTEST_SKIP() << "no hostile files in " << folder;
  EXPECT_GT(crashed, 0) << "the recording has files on which the library dies";
}

}  // namespace
}  // namespace whyzero::runtime
