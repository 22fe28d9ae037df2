// The loop over a reduction's input, and the arithmetic of its types.
#include "ops/common/reduce.h"

#include <fmt/format.h>

#include <bit>
#include <functional>

#include "ops/common/dispatch.h"

namespace whyzero::ops {
namespace {

struct Plan {
  Shape shape;        // of the output
  Broadcast<1> walk;  // over the input; its index is that of the output element
  size_t count = 1;   // input elements of one output element
  size_t outputs = 1;
  bool whole = true;  // all axes are reduced
};

Result<Plan> make_plan(Context& ctx) {
  const Tensor& input = ctx.input(0);
  WHYZERO_ASSIGN(const auto axes, integers(ctx, ctx.input(1)));
  std::vector<bool> reduced(input.shape.size(), false);
  for (int64_t given : axes) {
    // A scalar has no axis; converters still name one.
    if (input.rank() == 0) continue;
    WHYZERO_ASSIGN(const int axis, normalized_axis(ctx, given, input.rank()));
    reduced[static_cast<size_t>(axis)] = true;
  }
  Plan plan;
  const bool keep = ctx.options<schema::ReducerOptions>().keep_dims();
  plan.walk.shape = input.shape;
  plan.walk.same = false;
  plan.walk.strides[0].assign(input.shape.size(), 0);
  for (size_t d = input.shape.size(); d-- > 0;) {
    const auto size = static_cast<size_t>(input.shape[d]);
    if (reduced[d]) {
      plan.count *= size;
    } else {
      plan.whole = false;
      plan.walk.strides[0][d] = plan.outputs;
      plan.outputs *= size;
    }
    if (!reduced[d])
      plan.shape.insert(plan.shape.begin(), input.shape[d]);
    else if (keep)
      plan.shape.insert(plan.shape.begin(), 1);
  }
  return plan;
}

Result<Shape> output_shape(Context& ctx) {
  WHYZERO_ASSIGN(Plan plan, make_plan(ctx));
  return std::move(plan.shape);
}

/// Accumulates `start` with f over the input's elements.
template <class T, class Sum, class F>
std::vector<Sum> accumulate(const Tensor& input, const Plan& plan, Sum start, F&& f) {
  std::vector<Sum> sums(plan.outputs, start);
  const T* in = input.as<T>();
  for_each(plan.walk, [&](size_t i, const std::array<size_t, 1>& at) { sums[at[0]] = f(sums[at[0]], in[i]); });
  return sums;
}

template <class T, class Sum>
void write(Tensor& output, const std::vector<Sum>& sums) {
  for (size_t k = 0; k < sums.size(); ++k) output.as<T>()[k] = static_cast<T>(sums[k]);
}

/// NaN is passed over, but where all axes are reduced: there the first element is the start, and a NaN there stays.
template <class T, class Better>
std::vector<T> extremes(const Tensor& input, const Plan& plan, T none, Better&& better) {
  const T* in = input.as<T>();
  return accumulate<T, T>(input, plan, plan.whole && plan.count > 0 ? in[0] : none,
                          [&](T best, T x) { return better(x, best) ? x : best; });
}

bool scaled(const Tensor& tensor) {
  return tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8 ||
         (tensor.dtype == DType::kInt16 && tensor.quantization->present());
}

/// Sum or mean of quantized values, brought to the output's scale.
template <class T>
void sum_quantized(Context& ctx, const Plan& plan, bool mean) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const auto sums = accumulate<T, int64_t>(input, plan, 0, [](int64_t sum, T x) { return sum + x; });
  const auto count = static_cast<int64_t>(plan.count);
  const Range<int32_t> range = storage_range(output.dtype);
  auto store = [&](size_t k, int64_t scaled) {
    output.as<T>()[k] = static_cast<T>(std::clamp<int64_t>(scaled + output.zero_point(), range.low, range.high));
  };
  if (count == 0) {
    std::fill_n(output.as<T>(), sums.size(), T{0});
    return;
  }
  if (!mean) {
    const float scale = input.scale() / output.scale();
    // The official reference adds int8 in eight bits, so that the optimised kernel is the model: ties to even, zero point included.
    if (std::is_same_v<T, int8_t> && ctx.input(1).elements() > 0) {
      for (size_t k = 0; k < sums.size(); ++k) {
        const auto sum = static_cast<float>(sums[k] - int64_t{input.zero_point()} * count);
        output.as<T>()[k] = static_cast<T>(std::clamp(
            saturating_round(std::nearbyint(sum * scale + static_cast<float>(output.zero_point()))), range.low, range.high));
      }
      return;
    }
    const float bias = static_cast<float>(-input.zero_point()) * scale * static_cast<float>(count);
    for (size_t k = 0; k < sums.size(); ++k) store(k, saturating_round(std::round(static_cast<float>(sums[k]) * scale + bias)));
    return;
  }
  Multiplier factor = multiplier_from_real(static_cast<double>(input.scale()) / static_cast<double>(output.scale()));
  // The division by the count goes into the multiplier, shifted up as far as 32 bits allow.
  int shift = std::min(static_cast<int>(std::bit_width(static_cast<uint64_t>(count))) - 1, 32);
  shift = std::max(std::min(shift, 31 + factor.shift), 0);
  factor.value = static_cast<int32_t>((int64_t{factor.value} << shift) / count);
  factor.shift -= shift;
  for (size_t k = 0; k < sums.size(); ++k)
    store(k, multiply(static_cast<int32_t>(sums[k] - int64_t{input.zero_point()} * count), factor));
}

/// Product of quantized values: after each factor the product returns to int32 by the same part of the whole rescaling.
template <class T>
void multiply_quantized(Context& ctx, const Plan& plan) {
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  const double n = static_cast<double>(std::max<size_t>(plan.count, 1));
  const double whole = static_cast<double>(input.scale()) / std::pow(static_cast<double>(output.scale()), 1.0 / n);
  const Multiplier factor = multiplier_from_real(whole);
  std::vector<uint8_t> begun(plan.outputs, 0);
  std::vector<int32_t> products(plan.outputs, 0);
  const T* in = input.as<T>();
  for_each(plan.walk, [&](size_t i, const std::array<size_t, 1>& at) {
    const int32_t x = in[i] - input.zero_point();
    int32_t& product = products[at[0]];
    product = begun[at[0]] ? multiply(int64_t{product} * x, factor) : x;
    begun[at[0]] = 1;
  });
  const Range<int32_t> range = storage_range(output.dtype);
  for (size_t k = 0; k < products.size(); ++k) {
    const int64_t q = int64_t{multiply(int64_t{products[k]}, factor)} + output.zero_point();
    output.as<T>()[k] = static_cast<T>(std::clamp<int64_t>(q, range.low, range.high));
  }
}

template <class T>
void reduce(Context& ctx, const Plan& plan, Reduction reduction) {
  using Sum = std::conditional_t<std::is_same_v<T, float>, float, uint64_t>;  // integers wrap
  const Tensor& input = ctx.input(0);
  Tensor& output = ctx.output(0);
  auto sum = [](Sum a, T x) { return a + static_cast<Sum>(x); };
  switch (reduction) {
    case Reduction::kSum:
      write<T>(output, accumulate<T, Sum>(input, plan, 0, sum));
      break;
    case Reduction::kProduct:
      write<T>(output, accumulate<T, Sum>(input, plan, 1, [](Sum a, T x) { return a * static_cast<Sum>(x); }));
      break;
    case Reduction::kMaximum:
      write<T>(output, extremes<T>(input, plan, std::numeric_limits<T>::lowest(), std::greater<>()));
      break;
    case Reduction::kMinimum:
      write<T>(output, extremes<T>(input, plan, std::numeric_limits<T>::max(), std::less<>()));
      break;
    default: {
      auto sums = accumulate<T, Sum>(input, plan, 0, sum);
      for (size_t k = 0; k < sums.size(); ++k) {
        if constexpr (std::is_same_v<T, float>)
          output.as<T>()[k] = sums[k] / static_cast<float>(plan.count);
        else
          output.as<T>()[k] =
              plan.count == 0 ? T{0} : static_cast<T>(static_cast<int64_t>(sums[k]) / static_cast<int64_t>(plan.count));
      }
    }
  }
}

}  // namespace

Result<void> prepare_reduction(Context& ctx, Reduction reduction) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const Tensor& input = ctx.input(0);
  WHYZERO_TRY(ctx.expect_same_dtype(input, ctx.output(0)));
  const bool logical = reduction == Reduction::kAny || reduction == Reduction::kAll;
  if (logical || (input.dtype == DType::kBool && reduction != Reduction::kMean))
    WHYZERO_TRY(ctx.expect_dtype(input, {DType::kBool}));
  else
    WHYZERO_TRY(
        ctx.expect_dtype(input, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32, DType::kInt64}));
  const bool extreme = reduction == Reduction::kMaximum || reduction == Reduction::kMinimum;
  if (scaled(input) && !extreme) {
    WHYZERO_TRY(ctx.expect_quantized(input));
    WHYZERO_TRY(ctx.expect_quantized(ctx.output(0)));
  }
  return prepare_shape(ctx, {1}, output_shape);
}

Result<void> eval_reduction(Context& ctx, Reduction reduction) {
  WHYZERO_TRY(settle_shape(ctx, output_shape));
  WHYZERO_ASSIGN(const Plan plan, make_plan(ctx));
  // Accumulators are wider than the elements: at most eight bytes and a mark.
  if (auto room = ctx.host().reserve(9 * plan.outputs); !room) return fail(std::move(room).error(), ctx.node().label());
  const Tensor& input = ctx.input(0);
  if (input.dtype == DType::kBool) {
    // A sum of bools is their disjunction, a product their conjunction.
    const bool any = reduction == Reduction::kAny || reduction == Reduction::kSum || reduction == Reduction::kMaximum;
    write<uint8_t>(ctx.output(0), accumulate<uint8_t, uint8_t>(input, plan, !any, [any](uint8_t a, uint8_t x) -> uint8_t {
                     return any ? a || x : a && x;
                   }));
    return {};
  }
  const bool extreme = reduction == Reduction::kMaximum || reduction == Reduction::kMinimum;
  if (scaled(input) && !extreme) {
    dispatch(input.dtype, QuantizedTypes{}, [&]<class T>() {
      if (reduction == Reduction::kProduct)
        multiply_quantized<T>(ctx, plan);
      else
        sum_quantized<T>(ctx, plan, reduction == Reduction::kMean);
    });
  } else {
    dispatch(input.dtype, Types<float, int8_t, uint8_t, int16_t, int32_t, int64_t>{},
             [&]<class T>() { reduce<T>(ctx, plan, reduction); });
  }
  return {};
}

}  // namespace whyzero::ops
