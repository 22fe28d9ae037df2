// Sparse constants: known small matrices come back dense, contradictions are named.
#include "graph/sparse.h"

#include <functional>

#include "graph/builder.h"
#include "graph/test_support.h"

namespace whyzero::graph {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

Offset<schema::DimensionMetadata> dense(FlatBufferBuilder& f, int32_t size) {
  return schema::CreateDimensionMetadata(f, schema::DimensionType_DENSE, size);
}

Offset<schema::DimensionMetadata> compressed(FlatBufferBuilder& f, const std::vector<int32_t>& segments,
                                             const std::vector<uint8_t>& indices) {
  const auto s = schema::CreateInt32Vector(f, f.CreateVector(segments)).Union();
  const auto i = schema::CreateUint8Vector(f, f.CreateVector(indices)).Union();
  return schema::CreateDimensionMetadata(f, schema::DimensionType_SPARSE_CSR, 0, schema::SparseIndexVector_Int32Vector, s,
                                         schema::SparseIndexVector_Uint8Vector, i);
}

/// [[1, 0, 2], [0, 0, 3]] as compressed rows, with these segments and indices.
ModelBuilder rows(const std::vector<int32_t>& segments, const std::vector<uint8_t>& indices, int32_t height = 2) {
  ModelBuilder b;
  const int c = b.constant<float>("c", {2, 3}, {1, 2, 3}), y = b.tensor("y", DType::kFloat32, {2, 3});
  b.sparsity(c, [=](FlatBufferBuilder& f) {
    const auto levels = f.CreateVector(std::vector{dense(f, height), compressed(f, segments, indices)});
    return schema::CreateSparsityParameters(f, f.CreateVector(std::vector<int32_t>{0, 1}), 0, levels);
  });
  b.node(schema::BuiltinOperator_DENSIFY, {c}, {y});
  b.output(y);
  return b;
}

std::vector<float> dense_values(const ModelBuilder& b) {
  const auto model = b.build();
  if (!model) return {};
  const auto bytes = densify(model->main().tensors[0]);
  if (!bytes) return {};
  std::vector<float> out(bytes->size() / sizeof(float));
  std::memcpy(out.data(), bytes->data(), bytes->size());
  return out;
}

TEST(Sparse, CompressedRows) { EXPECT_EQ(dense_values(rows({0, 2, 3}, {0, 2, 2})), (std::vector<float>{1, 0, 2, 0, 0, 3})); }

TEST(Sparse, BlocksInAnotherOrder) {
  // 4×2 in blocks of 2×1; blocks along dimension 0 are dense, of dimension 1 only column 1 of the first and column 0 of the
  // second are there; each holds two values, one below the other.
  ModelBuilder b;
  const int c = b.constant<float>("c", {4, 2}, {1, 2, 3, 4}), y = b.tensor("y", DType::kFloat32, {4, 2});
  b.sparsity(c, [](FlatBufferBuilder& f) {
    const auto levels = f.CreateVector(std::vector{dense(f, 2), compressed(f, {0, 1, 2}, {1, 0}), dense(f, 2)});
    return schema::CreateSparsityParameters(f, f.CreateVector(std::vector<int32_t>{0, 1, 2}),
                                            f.CreateVector(std::vector<int32_t>{0}), levels);
  });
  b.node(schema::BuiltinOperator_DENSIFY, {c}, {y});
  b.output(y);
  EXPECT_EQ(dense_values(b), (std::vector<float>{0, 1, 0, 2, 3, 0, 4, 0}));
}

TEST(Sparse, ContradictionsAreNamed) {
  const std::pair<ModelBuilder, const char*> cases[] = {
      {rows({0, 2, 3}, {0, 9, 2}), "has index 9"},
      {rows({0, 9, 3}, {0, 2, 2}), "segment bound 9"},
      {rows({0, 2, 1}, {0, 2, 2}), "segment bound 1 after 2"},
      {rows({1, 2, 3}, {0, 2, 2}), "segment bound 1 after 0"},
      {rows({0, 2}, {0, 2, 2}), "2 segment bounds for 2 segments"},
      {rows({0, 2, 4}, {0, 2, 2, 1}), "asks for 4 values"},
      {rows({0, 2, 3}, {0, 2, 2}, 99), "the size 99"},
  };
  for (const auto& [builder, message] : cases) {
    const Reading reading = builder.read();
    EXPECT_EQ(reading.model, nullptr) << message;
    ASSERT_FALSE(reading.defects.empty()) << message;
    EXPECT_TRUE(contains(reading.defects[0].message, message));
  }
}

TEST(Sparse, DenseTensorsAreRefused) {
  ModelBuilder b;
  b.output(b.constant<float>("c", {1}, {1}));
  EXPECT_FALSE(densify(b.build()->main().tensors[0]));
}

}  // namespace
}  // namespace whyzero::graph
