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
};

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
#endif

using Columns = void (*)(const uint8_t*, int16_t*, const Places&, size_t);

Columns columns_for(size_t channels) {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2 && channels == 3) return columns_avx2<3>;
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
  const Places places{across.index.data(), weights.data(), width};
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
