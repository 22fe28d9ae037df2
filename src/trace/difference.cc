#include "trace/difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "numerics/half.h"

namespace whyzero::trace {
namespace {

constexpr double kNoiseDb = 20;
constexpr double kFloatRounding = 1e-5, kHalfRounding = 2e-3;  // half precision has a unit of 2^-11, of which a few add up

bool is_real(DType dtype) { return dtype_is_float(dtype) || dtype == DType::kComplex64 || dtype == DType::kComplex128; }

/// What rounding explains, in the unit of the numbers that are compared.
double allowed(const TensorValue& a, const TensorValue& b, bool steps, double largest) {
  if (steps) return a.quantized() && b.quantized() ? 1 : 0;
  double limit = 0;
  for (const TensorValue* one : {&a, &b}) {
    if (one->quantized()) limit = std::max(limit, one->scale * (1 + 1e-6));
    if (is_real(one->array.dtype)) limit = std::max(limit, largest * (one->array.dtype == DType::kFloat16 ? kHalfRounding : kFloatRounding));
  }
  return limit;
}

Difference incomparable(std::string why) {
  Difference result;
  result.agreement = Agreement::kIncomparable;
  result.sqnr_db = -std::numeric_limits<double>::infinity();
  result.why = std::move(why);
  return result;
}

}  // namespace

const char* agreement_name(Agreement agreement) {
  switch (agreement) {
    case Agreement::kEqual: return "equal";
    case Agreement::kRounding: return "rounding";
    case Agreement::kNoise: return "noise";
    case Agreement::kDifferent: return "different";
    case Agreement::kIncomparable: return "incomparable";
  }
  return "incomparable";
}

void Difference::merge(const Difference& other) {
  agreement = std::max(agreement, other.agreement);
  elements += other.elements;
  differing += other.differing;
  max_error = std::max(max_error, other.max_error);
  error_steps = std::max(error_steps, other.error_steps);
  sqnr_db = std::min(sqnr_db, other.sqnr_db);
  other_non_finite = other_non_finite || other.other_non_finite;
  if (why.empty()) why = other.why;
}

std::vector<double> numbers_of(const TensorValue& value, bool real) {
  const Array& array = value.array;
  std::vector<double> numbers;
  const auto take = [&]<class T>(T) {
    const auto* data = reinterpret_cast<const T*>(array.data.data());
    numbers.assign(data, data + array.data.size() / sizeof(T));
  };
  switch (array.dtype) {
    case DType::kFloat32: case DType::kComplex64: take(float{}); break;
    case DType::kFloat64: case DType::kComplex128: take(double{}); break;
    case DType::kInt8: take(int8_t{}); break;
    case DType::kUInt8: case DType::kBool: take(uint8_t{}); break;
    case DType::kInt16: take(int16_t{}); break;
    case DType::kUInt16: take(uint16_t{}); break;
    case DType::kInt32: take(int32_t{}); break;
    case DType::kUInt32: take(uint32_t{}); break;
    case DType::kInt64: take(int64_t{}); break;
    case DType::kUInt64: take(uint64_t{}); break;
    case DType::kFloat16: {
      const auto* halves = reinterpret_cast<const uint16_t*>(array.data.data());
      for (size_t k = 0; k < array.data.size() / 2; ++k) numbers.push_back(static_cast<double>(float_from_half(halves[k])));
      break;
    }
    default: break;
  }
  if (real && value.quantized())
    for (double& number : numbers) number = (number - static_cast<double>(value.zero_point)) * value.scale;
  return numbers;
}

Difference difference(const TensorValue& first, const TensorValue& second, bool twins) {
  const Array &a = first.array, &b = second.array;
  if (a.shape != b.shape) return incomparable(fmt::format("shapes [{}] and [{}]", fmt::join(a.shape, ", "), fmt::join(b.shape, ", ")));
  if ((a.dtype == DType::kString) != (b.dtype == DType::kString)) return incomparable("text and numbers");
  Difference result;
  result.elements = a.elements();
  result.sqnr_db = std::numeric_limits<double>::infinity();
  if (a.dtype == DType::kString) {
    for (size_t k = 0; k < a.strings.size(); ++k) result.differing += k >= b.strings.size() || a.strings[k] != b.strings[k];
    if (result.differing) result.agreement = Agreement::kDifferent;
    return result;
  }
  if (a.dtype == b.dtype && a.data == b.data && first.scale == second.scale && first.zero_point == second.zero_point) return result;
  // Integers of one meaning are compared step by step, everything else as the real numbers that they stand for.
  const bool steps = a.dtype == b.dtype && !is_real(a.dtype) && first.scale == second.scale && first.zero_point == second.zero_point;
  const std::vector<double> x = numbers_of(first, !steps), y = numbers_of(second, !steps);
  double largest = 0, signal = 0, error_power = 0, most = 0;
  for (size_t k = 0; k < std::min(x.size(), y.size()); ++k) {
    const bool finite = std::isfinite(x[k]) && std::isfinite(y[k]);
    if (!finite) {
      const bool same = x[k] == y[k] || (std::isnan(x[k]) && std::isnan(y[k]));
      result.differing += !same;
      result.other_non_finite = result.other_non_finite || !same;
      continue;
    }
    const double error = std::abs(x[k] - y[k]);
    result.differing += error != 0;
    most = std::max(most, error);
    largest = std::max(largest, std::abs(x[k]));
    signal += x[k] * x[k];
    error_power += error * error;
  }
  const double unit = steps && first.quantized() ? first.scale : 1;
  result.max_error = most * unit;
  result.error_steps = steps ? most : 0;
  if (error_power > 0) result.sqnr_db = signal > 0 ? 10 * std::log10(signal / error_power) : -std::numeric_limits<double>::infinity();
  if (result.differing == 0) return result;
  const bool rounding = !result.other_non_finite && most <= allowed(first, second, steps, largest);
  const bool other_steps = first.quantized() != second.quantized() || (first.quantized() && first.scale != second.scale);
  const bool noise = !result.other_non_finite && (twins || other_steps) && result.sqnr_db >= kNoiseDb;
  result.agreement = rounding ? Agreement::kRounding : noise ? Agreement::kNoise : Agreement::kDifferent;
  return result;
}

}  // namespace whyzero::trace
