#include "runtime/batch.h"

#include <gtest/gtest.h>

#include "runtime/test_support.h"

namespace whyzero::runtime {
namespace {

TEST(BatchRunnerTest, EveryIndexOnceAndTheFirstErrorWins) {
  ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1});
  b.output(neg(b, x, "y", {1}));
  BatchRunner runner(own_runtime(Kernels::kFast), b.build(), {}, 2);
  std::vector<float> results(200);
  auto work = [&](Session& session, size_t index) -> Result<void> {
    const auto value = static_cast<float>(index);
    WHYZERO_TRY(session.set_input(0, {reinterpret_cast<const uint8_t*>(&value), sizeof value}));
    WHYZERO_TRY(session.invoke());
    results[index] = session.output(0).as<float>()[0];
    return {};
  };
  ASSERT_TRUE(runner.run(results.size(), work));
  for (size_t k = 0; k < results.size(); ++k) EXPECT_EQ(results[k], -static_cast<float>(k));

  auto failing = [](Session&, size_t index) -> Result<void> {
    return fail(ErrorCode::kInvalidArgument, "index " + std::to_string(index));
  };
  auto failed = runner.run(1, failing);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "index 0");

  Progress progress;
  progress.cancel();
  EXPECT_EQ(runner.run(5, work, &progress).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace whyzero::runtime
