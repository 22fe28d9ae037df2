// EMBEDDING_LOOKUP: rows of a table, by number; rows of quantized tables may come out as floats.
#include <fmt/format.h>

#include <cstring>

#include "numerics/half.h"
#include "ops/common/quantized.h"
#include "ops/common/scratch.h"
#include "ops/common/shapes.h"

namespace whyzero::ops {
namespace {

bool is_float(DType dtype) { return dtype == DType::kFloat32 || dtype == DType::kFloat16; }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  for (int k = 0; k < 2; ++k) WHYZERO_TRY(ctx.expect_input(k));
  const Tensor& rows = ctx.input(0);
  const Tensor& table = ctx.input(1);
  const Tensor& output = ctx.output(0);
  WHYZERO_TRY(ctx.expect_dtype(rows, {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_rank(rows, 1, 1));
  WHYZERO_TRY(ctx.expect_rank(table, 2, 1 << 16));
  if (is_float(output.dtype) && table.dtype != output.dtype) {
    WHYZERO_TRY(ctx.expect_dtype(table, {DType::kUInt8, DType::kInt8, DType::kInt4, DType::kInt2}));
    WHYZERO_TRY(ctx.expect_quantized(table, table.dim(0)));
    WHYZERO_TRY(ctx.expect_zero_point(table, 0));
    if (table.quantization->per_channel() && table.quantization->axis != 0)
      return ctx.error(ErrorCode::kQuantizationInvalid, fmt::format("the scales of table {} lie along dimension {}, expected 0",
                                                                    table.label(), table.quantization->axis));
  } else {
    WHYZERO_TRY(ctx.expect_same_dtype(table, output));
    if (table.dtype != DType::kInt4) WHYZERO_TRY(expect_movable(ctx, table));
    if (table.quantization->per_channel())
      return ctx.error(ErrorCode::kQuantizationInvalid,
                       fmt::format("table {} has a scale for each row, which would be lost in {}; the output must be float",
                                   table.label(), output.label()));
  }
  Shape shape = table.shape;
  shape[0] = rows.dim(0);
  return ctx.resize_output(0, shape);
}

/// Where row `index` of `width` elements starts. Rows of packed types start at a whole byte, the one that their first element
/// would lie in if no bit were left over between rows: that is where the official kernel reads.
size_t first_of(const Tensor& table, size_t index, size_t width) {
  const size_t bits = dtype_bits(table.dtype), per_byte = bits < 8 ? 8 / bits : 1;
  return index * width / per_byte * per_byte;
}

template <class Get>
void dequantize(const Tensor& table, const Tensor& rows, Tensor& output, size_t width, Get&& get) {
  const auto& scales = table.quantization->scales;
  for (size_t k = 0; k < rows.elements(); ++k) {
    const auto index = static_cast<size_t>(rows.as<int32_t>()[k]);
    const float scale = scales.size() > 1 ? scales[index] : scales[0];
    const size_t first = first_of(table, index, width);
    for (size_t i = 0; i < width; ++i) {
      const float value = static_cast<float>(get(first + i)) * scale;
      if (output.dtype == DType::kFloat32)
        output.as<float>()[k * width + i] = value;
      else
        output.as<Half>()[k * width + i] = Half(value);
    }
  }
}

Result<void> eval(Context& ctx) {
  const Tensor& rows = ctx.input(0);
  const Tensor& table = ctx.input(1);
  Tensor& output = ctx.output(0);
  for (size_t k = 0; k < rows.elements(); ++k)
    if (const int32_t index = rows.as<int32_t>()[k]; index < 0 || index >= table.dim(0))
      return ctx.error(ErrorCode::kInvalidArgument,
                       fmt::format("index {} lies outside of the {} rows of table {}", index, table.dim(0), table.label()));
  const size_t width = element_count({table.shape.begin() + 1, table.shape.end()});
  const bool packed = dtype_bits(table.dtype) < 8, same = table.dtype == output.dtype;
  if (output.elements() == 0) return {};
  if (same && !packed) {
    const size_t bytes = width * dtype_size(table.dtype);
    for (size_t k = 0; k < rows.elements(); ++k)
      std::memcpy(output.data + k * bytes, table.data + static_cast<size_t>(rows.as<int32_t>()[k]) * bytes, bytes);
    return {};
  }
  if (!packed) {
    // The official kernel reads uint8 as if it had a sign, too.
    dequantize(table, rows, output, width, [&](size_t i) { return table.as<int8_t>()[i]; });
    return {};
  }
  WHYZERO_TRY(ctx.host().reserve(table.elements() + output.elements()));
  const std::vector<int8_t> wide = unpacked(table);
  if (!same) {
    dequantize(table, rows, output, width, [&](size_t i) { return wide[i]; });
    return {};
  }
  WHYZERO_ASSIGN(auto moved, scratch<int8_t>(ctx, output.elements()));
  for (size_t k = 0; k < rows.elements(); ++k)
    std::memcpy(moved.data() + k * width, wide.data() + static_cast<size_t>(rows.as<int32_t>()[k]) * width, width);
  pack(moved, output);
  return {};
}

}  // namespace

extern constinit const Operator unit_embedding_lookup{.name = "EMBEDDING_LOOKUP",
                                                      .builtin = schema::BuiltinOperator_EMBEDDING_LOOKUP,
                                                      .max_version = 5,
                                                      .prepare = prepare,
                                                      .eval = eval};

}  // namespace whyzero::ops
