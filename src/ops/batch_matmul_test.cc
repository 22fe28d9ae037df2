// BATCH_MATMUL against sums in double precision: every way to store the matrices, broadcast batches, floats and integers.
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

constexpr int kRows = 3, kDepth = 5, kColumns = 4;

struct Case {
  bool adj_x = false, adj_y = false;

  /// a is [2, 1, m, k] and b is [3, k, n]: the product is [2, 3, m, n].
  std::vector<int32_t> a() const {
    return adj_x ? std::vector<int32_t>{2, 1, kDepth, kRows} : std::vector<int32_t>{2, 1, kRows, kDepth};
  }
  std::vector<int32_t> b() const {
    return adj_y ? std::vector<int32_t>{3, kColumns, kDepth} : std::vector<int32_t>{3, kDepth, kColumns};
  }

  graph::ModelBuilder model(DType dtype, DType output, graph::Quantization qa = {}, graph::Quantization qb = {},
                            graph::Quantization qy = {}) const {
    graph::ModelBuilder builder;
    const int x = builder.input("a", dtype, a(), std::move(qa)), z = builder.input("b", dtype, b(), std::move(qb));
    const int y = builder.tensor("y", output, {}, std::move(qy));
    builder.node(schema::BuiltinOperator_BATCH_MATMUL, {x, z}, {y},
                 [c = *this](auto& f) { return schema::CreateBatchMatMulOptions(f, c.adj_x, c.adj_y); });
    builder.output(y);
    return builder;
  }

  /// Element i of the product of a - za and b - zb.
  template <class T>
  double want(const std::vector<T>& x, const std::vector<T>& z, size_t i, int za = 0, int zb = 0) const {
    const size_t n = i % kColumns, m = i / kColumns % kRows, matrix = i / (kColumns * kRows);
    double sum = 0;
    for (size_t k = 0; k < kDepth; ++k) {
      const size_t at_a = matrix / 3 * kRows * kDepth + (adj_x ? k * kRows + m : m * kDepth + k);
      const size_t at_b = matrix % 3 * kDepth * kColumns + (adj_y ? n * kDepth + k : k * kColumns + n);
      sum += (static_cast<double>(x[at_a]) - za) * (static_cast<double>(z[at_b]) - zb);
    }
    return sum;
  }
};

TEST(BatchMatmul, AllLayoutsAndTypes) {
  for (int layout = 0; layout < 4; ++layout) {
    SCOPED_TRACE(layout);
    const Case c{(layout & 1) != 0, (layout & 2) != 0};
    Random random(static_cast<uint64_t>(layout));
    const auto x = random_floats(random, 2 * kRows * kDepth), z = random_floats(random, 3 * kDepth * kColumns);
    Shape shape;
    const auto floats = run<float>(c.model(DType::kFloat32, DType::kFloat32), {x, z}, &shape);
    ASSERT_EQ(shape, (Shape{2, 3, kRows, kColumns}));
    for (size_t i = 0; i < floats.size(); ++i) EXPECT_NEAR(floats[i], c.want(x, z, i), 1e-6) << i;

    const auto p = random_int8(random, x.size()), q = random_int8(random, z.size());
    const auto sums = run<int8_t, int32_t>(c.model(DType::kInt8, DType::kInt32), {p, q});
    const auto bytes = run<int8_t>(
        c.model(DType::kInt8, DType::kInt8, graph::quantized(0.02f, 5), graph::quantized(0.03f, -8), graph::quantized(0.4f, 6)),
        {p, q});
    ASSERT_EQ(sums.size(), floats.size());
    ASSERT_EQ(bytes.size(), floats.size());
    for (size_t i = 0; i < floats.size(); ++i) {
      EXPECT_EQ(sums[i], c.want(p, q, i)) << i;
      EXPECT_NEAR(bytes[i], clamp_int8(c.want(p, q, i, 5, -8) * (0.02 * 0.03 / 0.4) + 6), 0.52) << i;
    }
  }
}

TEST(BatchMatmul, HybridIsWithinTheStepsOfItsQuantizedRows) {
  Random random(9);
  const auto x = random_floats(random, 6 * 40);
  const auto w = random_int8(random, 40 * 3);
  for (const bool asymmetric : {false, true}) {
    graph::ModelBuilder b;
    const int a = b.input("a", DType::kFloat32, {6, 40});
    const int c = b.constant<int8_t>("b", {40, 3}, w, graph::quantized(0.01f)), y = b.tensor("y", DType::kFloat32, {6, 3});
    b.node(schema::BuiltinOperator_BATCH_MATMUL, {a, c}, {y},
           [asymmetric](auto& f) { return schema::CreateBatchMatMulOptions(f, false, false, asymmetric); });
    b.output(y);
    const auto got = run<float>(b, {x});
    ASSERT_EQ(got.size(), 18u);
    for (size_t i = 0; i < got.size(); ++i) {
      double sum = 0, weights = 0;
      for (size_t k = 0; k < 40; ++k) {
        sum += static_cast<double>(x[i / 3 * 40 + k]) * 0.01 * w[k * 3 + i % 3];
        weights += std::abs(0.01 * w[k * 3 + i % 3]);
      }
      EXPECT_NEAR(got[i], sum, weights / 127 / 2 + 1e-4) << i;  // half a step of at most 1/127 an activation
    }
  }
}

TEST(BatchMatmul, RefusesMatricesThatDoNotFit) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {2, 3}), z = b.input("z", DType::kFloat32, {4, 2});
  const int y = b.tensor("y", DType::kFloat32, {2, 2});
  b.node(schema::BuiltinOperator_BATCH_MATMUL, {x, z}, {y}, [](auto& f) { return schema::CreateBatchMatMulOptions(f); });
  b.output(y);
  EXPECT_EQ(refusal(b), ErrorCode::kMalformed);
}

}  // namespace
}  // namespace whyzero::ops
