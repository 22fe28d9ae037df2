// OpenCV's INTER_LINEAR of bytes: weights of 11 bits, and 16-bit numbers between the axes.
#include <algorithm>
#include <cstring>

#include "image/resize_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace whyzero::image {
namespace {

/// Two source pixels a place, and their weights as the halves of a number: the second one's is the high half.
struct Places {
  const int* index;
  const uint32_t* weights;
  size_t count;
  const uint32_t* grouped;  // weights of four places as columns_of_3 wants them
  size_t groups;
};

/// Places whose eight bytes from the first pixel on lie within a row of pixels of three; a row's last places do not.
size_t groups_within(const LinearAxis& axis, int width) {
  size_t count = axis.index.size() / 2;
  while (count > 0 && axis.index[2 * (count - 1)] * 3 + 8 > width * 3) --count;
  return count / 4;
}

/// Of the places 0, 2, 1, 3 of each group four times each: the lanes of two vectors.
std::vector<uint32_t> grouped(const std::vector<uint32_t>& weights, size_t groups) {
  std::vector<uint32_t> list;
  for (size_t g = 0; g < groups; g++) {
    for (size_t place : {0, 2, 1, 3}) list.insert(list.end(), 4, weights[4 * g + place]);
  }
  return list;
}

template <size_t kChannels>
void columns(const uint8_t* row, int16_t* out, const Places& places, size_t any_channels) {
  const size_t channels = kChannels ? kChannels : any_channels;
  for (size_t i = 0; i < places.count; i++) {
    const uint8_t *a = row + size_t(places.index[2 * i]) * channels, *b = row + size_t(places.index[2 * i + 1]) * channels;
    const int first = static_cast<int>(places.weights[i] & 0xFFFF), second = static_cast<int>(places.weights[i] >> 16);
    for (size_t c = 0; c < channels; c++) *out++ = static_cast<int16_t>((a[c] * first + b[c] * second) >> 4);
  }
}

#if defined(__x86_64__)
/// The pairs of both pixels' channels are multiplied and added at once. Reads and writes one element behind a pixel of three.
template <size_t kChannels>
__attribute__((target("avx2"))) void columns_avx2(const uint8_t* row, int16_t* out, const Places& places, size_t) {
  for (size_t i = 0; i < places.count; i++, out += kChannels) {
    int a, b;
    std::memcpy(&a, row + size_t(places.index[2 * i]) * kChannels, sizeof a);
    std::memcpy(&b, row + size_t(places.index[2 * i + 1]) * kChannels, sizeof b);
    const __m128i pairs = _mm_cvtepu8_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(a), _mm_cvtsi32_si128(b)));
    const __m128i sums = _mm_srli_epi32(_mm_madd_epi16(pairs, _mm_set1_epi32(static_cast<int>(places.weights[i]))), 4);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_packs_epi32(sums, sums));
  }
}

/// Four places of three channels at once: a place's two pixels are neighbours, or the second has no weight. Writes two elements behind
/// the last of them.
__attribute__((target("avx2"))) void columns_of_3(const uint8_t* row, int16_t* out, const Places& places, size_t) {
  const __m256i pair_up = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
  const __m256i close_up = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1));
  const auto two = [&](int first, int second) __attribute__((target("avx2"))) {
    const __m128i a = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + size_t(first) * 3));
    const __m128i b = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + size_t(second) * 3));
    return _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1), pair_up);
  };
  const int* index = places.index;
  const auto* weights = reinterpret_cast<const __m256i*>(places.grouped);
  for (size_t g = 0; g < places.groups; g++, index += 8, weights += 2, out += 12) {
    const __m256i even = _mm256_srli_epi32(_mm256_madd_epi16(two(index[0], index[4]), _mm256_loadu_si256(weights)), 4);
    const __m256i odd = _mm256_srli_epi32(_mm256_madd_epi16(two(index[2], index[6]), _mm256_loadu_si256(weights + 1)), 4);
    const __m256i sums = _mm256_shuffle_epi8(_mm256_packs_epi32(even, odd), close_up);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(sums));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 6), _mm256_extracti128_si256(sums, 1));
  }
  const size_t done = places.groups * 4;
  columns_avx2<3>(row, out, {places.index + 2 * done, places.weights + done, places.count - done, nullptr, 0}, 3);
}
#endif

using Columns = void (*)(const uint8_t*, int16_t*, const Places&, size_t);

Columns columns_for(size_t channels) {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2 && channels == 3) return columns_of_3;
  if (avx2 && channels == 4) return columns_avx2<4>;
#endif
  return channels == 1 ? columns<1> : channels == 3 ? columns<3> : channels == 4 ? columns<4> : columns<0>;
}

/// Each product is cut to 16 bits before the sum is rounded.
WHYZERO_IMAGE_CLONES void blend(const int16_t* __restrict above, const int16_t* __restrict below, int16_t w0, int16_t w1,
                                uint8_t* __restrict out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const auto a = static_cast<int16_t>((above[i] * w0) >> 16), b = static_cast<int16_t>((below[i] * w1) >> 16);
    out[i] = static_cast<uint8_t>(static_cast<int16_t>(a + b + 2) >> 2);
  }
}

std::vector<uint32_t> packed(const std::vector<int>& weights) {
  std::vector<uint32_t> pairs(weights.size() / 2);
  for (size_t i = 0; i < pairs.size(); i++) {
    pairs[i] = static_cast<uint32_t>(weights[2 * i]) | static_cast<uint32_t>(weights[2 * i + 1]) << 16;
  }
  return pairs;
}

}  // namespace

Image8 resize_opencv_linear(const Image8& source, const LinearAxis& across, const LinearAxis& down) {
  const size_t width = across.index.size() / 2, height = down.index.size() / 2, channels = static_cast<size_t>(source.channels);
  Image8 out(static_cast<int>(width), static_cast<int>(height), source.channels);
  const size_t count = width * channels, stride = count + kSpareLanes;
  const std::vector<uint8_t> last_row = last_row_with_room(source);
  const std::vector<uint32_t> weights = packed(across.weight);
  const size_t groups = channels == 3 ? groups_within(across, source.width) : 0;
  const std::vector<uint32_t> by_group = grouped(weights, groups);
  const Places places{across.index.data(), weights.data(), width, by_group.data(), groups};
  const Columns resize_columns = columns_for(channels);
  std::vector<int16_t> kept(stride * 2);
  int held[2] = {-1, -1};  // the source rows in `kept`, even ones first: a place's two are neighbours
  for (size_t y = 0; y < height; y++) {
    const int16_t* rows[2];
    for (size_t t = 0; t < 2; t++) {
      const int row = down.index[2 * y + t];
      int16_t* to = kept.data() + size_t(row % 2) * stride;
      if (held[row % 2] != row) {
        resize_columns(row == source.height - 1 ? last_row.data() : source.at(0, row), to, places, channels);
        held[row % 2] = row;
      }
      rows[t] = to;
    }
    blend(rows[0], rows[1], static_cast<int16_t>(down.weight[2 * y]), static_cast<int16_t>(down.weight[2 * y + 1]),
          out.at(0, static_cast<int>(y)), count);
  }
  return out;
}

}  // namespace whyzero::image
