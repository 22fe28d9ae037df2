// Pillow's Image.resize: an antialiasing filter scaled to the shrinking, one axis after the other, bytes rounded after each.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "image/resize_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace whyzero::image {
namespace {

// Pillow keeps 8-bit weights as integers with this many fraction bits: 32 − 8 for the pixel − 2 spare.
constexpr int kFractionBits = 22;
constexpr int kHalf = 1 << (kFractionBits - 1);

double sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double filter_value(Method method, double x) {
  const double distance = std::abs(x);
  switch (method) {
    case Method::kArea:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case Method::kBilinear:
      return distance < 1 ? 1 - distance : 0;
    case Method::kBicubic: {  // Keys' cubic with a = −1/2
      constexpr double a = -0.5;
      if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
      if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
      return 0;
    }
    default:
      return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
}

double filter_support(Method method) {
  switch (method) {
    case Method::kArea:
      return 0.5;
    case Method::kBilinear:
      return 1;
    case Method::kBicubic:
      return 2;
    default:
      return 3;
  }
}

/// Source pixels [first, first + count) of each place along one axis, and their weights, `stride` a place.
struct Axis {
  int stride = 0;
  std::vector<int> first, count;
  std::vector<double> weight;
};

Axis make_axis(int source, float from, float to, int size, Method method) {
  Axis axis;
  const double scale = static_cast<double>(to - from) / size;
  const double stretch = std::max(scale, 1.0);
  const double support = filter_support(method) * stretch;
  axis.stride = static_cast<int>(std::ceil(support)) * 2 + 1;
  axis.first.resize(static_cast<size_t>(size));
  axis.count.resize(static_cast<size_t>(size));
  axis.weight.assign(static_cast<size_t>(size) * static_cast<size_t>(axis.stride), 0);
  for (int i = 0; i < size; i++) {
    const double center = from + (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int last = std::min(static_cast<int>(center + support + 0.5), source);
    double* weight = axis.weight.data() + size_t(i) * size_t(axis.stride);
    const int count = std::clamp(last - first, 0, axis.stride);
    double sum = 0;
    for (int t = 0; t < count; t++) {
      weight[t] = filter_value(method, (t + first - center + 0.5) * (1.0 / stretch));
      sum += weight[t];
    }
    if (sum != 0) {
      for (int t = 0; t < count; t++) weight[t] /= sum;
    }
    axis.first[static_cast<size_t>(i)] = first;
    axis.count[static_cast<size_t>(i)] = count;
  }
  return axis;
}

std::vector<int> fixed_point(const std::vector<double>& weights) {
  std::vector<int> fixed(weights.size());
  for (size_t i = 0; i < weights.size(); i++) {
    const double scaled = weights[i] * (1 << kFractionBits);
    fixed[i] = static_cast<int>(weights[i] < 0 ? scaled - 0.5 : scaled + 0.5);
  }
  return fixed;
}

inline uint8_t to_byte(int sum) { return static_cast<uint8_t>(std::clamp(sum >> kFractionBits, 0, 255)); }

typedef int Int4 __attribute__((vector_size(16)));
typedef uint8_t Byte4 __attribute__((vector_size(4)));

/// Pixels of three or four channels as four lanes; of three channels the fourth lane reads the next pixel's first and is dropped.
template <int kChannels>
inline __attribute__((always_inline)) void columns_of_row(const uint8_t* row, uint8_t* out, const Axis& axis,
                                                          const int* weights) {
  for (size_t i = 0; i < axis.first.size(); i++) {
    const uint8_t* from = row + size_t(axis.first[i]) * kChannels;
    const int* weight = weights + i * size_t(axis.stride);
    const int count = axis.count[i];
    if constexpr (kChannels == 1) {
      int sum = kHalf;
      for (int t = 0; t < count; t++) sum += from[t] * weight[t];
      out[i] = to_byte(sum);
    } else {
      Int4 sum = {kHalf, kHalf, kHalf, kHalf};
      for (int t = 0; t < count; t++) {
        Byte4 pixel;
        std::memcpy(&pixel, from + t * kChannels, 4);
        sum += __builtin_convertvector(pixel, Int4) * weight[t];
      }
      for (int c = 0; c < kChannels; c++) out[i * kChannels + size_t(c)] = to_byte(sum[c]);
    }
  }
}

WHYZERO_IMAGE_CLONES void columns_of_row_1(const uint8_t* row, uint8_t* out, const Axis& axis, const int* weights) {
  columns_of_row<1>(row, out, axis, weights);
}
WHYZERO_IMAGE_CLONES void columns_of_row_3(const uint8_t* row, uint8_t* out, const Axis& axis, const int* weights) {
  columns_of_row<3>(row, out, axis, weights);
}
WHYZERO_IMAGE_CLONES void columns_of_row_4(const uint8_t* row, uint8_t* out, const Axis& axis, const int* weights) {
  columns_of_row<4>(row, out, axis, weights);
}

#if defined(__x86_64__)
/// Weights for columns_of_3: of four taps the low halves of the numbers, those of taps 0 and 1 and of taps 2 and 3 side by side, then
/// the high halves. Taps that a place lacks weigh nothing.
struct HalvedWeights {
  size_t groups = 0;  // a place
  std::vector<int16_t> halves;
};

HalvedWeights halved(const Axis& axis, const std::vector<int>& weights) {
  HalvedWeights result;
  result.groups = (static_cast<size_t>(axis.stride) + 3) / 4;
  result.halves.assign(axis.first.size() * result.groups * 8, 0);
  for (size_t i = 0; i < axis.first.size(); i++) {
    for (int t = 0; t < axis.count[i]; t++) {
      const int weight = weights[i * size_t(axis.stride) + size_t(t)];
      const auto low = static_cast<int16_t>(weight & 0xFFFF);
      int16_t* group = result.halves.data() + (i * result.groups + size_t(t) / 4) * 8 + size_t(t) % 4;
      group[0] = low;
      group[4] = static_cast<int16_t>((weight - low) >> 16);
    }
  }
  return result;
}

/// Four taps of three channels at once. Sums of products with halves of the weights make the same sum modulo 2^32. Reads sixteen bytes
/// from every fourth tap on.
__attribute__((target("avx2"))) void columns_of_3(const uint8_t* row, uint8_t* out, const Axis& axis, const HalvedWeights& weights) {
  // Lanes: red of taps 0 and 1, red of taps 2 and 3, green, green; blue, blue, nothing.
  const __m256i arrange = _mm256_setr_epi8(0, -1, 3, -1, 6, -1, 9, -1, 1, -1, 4, -1, 7, -1, 10, -1, 2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  for (size_t i = 0; i < axis.first.size(); i++, out += 3) {
    const uint8_t* from = row + size_t(axis.first[i]) * 3;
    const auto* halves = reinterpret_cast<const long long*>(weights.halves.data() + i * weights.groups * 8);
    __m256i low = _mm256_setzero_si256(), high = low;
    for (int t = 0; t < axis.count[i]; t += 4, from += 12, halves += 2) {
      const __m256i pixels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))), arrange);
      low = _mm256_add_epi32(low, _mm256_madd_epi16(pixels, _mm256_set1_epi64x(halves[0])));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(pixels, _mm256_set1_epi64x(halves[1])));
    }
    const __m256i sums = _mm256_add_epi32(low, _mm256_slli_epi32(high, 16));
    const __m128i colours = _mm_hadd_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    const __m128i shifted = _mm_srai_epi32(_mm_add_epi32(colours, _mm_set1_epi32(kHalf)), kFractionBits);
    const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(_mm_packs_epi32(shifted, shifted), shifted));
    std::memcpy(out, &bytes, 3);
  }
}

bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}
#endif

void columns_of_row_any(const uint8_t* row, uint8_t* out, const Axis& axis, const int* weights, size_t channels) {
  for (size_t i = 0; i < axis.first.size(); i++) {
    for (size_t c = 0; c < channels; c++) {
      int sum = kHalf;
      for (int t = 0; t < axis.count[i]; t++) {
        sum += row[size_t(axis.first[i] + t) * channels + c] * weights[i * size_t(axis.stride) + size_t(t)];
      }
      out[i * channels + c] = to_byte(sum);
    }
  }
}

WHYZERO_IMAGE_CLONES void add_row(int* __restrict sums, const uint8_t* __restrict row, int weight, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += row[i] * weight;
}

WHYZERO_IMAGE_CLONES void store_row(uint8_t* __restrict out, const int* __restrict sums, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = to_byte(sums[i]);
}

WHYZERO_IMAGE_CLONES void add_row(double* __restrict sums, const float* __restrict row, double weight, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += static_cast<double>(row[i]) * weight;
}

void resize_columns(const Image8& source, Image8& out, int first_row, const Axis& axis) {
  const std::vector<int> weights = fixed_point(axis.weight);
  const size_t channels = static_cast<size_t>(source.channels);
  std::vector<uint8_t> padded;  // the last row with what vectors of four taps read behind it
#if defined(__x86_64__)
  constexpr int kBehind = 16;
  const bool by_four = channels == 3 && source.width * 3 >= kBehind && has_avx2();
  const HalvedWeights halves = by_four ? halved(axis, weights) : HalvedWeights{};
#else
  constexpr int kBehind = 1;
#endif
  for (int y = 0; y < out.height; y++) {
    const uint8_t* row = source.at(0, y + first_row);
    uint8_t* to = out.at(0, y);
    if (channels == 3 && y + first_row == source.height - 1) {
      padded.assign(row, row + size_t(source.width) * 3);
      padded.resize(padded.size() + kBehind);
      row = padded.data();
    }
#if defined(__x86_64__)
    if (by_four) {
      columns_of_3(row, to, axis, halves);
      continue;
    }
#endif
    if (channels == 1) {
      columns_of_row_1(row, to, axis, weights.data());
    } else if (channels == 3) {
      columns_of_row_3(row, to, axis, weights.data());
    } else if (channels == 4) {
      columns_of_row_4(row, to, axis, weights.data());
    } else {
      columns_of_row_any(row, to, axis, weights.data(), channels);
    }
  }
}

void resize_columns(const ImageF& source, ImageF& out, int first_row, const Axis& axis) {
  const size_t channels = static_cast<size_t>(source.channels);
  for (int y = 0; y < out.height; y++) {
    const float* row = source.at(0, y + first_row);
    float* to = out.at(0, y);
    for (size_t i = 0; i < axis.first.size(); i++) {
      const float* from = row + size_t(axis.first[i]) * channels;
      const double* weight = axis.weight.data() + i * size_t(axis.stride);
      for (size_t c = 0; c < channels; c++) {
        double sum = 0;
        for (size_t t = 0; t < size_t(axis.count[i]); t++) sum += static_cast<double>(from[t * channels + c]) * weight[t];
        *to++ = static_cast<float>(sum);
      }
    }
  }
}

void resize_rows(const Image8& source, Image8& out, int first_column, const Axis& axis) {
  const std::vector<int> weights = fixed_point(axis.weight);
  const size_t count = static_cast<size_t>(out.width) * static_cast<size_t>(out.channels);
  std::vector<int> sums(count);
  for (size_t y = 0; y < axis.first.size(); y++) {
    std::fill(sums.begin(), sums.end(), kHalf);
    for (int t = 0; t < axis.count[y]; t++) {
      add_row(sums.data(), source.at(first_column, axis.first[y] + t), weights[y * size_t(axis.stride) + size_t(t)], count);
    }
    store_row(out.at(0, static_cast<int>(y)), sums.data(), count);
  }
}

void resize_rows(const ImageF& source, ImageF& out, int first_column, const Axis& axis) {
  const size_t count = static_cast<size_t>(out.width) * static_cast<size_t>(out.channels);
  std::vector<double> sums(count);
  for (size_t y = 0; y < axis.first.size(); y++) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (int t = 0; t < axis.count[y]; t++) {
      add_row(sums.data(), source.at(first_column, axis.first[y] + t), axis.weight[y * size_t(axis.stride) + size_t(t)], count);
    }
    float* to = out.at(0, static_cast<int>(y));
    for (size_t i = 0; i < count; i++) to[i] = static_cast<float>(sums[i]);
  }
}

/// Pillow walks the source by adding the step, so that its rounding errors add up too.
std::vector<int> nearest_places(int source, float from, float to, int size) {
  std::vector<int> places(static_cast<size_t>(size));
  const double step = static_cast<double>(to - from) / size;
  double at = from + step * 0.5;
  for (int& place : places) {
    const int index = static_cast<int>(at);
    place = at >= 0 && index < source ? index : -1;
    at += step;
  }
  return places;
}

template <class T>
Pixels<T> resize_any(const Pixels<T>& source, int width, int height, Method method, const Box& box) {
  // Pillow takes the box as 32-bit floats.
  const float left = static_cast<float>(box.left), right = static_cast<float>(box.right);
  const float top = static_cast<float>(box.top), bottom = static_cast<float>(box.bottom);
  if (method == Method::kNearest) {
    return gather_pixels(source, nearest_places(source.width, left, right, width),
                         nearest_places(source.height, top, bottom, height));
  }
  const bool columns_change = width != source.width || left != 0 || right != static_cast<float>(source.width);
  const bool rows_change = height != source.height || top != 0 || bottom != static_cast<float>(source.height);
  if (!columns_change && !rows_change) return source;

  Pixels<T> out(width, height, source.channels);
  if (!rows_change) {
    resize_columns(source, out, 0, make_axis(source.width, left, right, width, method));
    return out;
  }
  Axis rows = make_axis(source.height, top, bottom, height, method);
  if (!columns_change) {
    resize_rows(source, out, 0, rows);
    return out;
  }
  Axis columns = make_axis(source.width, left, right, width, method);
  if (source.height - height > 2 * std::max(0, source.width - width)) {  // measured on Pillow 13; the box plays no part in it
    const int first = columns.first.front();
    Pixels<T> middle(columns.first.back() + columns.count.back() - first, height, source.channels);
    resize_rows(source, middle, first, rows);
    for (int& place : columns.first) place -= first;
    resize_columns(middle, out, 0, columns);
  } else {
    const int first = rows.first.front();
    Pixels<T> middle(width, rows.first.back() + rows.count.back() - first, source.channels);
    resize_columns(source, middle, first, columns);
    for (int& place : rows.first) place -= first;
    resize_rows(middle, out, 0, rows);
  }
  return out;
}

}  // namespace

Image8 resize_pillow(const Image8& source, int width, int height, Method method, const Box& box) {
  return resize_any(source, width, height, method, box);
}

ImageF resize_pillow(const ImageF& source, int width, int height, Method method, const Box& box) {
  return resize_any(source, width, height, method, box);
}

}  // namespace whyzero::image
