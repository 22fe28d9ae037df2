// OpenCV's INTER_CUBIC as its x86-64 builds run it for 1, 3 and 4 channels: Intel's IPP, in float32 without rounding between the
// axes. The order of the sums was measured, because it decides which way a byte that lies on a half is rounded.
#include <algorithm>
#include <cmath>

#include "image/resize_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace whyzero::image {
namespace {

constexpr size_t kTaps = 4;

/// a·b + c rounded once. The product of two float32 is exact in double, and so nearly always is the sum.
inline float fused(float a, float b, float c) {
  return static_cast<float>(static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c));
}

struct Axis {
  std::vector<int> index;        // size × 4, border repeated
  std::vector<float> weight;     // size × 4
  std::vector<uint8_t> clipped;  // whether a tap leaves the source
};

double cubic(double x) {
  constexpr double a = -0.75;
  return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
}

Axis make_axis(int source, int size) {
  Axis axis;
  const double scale = static_cast<double>(source) / size;
  for (int i = 0; i < size; i++) {
    const double at = (i + 0.5) * scale - 0.5;
    const int first = static_cast<int>(std::floor(at)) - 1;
    // The distance to the first tap is kept in float32, which leaves the fraction 23 bits.
    const double fraction = static_cast<float>(at - (first + 1)) + 1.f - 1.f;
    for (int t = 0; t < int(kTaps); t++) {
      axis.index.push_back(std::clamp(first + t, 0, source - 1));
      axis.weight.push_back(static_cast<float>(cubic(std::abs(fraction + 1 - t))));
    }
    axis.clipped.push_back(first < 0 || first + int(kTaps) > source);
  }
  return axis;
}

// The orders in which IPP adds four products, named by their brackets.
inline float sum_in_turn(float p0, float p1, float p2, float p3, const float* w) {
  return fused(p3, w[3], fused(p2, w[2], fused(p1, w[1], p0 * w[0])));
}
inline float sum_second_first(float p0, float p1, float p2, float p3, const float* w) {
  return fused(p3, w[3], fused(p2, w[2], fused(p0, w[0], p1 * w[1])));
}
inline float sum_outer_inner(float p0, float p1, float p2, float p3, const float* w) {
  return fused(p0, w[0], p3 * w[3]) + fused(p1, w[1], p2 * w[2]);
}
inline float sum_even_odd(float p0, float p1, float p2, float p3, const float* w) {
  return (p0 * w[0] + p2 * w[2]) + (p1 * w[1] + p3 * w[3]);
}
inline float sum_even_odd_fused(float p0, float p1, float p2, float p3, const float* w) {
  return fused(p2, w[2], p0 * w[0]) + fused(p3, w[3], p1 * w[1]);
}
inline float sum_halves(float p0, float p1, float p2, float p3, const float* w) {
  return (p0 * w[0] + p1 * w[1]) + (p2 * w[2] + p3 * w[3]);
}
inline float sum_halves_fused(float p0, float p1, float p2, float p3, const float* w) {
  return fused(p0, w[0], p1 * w[1]) + fused(p2, w[2], p3 * w[3]);
}

/// Where a column stands: a tap leaves the picture, or it belongs to a whole group of four columns, or to what is left of them.
enum class Place { kClipped, kGrouped, kLeftOver };

inline float sum_columns(uint8_t, size_t channels, Place place, float p0, float p1, float p2, float p3, const float* w) {
  if (channels == 3 || place == Place::kClipped) return sum_in_turn(p0, p1, p2, p3, w);
  if (channels == 1) return place == Place::kGrouped ? sum_halves(p0, p1, p2, p3, w) : sum_even_odd(p0, p1, p2, p3, w);
  return place == Place::kGrouped ? sum_even_odd_fused(p0, p1, p2, p3, w) : sum_outer_inner(p0, p1, p2, p3, w);
}
inline float sum_columns(float, size_t channels, Place place, float p0, float p1, float p2, float p3, const float* w) {
  if (place == Place::kClipped) return sum_second_first(p0, p1, p2, p3, w);
  if (channels > 1) return sum_outer_inner(p0, p1, p2, p3, w);
  return place == Place::kGrouped ? sum_halves(p0, p1, p2, p3, w) : sum_even_odd(p0, p1, p2, p3, w);
}

/// An even number of columns none of whose taps leaves the picture, and that have sixteen bytes of three a pixel to read.
struct Inner {
  size_t begin = 0, end = 0;
  std::vector<float> weights;  // of two columns at a time: tap by tap, four times the first one's, four times the second one's
};

Inner inner_of(const Axis& axis, int width) {
  Inner inner;
  while (inner.begin < axis.clipped.size() && axis.clipped[inner.begin]) inner.begin++;
  inner.end = inner.begin;
  while (inner.end < axis.clipped.size() && !axis.clipped[inner.end] && axis.index[inner.end * kTaps] * 3 + 16 <= width * 3) inner.end++;
  inner.end -= (inner.end - inner.begin) % 2;
  for (size_t i = inner.begin; i < inner.end; i += 2) {
    for (size_t t = 0; t < kTaps; t++) {
      for (size_t column : {i, i + 1}) inner.weights.insert(inner.weights.end(), 4, axis.weight[column * kTaps + t]);
    }
  }
  return inner;
}

#if defined(__x86_64__)
#define WHYZERO_FUSED __attribute__((target("avx2,fma")))

WHYZERO_FUSED inline __m128 pixel_of_3(const uint8_t* row, int place) {
  int bytes;
  std::memcpy(&bytes, row + size_t(place) * 3, sizeof bytes);
  return _mm_cvtepi32_ps(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(bytes)));
}

/// A pixel of three bytes as lanes: the order of their sums is the same everywhere. Reads and writes one element behind a pixel.
WHYZERO_FUSED inline void sum_column_of_3(const uint8_t* row, float* out, const int* index, const float* weight) {
  __m128 sum = _mm_mul_ps(pixel_of_3(row, index[0]), _mm_set1_ps(weight[0]));
  for (size_t t = 1; t < kTaps; t++) sum = _mm_fmadd_ps(pixel_of_3(row, index[t]), _mm_set1_ps(weight[t]), sum);
  _mm_storeu_ps(out, sum);
}

/// Four neighbours of three bytes as one number of four bytes each; reads sixteen.
WHYZERO_FUSED inline __m128i neighbours_of_3(const uint8_t* row, int place) {
  const __m128i apart = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
  return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(row + size_t(place) * 3)), apart);
}

/// Columns whose four pixels are neighbours with sixteen bytes to read, two at once; the others one by one.
WHYZERO_FUSED void sum_columns_of_3(const uint8_t* row, float* out, const Axis& axis, const Inner& inner) {
  const int* index = axis.index.data();
  const float* weight = axis.weight.data();
  for (size_t i = 0; i < inner.begin; i++) sum_column_of_3(row, out + i * 3, index + i * kTaps, weight + i * kTaps);
  const float* pairs = inner.weights.data();
  for (size_t i = inner.begin; i < inner.end; i += 2, pairs += 2 * kTaps * 4) {
    const __m128i a = neighbours_of_3(row, index[i * kTaps]), b = neighbours_of_3(row, index[(i + 1) * kTaps]);
    const __m128i first = _mm_unpacklo_epi32(a, b), last = _mm_unpackhi_epi32(a, b);
    const auto real = [&](__m128i bytes) WHYZERO_FUSED { return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes)); };
    __m256 sum = _mm256_mul_ps(real(first), _mm256_loadu_ps(pairs));
    sum = _mm256_fmadd_ps(real(_mm_srli_si128(first, 8)), _mm256_loadu_ps(pairs + 8), sum);
    sum = _mm256_fmadd_ps(real(last), _mm256_loadu_ps(pairs + 16), sum);
    sum = _mm256_fmadd_ps(real(_mm_srli_si128(last, 8)), _mm256_loadu_ps(pairs + 24), sum);
    _mm_storeu_ps(out + i * 3, _mm256_castps256_ps128(sum));
    _mm_storeu_ps(out + i * 3 + 3, _mm256_extractf128_ps(sum, 1));
  }
  for (size_t i = inner.end; i < axis.clipped.size(); i++) sum_column_of_3(row, out + i * 3, index + i * kTaps, weight + i * kTaps);
}

WHYZERO_FUSED void sum_rows_fused(const float* const* rows, const float* weight, float* __restrict out, size_t count) {
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  for (size_t i = 0; i < count; i++) {
    out[i] = __builtin_fmaf(r0[i], weight[0], r1[i] * weight[1]) + __builtin_fmaf(r2[i], weight[2], r3[i] * weight[3]);
  }
}

/// The same, rounded half to even and clamped to bytes, sixteen at once; how many were made.
WHYZERO_FUSED size_t store_rows_fused(const float* const* rows, const float* weight, uint8_t* out, size_t count) {
  const __m256 w0 = _mm256_set1_ps(weight[0]), w1 = _mm256_set1_ps(weight[1]), w2 = _mm256_set1_ps(weight[2]), w3 = _mm256_set1_ps(weight[3]);
  const auto eight = [&](size_t i) WHYZERO_FUSED {
    const __m256 first = _mm256_fmadd_ps(_mm256_loadu_ps(rows[0] + i), w0, _mm256_mul_ps(_mm256_loadu_ps(rows[1] + i), w1));
    const __m256 last = _mm256_fmadd_ps(_mm256_loadu_ps(rows[2] + i), w2, _mm256_mul_ps(_mm256_loadu_ps(rows[3] + i), w3));
    return _mm256_cvtps_epi32(_mm256_add_ps(first, last));
  };
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(eight(i), eight(i + 8)), 0xD8);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), bytes);
  }
  return i;
}

bool has_fused() {
  static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has;
}
#endif

WHYZERO_IMAGE_CLONES void store_row(const float* from, uint8_t* to, size_t count) { store_rounded(from, to, count); }
void store_row(const float* from, float* to, size_t count) { store_rounded(from, to, count); }

std::vector<Place> places_of(const Axis& axis) {
  const auto first = std::find(axis.clipped.begin(), axis.clipped.end(), 0);
  const auto last = std::find(first, axis.clipped.end(), 1);
  const std::ptrdiff_t begin = first - axis.clipped.begin(), grouped = (last - first) / 4 * 4;
  std::vector<Place> places(axis.clipped.size(), Place::kClipped);
  for (auto it = first; it != last; ++it) {
    const std::ptrdiff_t at = it - axis.clipped.begin();
    places[static_cast<size_t>(at)] = at - begin < grouped ? Place::kGrouped : Place::kLeftOver;
  }
  return places;
}

template <size_t kChannels, class T>
void resize_columns(const T* row, float* out, const Axis& axis, const std::vector<Place>& places) {
  const int* index = axis.index.data();
  const float* weight = axis.weight.data();
  for (const Place place : places) {
    for (size_t c = 0; c < kChannels; c++) {
      const float p0 = row[size_t(index[0]) * kChannels + c], p1 = row[size_t(index[1]) * kChannels + c];
      const float p2 = row[size_t(index[2]) * kChannels + c], p3 = row[size_t(index[3]) * kChannels + c];
      *out++ = sum_columns(T{}, kChannels, place, p0, p1, p2, p3, weight);
    }
    index += kTaps;
    weight += kTaps;
  }
}

template <class T>
void resize_columns(const T* row, float* out, const Axis& axis, const std::vector<Place>& places, [[maybe_unused]] const Inner& inner, int channels) {
#if defined(__x86_64__)
  if constexpr (std::is_same_v<T, uint8_t>)
    if (channels == 3 && has_fused()) return sum_columns_of_3(row, out, axis, inner);
#endif
  if (channels == 1) return resize_columns<1>(row, out, axis, places);
  if (channels == 3) return resize_columns<3>(row, out, axis, places);
  return resize_columns<4>(row, out, axis, places);
}

void sum_rows(const float* const* rows, const float* weight, float* __restrict out, size_t count) {
#if defined(__x86_64__)
  if (has_fused()) return sum_rows_fused(rows, weight, out, count);
#endif
  const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
  for (size_t i = 0; i < count; i++) out[i] = sum_halves_fused(r0[i], r1[i], r2[i], r3[i], weight);
}

/// Bytes of a row from its sums, as many from the left as are made at once; how many.
size_t store_rows(const float* const*, const float*, float*, size_t) { return 0; }
size_t store_rows([[maybe_unused]] const float* const* rows, [[maybe_unused]] const float* weight, [[maybe_unused]] uint8_t* out, [[maybe_unused]] size_t count) {
#if defined(__x86_64__)
  if (has_fused()) return store_rows_fused(rows, weight, out, count);
#endif
  return 0;
}

template <class T>
Pixels<T> resize_any(const Pixels<T>& source, int width, int height) {
  constexpr bool kReal = std::is_same_v<T, float>;
  const Axis columns = make_axis(source.width, width), rows = make_axis(source.height, height);
  const std::vector<Place> places = places_of(columns);
  const Inner inner = kReal ? Inner{} : inner_of(columns, source.width);
  const std::vector<Place> border_places(places.size(), Place::kClipped);
  Pixels<T> out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), count = size_t(width) * channels;
  const size_t stride = count + kSpareLanes;
  const std::vector<T> last_row = last_row_with_room(source);
  std::vector<float> ring(stride * kTaps), border(stride * kTaps), sums(count);
  std::vector<int> held(kTaps, -1);
  for (int y = 0; y < height; y++) {
    const int* index = rows.index.data() + size_t(y) * kTaps;
    const float* weight = rows.weight.data() + size_t(y) * kTaps;
    const bool border_row = kReal && rows.clipped[size_t(y)];  // IPP's real-valued rows at the border go another way
    const float* selected[kTaps];
    for (size_t t = 0; t < kTaps; t++) {
      const size_t slot = border_row ? t : size_t(index[t]) % kTaps;
      float* kept = (border_row ? border.data() : ring.data()) + slot * stride;
      if (border_row || held[slot] != index[t]) {
        resize_columns(index[t] == source.height - 1 ? last_row.data() : source.at(0, index[t]), kept, columns, border_row ? border_places : places, inner, source.channels);
        if (!border_row) held[slot] = index[t];
      }
      selected[t] = kept;
    }
    const size_t stored = store_rows(selected, weight, out.at(0, y), count);
    const float* rest[kTaps] = {selected[0] + stored, selected[1] + stored, selected[2] + stored, selected[3] + stored};
    sum_rows(rest, weight, sums.data() + stored, count - stored);
    for (size_t x = 0; kReal && x < size_t(width); x++) {
      if (!border_row && !columns.clipped[x]) continue;
      for (size_t i = x * channels; i < (x + 1) * channels; i++) {
        sums[i] = sum_even_odd(selected[0][i], selected[1][i], selected[2][i], selected[3][i], weight);
      }
    }
    store_row(sums.data() + stored, out.at(0, y) + stored, count - stored);
  }
  return out;
}

}  // namespace

Image8 resize_opencv_cubic(const Image8& source, int width, int height) { return resize_any(source, width, height); }

ImageF resize_opencv_cubic(const ImageF& source, int width, int height) { return resize_any(source, width, height); }

}  // namespace whyzero::image
