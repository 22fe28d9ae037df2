// LSH_PROJECTION: hashes of a set of items such that similar sets get similar hashes. A bit is the sign of the weighted sum of
// the items' fingerprints, each seeded with one number of the hash functions.
#include <fmt/format.h>

#include <cstring>

#include "graph/options.h"
#include "numerics/fingerprint.h"
#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 3, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const Tensor& seeds = ctx.input(0);
  const Tensor& items = ctx.input(1);
  WHYZERO_TRY(ctx.expect_dtype(seeds, {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_rank(seeds, 2, 2));
  if (seeds.dim(1) > 32)
    return ctx.error(ErrorCode::kMalformed, fmt::format("hash functions {} have {} bits, expected at most 32", seeds.label(), seeds.dim(1)));
  if (items.rank() < 1 || items.dim(0) < 1 || dtype_bits(items.dtype) % 8 != 0 || items.dtype == DType::kResource)
    return ctx.error(ErrorCode::kUnsupported, fmt::format("items {} must be at least one value of whole bytes", items.label()));
  if (ctx.has_input(2)) {
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(2), {DType::kFloat32}));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(2), 1, 1));
    if (ctx.input(2).dim(0) != items.dim(0))
      return ctx.error(ErrorCode::kShapeMismatch, fmt::format("has {} weights {} for {} items", ctx.input(2).dim(0),
                                                              ctx.input(2).label(), items.dim(0)));
  }
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kInt32}));
  switch (ctx.options<schema::LSHProjectionOptions>().type()) {
    case schema::LSHProjectionType_SPARSE:
      return ctx.resize_output(0, {seeds.dim(0)});
    case schema::LSHProjectionType_DENSE: {
      const int64_t bits = int64_t{seeds.dim(0)} * seeds.dim(1);
      if (bits > INT32_MAX) return ctx.error(ErrorCode::kShapeMismatch, fmt::format("gives {} bits, which are too many", bits));
      return ctx.resize_output(0, {static_cast<int32_t>(bits)});
    }
    default:
      return ctx.error(ErrorCode::kMalformed, "has a projection type that is neither SPARSE (1) nor DENSE (2)");
  }
}

Result<void> eval(Context& ctx) {
  const Tensor& seeds = ctx.input(0);
  const Tensor& items = ctx.input(1);
  const auto count = static_cast<size_t>(items.dim(0)), hashes = static_cast<size_t>(seeds.dim(0)),
             bits = static_cast<size_t>(seeds.dim(1)), size = items.bytes / count;  // of strings a share of the whole buffer
  WHYZERO_ASSIGN(auto key, scratch<uint8_t>(ctx, sizeof(float) + size));
  auto bit = [&](float seed) {
    double sum = 0.0;
    std::memcpy(key.data(), &seed, sizeof seed);
    for (size_t k = 0; k < count; ++k) {
      if (size) std::memcpy(key.data() + sizeof seed, items.data + k * size, size);
      const auto value = static_cast<double>(static_cast<int64_t>(fingerprint64(key)));
      sum += ctx.has_input(2) ? static_cast<double>(ctx.input(2).as<float>()[k]) * value : value;
    }
    return sum > 0.0;
  };
  const bool sparse = ctx.options<schema::LSHProjectionOptions>().type() == schema::LSHProjectionType_SPARSE;
  int32_t* out = ctx.output(0).as<int32_t>();
  for (size_t h = 0; h < hashes; ++h) {
    uint32_t code = 0;
    for (size_t b = 0; b < bits; ++b) {
      const bool set = bit(seeds.as<float>()[h * bits + b]);
      code = (code << 1) | static_cast<uint32_t>(set);
      if (!sparse) out[h * bits + b] = set;
    }
    // Every hash function has its own range of codes; 32 bits leave no room for that, and the shift does nothing.
    if (sparse) out[h] = static_cast<int32_t>(code + (static_cast<uint32_t>(h) << (bits % 32)));
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_lsh_projection{.name = "LSH_PROJECTION",
                                                    .builtin = schema::BuiltinOperator_LSH_PROJECTION,
                                                    .max_version = 1,
                                                    .prepare = prepare,
                                                    .eval = eval};

}  // namespace whyzero::ops
