// Custom operators that the official runtime has built in: "NumericVerify", "AudioSpectrogram", "Mfcc".
#include <complex>
#include <numbers>

#include "ops/common/custom_options.h"
#include "ops/test_support.h"

namespace whyzero::ops {
namespace {

using namespace test;

template <class F>
std::vector<uint8_t> options(F&& fill) {
  flexbuffers::Builder builder;
  builder.Map([&] { fill(builder); });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(CustomTest, NumericVerifyGivesTheDifference) {
  auto model = [](float tolerance, bool stops) {
    graph::ModelBuilder b;
    const int q = b.constant<int8_t>("q", {3}, {10, -4, 2}, graph::quantized(0.5f, 2)),
              f = b.constant<float>("f", {3}, {4.0f, -3.25f, 1.0f}), y = b.tensor("y", DType::kFloat32, {3});
    b.custom("NumericVerify", {q, f}, {y}, options([&](auto& m) {
               m.Float("tolerance", tolerance);
               m.Bool("log_if_failed", stops);
             }));
    b.output(y);
    return b;
  };
  EXPECT_EQ((run<float>(model(5.0f, false), {})), (std::vector<float>{0.0f, 0.25f, -1.0f}));
  EXPECT_EQ((run<float>(model(2.0f, true), {})), (std::vector<float>{0.0f, 0.25f, -1.0f}));
  EXPECT_EQ(refusal(model(1.0f, true)), ErrorCode::kUnsupported);  // one step is 0.5, element 2 is 1 away
}

TEST(CustomTest, AudioSpectrogramIsTheTransformOfWeightedWindows) {
  constexpr int kWindow = 6, kStride = 4, kLength = 8, kSamples = 15, kChannels = 2;
  Random random(5);
  const auto sound = random_floats(random, kSamples * kChannels);
  for (const bool squared : {false, true}) {
    graph::ModelBuilder b;
    const int x = b.input("x", DType::kFloat32, {kSamples, kChannels}), y = b.tensor("y", DType::kFloat32, {kChannels, 3, 5});
    b.custom("AudioSpectrogram", {x}, {y}, options([&](auto& m) {
               m.Int("window_size", kWindow);
               m.Int("stride", kStride);
               m.Bool("magnitude_squared", squared);
             }));
    b.output(y);
    Shape shape;
    const auto got = run<float>(b, {sound}, &shape);
    ASSERT_EQ(shape, (Shape{kChannels, 3, kLength / 2 + 1}));
    for (int c = 0; c < kChannels; ++c)
      for (int slice = 0; slice < 3; ++slice)
        for (int k = 0; k <= kLength / 2; ++k) {
          std::complex<double> sum;
          for (int t = 0; t < kWindow; ++t)
            sum += (0.5 - 0.5 * std::cos(2 * std::numbers::pi * t / kWindow)) *
                   static_cast<double>(sound[static_cast<size_t>((slice * kStride + t) * kChannels + c)]) *
                   std::polar(1.0, -2 * std::numbers::pi * t * k / kLength);
          const double want = squared ? std::norm(sum) : std::abs(sum);
          EXPECT_NEAR(static_cast<double>(got[static_cast<size_t>((c * 3 + slice) * 5 + k)]), want, 1e-5);
        }
  }
}

std::vector<double> filter_energies(const std::vector<float>& spectrum, int filters) {
  graph::ModelBuilder b;
  const int x = b.input("x", DType::kFloat32, {1, 1, static_cast<int32_t>(spectrum.size())}),
            rate = b.constant<int32_t>("rate", {}, {16000}), y = b.tensor("y", DType::kFloat32, {1, 1, filters});
  b.custom("Mfcc", {x, rate}, {y}, options([&](auto& m) {
             m.Float("lower_frequency_limit", 20.0f);
             m.Float("upper_frequency_limit", 4000.0f);
             m.Int("filterbank_channel_count", filters);
             m.Int("dct_coefficient_count", filters);
           }));
  b.output(y);
  const auto coefficients = run<float>(b, {spectrum});
  // With as many coefficients as filters the cosine transform can be turned back.
  std::vector<double> energies;
  for (int k = 0; k < filters; ++k) {
    double sum = 0.5 * static_cast<double>(coefficients[0]);
    for (int c = 1; c < filters; ++c)
      sum += static_cast<double>(coefficients[static_cast<size_t>(c)]) * std::cos(std::numbers::pi * c * (k + 0.5) / filters);
    energies.push_back(std::exp(sum * std::sqrt(2.0 / filters)));
  }
  return energies;
}

TEST(CustomTest, MfccSharesAMagnitudeBetweenNeighbouringFilters) {
  constexpr int kFilters = 10;
  std::vector<float> spectrum(129);
  for (double energy : filter_energies(spectrum, kFilters)) EXPECT_NEAR(std::log(energy), std::log(1e-12), 1e-4);
  spectrum[20] = 9.0f;  // 1250 Hz
  const auto energies = filter_energies(spectrum, kFilters);
  auto mel = [](double hertz) { return 1127.0 * std::log(1.0 + hertz / 700.0); };
  const double position = (mel(1250.0) - mel(20.0)) / (mel(4000.0) - mel(20.0)) * (kFilters + 1) - 1.0;
  const auto below = static_cast<size_t>(std::floor(position));
  const double weight = 1.0 - (position - std::floor(position));
  EXPECT_NEAR(energies[below], 3.0 * weight, 1e-3);
  EXPECT_NEAR(energies[below + 1], 3.0 * (1.0 - weight), 1e-3);
  spectrum[120] = 1e6f;  // above the upper limit
  const auto same = filter_energies(spectrum, kFilters);
  for (size_t k = 0; k < energies.size(); ++k) EXPECT_NEAR(same[k], energies[k], 1e-6);
}

TEST(CustomTest, OptionsThatAreNoMapAreRefused) {
  for (const char* name : {"NumericVerify", "AudioSpectrogram", "Mfcc"}) {
    graph::ModelBuilder b;
    const bool sound = std::string(name) == "AudioSpectrogram";
    const int x = b.input("x", DType::kFloat32, sound ? Shape{8, 1} : Shape{1, 1, 4}), rate = b.constant<int32_t>("r", {}, {1}),
              q = b.constant<int8_t>("q", {4}, {1, 2, 3, 4}, graph::quantized(1.0f)), y = b.tensor("y", DType::kFloat32, {4});
    b.custom(name, sound ? std::vector<int>{x} : std::string(name) == "Mfcc" ? std::vector<int>{x, rate} : std::vector<int>{q, x}, {y},
             {1, 2, 3});
    b.output(y);
    EXPECT_EQ(refusal(b), ErrorCode::kMalformed) << name;
  }
}

}  // namespace
}  // namespace whyzero::ops
