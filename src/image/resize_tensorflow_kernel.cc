// TensorFlow's resize by a sampling kernel (its ScaleAndTranslate): what tf.image.resize uses for antialiasing and for lanczos3.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "image/resize_internal.h"

namespace whyzero::image {
namespace {

float radius_of(Method method) { return method == Method::kLanczos ? 3.f : method == Method::kBicubic ? 2.f : 1.f; }

float kernel_value(Method method, float x) {
  if (method == Method::kBilinear) return x < 1 ? 1 - x : 0.f;
  if (method == Method::kBicubic) {  // Keys' cubic with a = −1/2
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5f * x + 2.5f) * x - 4) * x + 2 : (1.5f * x - 2.5f) * x * x + 1;
  }
  constexpr float kPi = std::numbers::pi_v<float>;
  if (x > 3) return 0;
  if (x <= 1e-3f) return 1;  // where the quotient loses its digits
  return 3 * std::sin(kPi * x) * std::sin(kPi * x / 3) / (kPi * kPi * x * x);
}

struct Span {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Span> make_spans(int source, int size, Method method, bool antialias) {
  std::vector<Span> spans(static_cast<size_t>(size));
  const float scale = static_cast<float>(size) / static_cast<float>(source);
  const float inverse = static_cast<float>(1.0 / scale);
  const float stretch = antialias ? std::max(inverse, 1.f) : 1.f;
  const float reach = radius_of(method) * stretch, shrink = 1.f / stretch;
  for (int i = 0; i < size; i++) {
    Span& span = spans[static_cast<size_t>(i)];
    const float center = (static_cast<float>(i) + 0.5f) * inverse;
    if (center > static_cast<float>(source)) continue;  // by rounding only; nothing is sampled there
    span.first = std::clamp(static_cast<int>(std::ceil(center - reach - 0.5f)), 0, source - 1);
    const int end = std::clamp(static_cast<int>(std::floor(center + reach - 0.5f)), 0, source - 1) + 1;
    float sum = 0;
    for (int k = span.first; k < end; k++) {
      span.weights.push_back(kernel_value(method, std::abs((static_cast<float>(k) + 0.5f - center) * shrink)));
      sum += span.weights.back();
    }
    const float factor = std::abs(sum) >= 1000.f * std::numeric_limits<float>::min() ? 1.f / sum : 0.f;
    for (float& weight : span.weights) weight *= factor;
  }
  return spans;
}

WHYZERO_IMAGE_CLONES void add_row(float* __restrict sums, const float* __restrict row, float weight, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += row[i] * weight;
}

}  // namespace

ImageF resize_tensorflow_kernel(const ImageF& source, int width, int height, Method method, bool antialias) {
  const std::vector<Span> columns = make_spans(source.width, width, method, antialias);
  const std::vector<Span> rows = make_spans(source.height, height, method, antialias);
  ImageF out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), count = size_t(source.width) * channels;
  std::vector<float> sums(count);
  float* to = out.data.data();
  for (const Span& row : rows) {
    std::fill(sums.begin(), sums.end(), 0.f);
    for (size_t t = 0; t < row.weights.size(); t++) {
      add_row(sums.data(), source.at(0, row.first + static_cast<int>(t)), row.weights[t], count);
    }
    for (const Span& column : columns) {
      const float* from = sums.data() + size_t(column.first) * channels;
      for (size_t c = 0; c < channels; c++) {
        float sum = 0;
        for (size_t t = 0; t < column.weights.size(); t++) sum += from[t * channels + c] * column.weights[t];
        *to++ = sum;
      }
    }
  }
  return out;
}

}  // namespace whyzero::image
