// Recurrent operators against formulas in double precision: two invocations, so that the state counts.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

std::vector<double> product(const std::vector<float>& weights, size_t rows, const std::vector<double>& x) {
  std::vector<double> y(rows, 0.0);
  for (size_t r = 0; r < rows; ++r)
    for (size_t c = 0; c < x.size(); ++c) y[r] += static_cast<double>(weights[r * x.size() + c]) * x[c];
  return y;
}

/// Invokes twice with the same input; the outputs of both, one after the other.
std::vector<float> run_twice(const graph::ModelBuilder& b, const std::vector<float>& input, bool reset = false) {
  std::vector<float> result;
  auto made = runtime::Interpreter::create(b.build(), {.kernels = runtime::Kernels::kReference});
  if (!made) {
    ADD_FAILURE() << made.error().text();
    return result;
  }
  auto& interpreter = **made;
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_TRUE(interpreter.set_input(0, {reinterpret_cast<const uint8_t*>(input.data()), input.size() * sizeof(float)}));
    EXPECT_TRUE(interpreter.invoke());
    for (const auto& skipped : interpreter.coverage().skipped) ADD_FAILURE() << skipped.error.text();
    for (int k = 0; k < interpreter.outputs(); ++k) {
      const Tensor& output = interpreter.output(k);
      result.insert(result.end(), output.as<float>(), output.as<float>() + output.elements());
    }
    if (reset) interpreter.reset_state();
  }
  return result;
}

void expect_near(const std::vector<float>& got, const std::vector<double>& want) {
  ASSERT_EQ(got.size(), want.size());
  // A few tens of additions of numbers around 1 in single precision.
  for (size_t k = 0; k < got.size(); ++k) EXPECT_NEAR(static_cast<double>(got[k]), want[k], 1e-5) << k;
}

/// tanh(b + W x + R h)
std::vector<double> rnn_step(const std::vector<float>& w, const std::vector<float>& r, const std::vector<float>& bias,
                             const std::vector<double>& x, const std::vector<double>& h) {
  auto sum = product(w, bias.size(), x);
  const auto again = product(r, bias.size(), h);
  for (size_t k = 0; k < sum.size(); ++k) sum[k] = std::tanh(sum[k] + again[k] + static_cast<double>(bias[k]));
  return sum;
}

constexpr size_t kInputs = 3, kUnits = 4;

TEST(RecurrentTest, RnnKeepsItsStateUntilItIsReset) {
  Random random(1);
  const auto w = random_floats(random, kUnits * kInputs), r = random_floats(random, kUnits * kUnits),
             bias = random_floats(random, kUnits), x = random_floats(random, kInputs);
  graph::ModelBuilder b;
  const int in = b.input("x", DType::kFloat32, {1, 3}), tw = b.constant<float>("w", {4, 3}, w),
            tr = b.constant<float>("r", {4, 4}, r), tb = b.constant<float>("b", {4}, bias),
            h = b.variable("h", DType::kFloat32, {1, 4}), y = b.tensor("y", DType::kFloat32, {1, 4});
  b.node(schema::BuiltinOperator_RNN, {in, tw, tr, tb, h}, {y}, [](auto& f) {
    return schema::CreateRNNOptions(f, schema::ActivationFunctionType_TANH);
  });
  b.output(y);
  const std::vector<double> wide(x.begin(), x.end());
  const auto first = rnn_step(w, r, bias, wide, std::vector<double>(kUnits));
  auto want = first;
  const auto second = rnn_step(w, r, bias, wide, first);
  want.insert(want.end(), second.begin(), second.end());
  expect_near(run_twice(b, x), want);
  want = first;
  want.insert(want.end(), first.begin(), first.end());
  expect_near(run_twice(b, x, true), want);
}

TEST(RecurrentTest, BothDirectionsLieSideBySide) {
  for (const bool time_major : {false, true}) {
    Random random(2);
    constexpr size_t kSteps = 3, kBatch = 2;
    const auto w = random_floats(random, kUnits * kInputs), r = random_floats(random, kUnits * kUnits),
               bias = random_floats(random, kUnits), w2 = random_floats(random, kInputs), r2 = random_floats(random, 1),
               bias2 = random_floats(random, 1), x = random_floats(random, kSteps * kBatch * kInputs);
    graph::ModelBuilder b;
    const Shape outer = time_major ? Shape{3, 2} : Shape{2, 3};
    const int in = b.input("x", DType::kFloat32, {outer[0], outer[1], 3}), tw = b.constant<float>("w", {4, 3}, w),
              tr = b.constant<float>("r", {4, 4}, r), tb = b.constant<float>("b", {4}, bias),
              h = b.variable("h", DType::kFloat32, {2, 4}), tw2 = b.constant<float>("w2", {1, 3}, w2),
              tr2 = b.constant<float>("r2", {1, 1}, r2), tb2 = b.constant<float>("b2", {1}, bias2),
              h2 = b.variable("h2", DType::kFloat32, {2, 1}), y = b.tensor("y", DType::kFloat32, {outer[0], outer[1], 5});
    b.node(schema::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN, {in, tw, tr, tb, h, tw2, tr2, tb2, h2, -1, -1, -1}, {y}, [&](auto& f) {
      return schema::CreateBidirectionalSequenceRNNOptions(f, time_major, schema::ActivationFunctionType_TANH, true);
    });
    b.output(y);
    std::vector<double> want(kSteps * kBatch * 5);
    auto row = [&](size_t t, size_t k) { return time_major ? t * kBatch + k : k * kSteps + t; };
    for (size_t k = 0; k < kBatch; ++k) {
      std::vector<double> forward(kUnits), backward(1);
      for (size_t t = 0; t < kSteps; ++t) {
        auto at = [&](size_t step) {
          const float* from = x.data() + row(step, k) * kInputs;
          return std::vector<double>(from, from + kInputs);
        };
        forward = rnn_step(w, r, bias, at(t), forward);
        backward = rnn_step(w2, r2, bias2, at(kSteps - 1 - t), backward);
        std::copy(forward.begin(), forward.end(), want.begin() + static_cast<std::ptrdiff_t>(row(t, k) * 5));
        want[row(kSteps - 1 - t, k) * 5 + 4] = backward[0];
      }
    }
    auto got = run_twice(b, x);
    got.resize(want.size());
    expect_near(got, want);
  }
}

/// SVDF in floats: every filter remembers what its feature part gave in the last steps.
TEST(RecurrentTest, SvdfRemembersAsManyStepsAsItHasMemory) {
  Random random(3);
  constexpr size_t kMemory = 2, kRank = 2, kFilters = 4;
  const auto feature = random_floats(random, kFilters * kInputs), time = random_floats(random, kFilters * kMemory),
             x = random_floats(random, kInputs);
  graph::ModelBuilder b;
  const int in = b.input("x", DType::kFloat32, {1, 3}), tf = b.constant<float>("f", {4, 3}, feature),
            tt = b.constant<float>("t", {4, 2}, time), h = b.variable("h", DType::kFloat32, {1, 8}),
            y = b.tensor("y", DType::kFloat32, {1, 2});
  b.node(schema::BuiltinOperator_SVDF, {in, tf, tt, -1, h}, {y}, [](auto& f) { return schema::CreateSVDFOptions(f, 2); });
  b.output(y);
  const auto now = product(feature, kFilters, std::vector<double>(x.begin(), x.end()));
  std::vector<double> want(4);
  for (size_t f = 0; f < kFilters; ++f) {
    const double last = static_cast<double>(time[f * kMemory + 1]) * now[f], before = static_cast<double>(time[f * kMemory]) * now[f];
    want[f / kRank] += last;
    want[2 + f / kRank] += last + before;
  }
  expect_near(run_twice(b, x), want);
}

TEST(RecurrentTest, ShapesThatDoNotFitAreRefused) {
  for (const int32_t wrong : {2, 5}) {
    graph::ModelBuilder b;
    const int in = b.input("x", DType::kFloat32, {1, 3}),
              tw = b.constant<float>("w", {wrong, 3}, std::vector<float>(static_cast<size_t>(wrong) * 3)),
              tr = b.constant<float>("r", {4, 4}, std::vector<float>(16)), tb = b.constant<float>("b", {4}, std::vector<float>(4)),
              h = b.variable("h", DType::kFloat32, {1, 4}), y = b.tensor("y", DType::kFloat32, {1, 4});
    b.node(schema::BuiltinOperator_RNN, {in, tw, tr, tb, h}, {y});
    b.output(y);
    EXPECT_EQ(refusal(b), ErrorCode::kMalformed);
  }
}

}  // namespace
}  // namespace whyzero::ops
