// Mfcc: the shape of a sound's spectrum as the ear divides it: energies of triangular filters that are evenly spaced in pitch
// (mel), their logarithms, and the cosine transform of those.
#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "ops/common/custom_options.h"
#include "ops/common/scratch.h"

namespace whyzero::ops {
namespace {

constexpr int64_t kMostFilters = 1 << 12;
constexpr double kFaintest = 1e-12;  // keeps the logarithm finite

struct State {
  double low = 0.0, high = 0.0;
  size_t filters = 0, coefficients = 0;
};

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(2, 2, 1, 1));
  WHYZERO_TRY(ctx.expect_input(0));
  WHYZERO_TRY(ctx.expect_input(1));
  const Tensor& spectrogram = ctx.input(0);
  WHYZERO_TRY(ctx.expect_dtype(spectrogram, {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.input(1), {DType::kInt32}));
  WHYZERO_TRY(ctx.expect_dtype(ctx.output(0), {DType::kFloat32}));
  WHYZERO_TRY(ctx.expect_rank(spectrogram, 3, 3));
  if (ctx.input(1).elements() != 1 || spectrogram.dim(2) < 2)
    return ctx.error(ErrorCode::kShapeMismatch,
                     fmt::format("needs a single sample rate {} and at least two frequencies in {}", ctx.input(1).label(), spectrogram.label()));
  WHYZERO_ASSIGN(const auto map, options_map(ctx));
  auto& s = ctx.make_state<State>();
  s.low = static_cast<double>(map["lower_frequency_limit"].AsFloat());
  s.high = static_cast<double>(map["upper_frequency_limit"].AsFloat());
  const int64_t filters = map["filterbank_channel_count"].AsInt64(), coefficients = map["dct_coefficient_count"].AsInt64();
  if (filters < 1 || filters > kMostFilters || coefficients < 1 || coefficients > filters || !(s.low >= 0.0) || !(s.high > s.low))
    return ctx.error(ErrorCode::kMalformed,
                     fmt::format("has {} filters and {} coefficients from {} to {} Hz; expected 1 to {} filters, at most as many "
                                 "coefficients and rising frequencies from 0",
                                 filters, coefficients, s.low, s.high, kMostFilters));
  s.filters = static_cast<size_t>(filters);
  s.coefficients = static_cast<size_t>(coefficients);
  return ctx.resize_output(0, {spectrogram.dim(0), spectrogram.dim(1), static_cast<int32_t>(coefficients)});
}

double mel(double hertz) { return 1127.0 * std::log1p(hertz / 700.0); }

/// How a frequency's magnitude is shared between the filter below it and the next one.
struct Share {
  std::ptrdiff_t below = -1;
  double weight = 0.0;
  bool used = false;
};

void fill_shares(const State& s, double rate, std::vector<Share>& result) {
  const size_t frequencies = result.size();
  const double step = 0.5 * rate / static_cast<double>(frequencies - 1), low = mel(s.low);
  const double spacing = (mel(s.high) - low) / static_cast<double>(s.filters + 1);
  auto centre = [&](std::ptrdiff_t k) { return low + spacing * static_cast<double>(k + 1); };
  std::ptrdiff_t next = 0;
  for (size_t k = 0; k < frequencies; ++k) {
    const double position = static_cast<double>(k);
    // The first whole step past the lower limit, up to the upper one.
    if (position < std::floor(1.5 + s.low / step) || position > std::floor(s.high / step)) continue;
    const double pitch = mel(position * step);
    while (next < static_cast<std::ptrdiff_t>(s.filters) && centre(next) < pitch) ++next;
    result[k] = {next - 1, (centre(next) - pitch) / (centre(next) - centre(next - 1)), true};
  }
}

Result<void> eval(Context& ctx) {
  const auto& s = ctx.state<State>();
  const Tensor& spectrogram = ctx.input(0);
  const int32_t rate = *ctx.input(1).as<int32_t>();
  if (rate <= 0) return ctx.error(ErrorCode::kMalformed, fmt::format("the sample rate {} is {}, expected a positive number", ctx.input(1).label(), rate));
  const auto frequencies = static_cast<size_t>(spectrogram.dim(2));
  // Limits past what the spectrogram holds: the official kernel then leaves everything at 0.
  if (std::floor(s.high / (0.5 * static_cast<double>(rate) / static_cast<double>(frequencies - 1))) >= static_cast<double>(frequencies)) {
    std::fill_n(ctx.output(0).as<float>(), ctx.output(0).elements(), 0.0f);
    return {};
  }
  WHYZERO_ASSIGN(auto share, scratch<Share>(ctx, frequencies));
  fill_shares(s, static_cast<double>(rate), share);
  WHYZERO_ASSIGN(auto energy, scratch<double>(ctx, s.filters));
  const auto n = static_cast<double>(s.filters);
  const size_t rows = spectrogram.elements() / frequencies;
  for (size_t row = 0; row < rows; ++row) {
    std::fill(energy.begin(), energy.end(), 0.0);
    for (size_t k = 0; k < frequencies; ++k) {
      if (!share[k].used) continue;
      const double magnitude = std::sqrt(static_cast<double>(spectrogram.as<float>()[row * frequencies + k]));
      const double weighted = magnitude * share[k].weight;
      if (share[k].below >= 0) energy[static_cast<size_t>(share[k].below)] += weighted;
      const auto above = static_cast<size_t>(share[k].below + 1);
      if (above < s.filters) energy[above] += magnitude - weighted;
    }
    for (double& e : energy) e = std::log(e < kFaintest ? kFaintest : e);
    for (size_t c = 0; c < s.coefficients; ++c) {
      double sum = 0.0;
      for (size_t k = 0; k < s.filters; ++k)
        sum += energy[k] * std::cos(static_cast<double>(c) * std::numbers::pi / n * (static_cast<double>(k) + 0.5));
      ctx.output(0).as<float>()[row * s.coefficients + c] = static_cast<float>(sum * std::sqrt(2.0 / n));
    }
  }
  return {};
}

}  // namespace

extern constinit const Operator unit_mfcc{.name = "Mfcc", .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
