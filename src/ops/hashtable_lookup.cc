// HASHTABLE_LOOKUP: rows of a tensor by sorted keys; zeros (or an empty string) and hit 0 where a key is not there.
#include <fmt/format.h>

#include <cstring>

#include "graph/options.h"
#include "ops/common/shapes.h"
#include "ops/common/strings.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(3, 3, 2, 2));
  for (int k = 0; k < 3; ++k) WHYZERO_TRY(ctx.expect_input(k));
  for (int k = 0; k < 2; ++k) {
    WHYZERO_TRY(ctx.expect_dtype(ctx.input(k), {DType::kInt32}));
    WHYZERO_TRY(ctx.expect_rank(ctx.input(k), 1, 1));
  }
  const Tensor& values = ctx.input(2);
  WHYZERO_TRY(ctx.expect_same_dtype(values, ctx.output(0)));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(1), {DType::kUInt8}));
  const bool text = values.dtype == DType::kString;
  if (!text) WHYZERO_TRY(expect_movable(ctx, values));
  WHYZERO_TRY(ctx.expect_rank(values, 1, text ? 1 : 8));
  if (values.dim(0) != ctx.input(1).dim(0))
    return ctx.error(ErrorCode::kShapeMismatch, fmt::format("has {} keys {} for {} values {}", ctx.input(1).dim(0),
                                                            ctx.input(1).label(), values.dim(0), values.label()));
  Shape shape = values.shape;
  shape[0] = ctx.input(0).dim(0);
  WHYZERO_TRY(ctx.resize_output(0, shape));
  return ctx.resize_output(1, {shape[0]});
}

/// The row of a key by bisection; -1 where it is not there. With unsorted keys the course of the search decides what is found.
std::ptrdiff_t row_of(const int32_t* keys, size_t count, int32_t key) {
  size_t low = 0, high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (keys[middle] == key) return static_cast<std::ptrdiff_t>(middle);
    if (key < keys[middle])
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

Result<void> eval(Context& ctx) {
  const Tensor& values = ctx.input(2);
  const size_t wanted = ctx.input(0).elements(), count = ctx.input(1).elements();
  const bool text = values.dtype == DType::kString;
  std::vector<std::string_view> texts;
  if (text) {
    WHYZERO_ASSIGN(texts, read_strings(values));
  }
  std::vector<std::string> found;
  const size_t row_bytes = text || count == 0 ? 0 : values.bytes / count;
  for (size_t k = 0; k < wanted; ++k) {
    const std::ptrdiff_t row = row_of(ctx.input(1).as<int32_t>(), count, ctx.input(0).as<int32_t>()[k]);
    ctx.output(1).as<uint8_t>()[k] = row >= 0;
    if (text)
      found.emplace_back(row < 0 ? std::string_view() : texts[static_cast<size_t>(row)]);
    else if (row < 0 || row_bytes == 0)
      std::memset(ctx.output(0).data + k * row_bytes, 0, row_bytes);
    else
      std::memcpy(ctx.output(0).data + k * row_bytes, values.data + static_cast<size_t>(row) * row_bytes, row_bytes);
  }
  if (text) return ctx.set_strings(0, found, {static_cast<int32_t>(wanted)});
  if (count == 0 && ctx.output(0).bytes) std::memset(ctx.output(0).data, 0, ctx.output(0).bytes);
  return {};
}

}  // namespace

extern constinit const Operator unit_hashtable_lookup{.name = "HASHTABLE_LOOKUP",
                                                      .builtin = schema::BuiltinOperator_HASHTABLE_LOOKUP,
                                                      .max_version = 1,
                                                      .prepare = prepare,
                                                      .eval = eval};

}  // namespace whyzero::ops
