// OpenCV's INTER_AREA where neither side grows: the mean over the source rectangle that a pixel of the result covers.
#include <algorithm>
#include <cmath>

#include "image/resize_internal.h"

namespace whyzero::image {
namespace {

struct Part {
  int from, to;  // source and result index
  float weight;
};

/// Slivers below a thousandth of a pixel are left out, and the weights of a place then add up to a little less than 1.
std::vector<Part> make_parts(int source, int size) {
  std::vector<Part> parts;
  const double scale = 1 / (static_cast<double>(size) / source);
  for (int i = 0; i < size; i++) {
    const double begin = i * scale, end = begin + scale;
    const double cell = std::min(scale, source - begin);
    const int last = std::min(static_cast<int>(std::floor(end)), source - 1);
    const int first = std::min(static_cast<int>(std::ceil(begin)), last);
    if (first - begin > 1e-3) parts.push_back({first - 1, i, static_cast<float>((first - begin) / cell)});
    for (int k = first; k < last; k++) parts.push_back({k, i, static_cast<float>(1.0 / cell)});
    if (end - last > 1e-3) parts.push_back({last, i, static_cast<float>(std::min(std::min(end - last, 1.0), cell) / cell)});
  }
  return parts;
}

inline void store(uint8_t& to, float value) { to = static_cast<uint8_t>(std::clamp(std::lrint(value), 0l, 255l)); }

WHYZERO_IMAGE_CLONES void add_row(float* __restrict sums, const float* __restrict row, float weight, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += weight * row[i];
}

template <class T>
void add_columns(const T* row, float* out, const std::vector<Part>& parts, size_t channels) {
  for (const Part& part : parts) {
    const T* from = row + size_t(part.from) * channels;
    float* to = out + size_t(part.to) * channels;
    for (size_t c = 0; c < channels; c++) to[c] += static_cast<float>(from[c]) * part.weight;
  }
}

/// Three or four channels as lanes; of three the fourth is overwritten by the next pixel.
template <size_t kChannels, class T>
inline __attribute__((always_inline)) void add_pixels(const T* row, float* out, const std::vector<Part>& parts) {
  const Part *part = parts.data(), *const end = part + parts.size();
  while (part != end) {
    const int to = part->to;
    RealLanes sum = real_lanes(row + size_t(part->from) * kChannels) * part->weight;
    for (++part; part != end && part->to == to; ++part) sum += real_lanes(row + size_t(part->from) * kChannels) * part->weight;
    std::memcpy(out + size_t(to) * kChannels, &sum, sizeof sum);
  }
}
WHYZERO_IMAGE_CLONES void add_bytes_3(const uint8_t* row, float* out, const std::vector<Part>& parts) { add_pixels<3>(row, out, parts); }
WHYZERO_IMAGE_CLONES void add_bytes_4(const uint8_t* row, float* out, const std::vector<Part>& parts) { add_pixels<4>(row, out, parts); }
void add_three(const uint8_t* row, float* out, const std::vector<Part>& parts) { add_bytes_3(row, out, parts); }
void add_four(const uint8_t* row, float* out, const std::vector<Part>& parts) { add_bytes_4(row, out, parts); }
void add_three(const float* row, float* out, const std::vector<Part>& parts) { add_pixels<3>(row, out, parts); }
void add_four(const float* row, float* out, const std::vector<Part>& parts) { add_pixels<4>(row, out, parts); }

WHYZERO_IMAGE_CLONES void store_row(const float* from, uint8_t* to, size_t count) { store_rounded(from, to, count); }
void store_row(const float* from, float* to, size_t count) { store_rounded(from, to, count); }

template <class T>
Pixels<T> by_parts(const Pixels<T>& source, int width, int height) {
  const std::vector<Part> columns = make_parts(source.width, width), rows = make_parts(source.height, height);
  Pixels<T> out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), count = size_t(width) * channels;
  const std::vector<T> last_row = last_row_with_room(source);
  std::vector<float> narrow(count + kSpareLanes), sums(count);
  int held = -1;  // the source row in `narrow`; neighbours in the result share one
  for (size_t k = 0; k < rows.size(); k++) {
    if (rows[k].from != held) {
      const T* row = rows[k].from == source.height - 1 ? last_row.data() : source.at(0, rows[k].from);
      if (channels == 3) {
        add_three(row, narrow.data(), columns);
      } else if (channels == 4) {
        add_four(row, narrow.data(), columns);
      } else {
        std::fill(narrow.begin(), narrow.end(), 0.f);
        add_columns(row, narrow.data(), columns, channels);
      }
      held = rows[k].from;
    }
    add_row(sums.data(), narrow.data(), rows[k].weight, count);
    if (k + 1 == rows.size() || rows[k + 1].to != rows[k].to) {
      store_row(sums.data(), out.at(0, rows[k].to), count);
      std::fill(sums.begin(), sums.end(), 0.f);
    }
  }
  return out;
}

/// Whole blocks of bytes. The sum is exact; 2×2 blocks of 1, 3 or 4 channels are rounded half up, all others half to even.
Image8 by_blocks(const Image8& source, int width, int height, int block_width, int block_height) {
  Image8 out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels);
  const float scale = 1.f / static_cast<float>(block_width * block_height);
  const bool half_up = block_width == 2 && block_height == 2 && channels <= 4 && channels != 2;
  std::vector<int> sums(size_t(width) * channels);
  for (int y = 0; y < height; y++) {
    std::fill(sums.begin(), sums.end(), 0);
    for (int k = 0; k < block_height; k++) {
      const uint8_t* from = source.at(0, y * block_height + k);
      for (size_t x = 0; x < size_t(width); x++) {
        for (int j = 0; j < block_width; j++) {
          for (size_t c = 0; c < channels; c++) sums[x * channels + c] += *from++;
        }
      }
    }
    uint8_t* to = out.at(0, y);
    for (size_t i = 0; i < sums.size(); i++) {
      if (half_up) {
        to[i] = static_cast<uint8_t>((sums[i] + 2) >> 2);
      } else {
        store(to[i], static_cast<float>(sums[i]) * scale);
      }
    }
  }
  return out;
}

/// Whole blocks of real numbers, four of a block added before they join its sum: in big blocks the order shows.
ImageF by_blocks(const ImageF& source, int width, int height, int block_width, int block_height) {
  ImageF out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), row = size_t(source.width) * channels;
  const float scale = 1.f / static_cast<float>(block_width * block_height);
  std::vector<size_t> offsets;
  for (size_t y = 0; y < size_t(block_height); y++) {
    for (size_t x = 0; x < size_t(block_width); x++) offsets.push_back(y * row + x * channels);
  }
  const size_t grouped = offsets.size() / 4 * 4;
  float* to = out.data.data();
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const float* block = source.at(x * block_width, y * block_height);
      for (size_t c = 0; c < channels; c++, block++) {
        float sum = 0;
        for (size_t k = 0; k < grouped; k += 4) {
          sum += ((block[offsets[k]] + block[offsets[k + 1]]) + block[offsets[k + 2]]) + block[offsets[k + 3]];
        }
        for (size_t k = grouped; k < offsets.size(); k++) sum += block[offsets[k]];
        *to++ = sum * scale;
      }
    }
  }
  return out;
}

template <class T>
Pixels<T> resize_area(const Pixels<T>& source, int width, int height) {
  if (source.width % width == 0 && source.height % height == 0) {
    return by_blocks(source, width, height, source.width / width, source.height / height);
  }
  return by_parts(source, width, height);
}

}  // namespace

Image8 resize_opencv_area(const Image8& source, int width, int height) {
  return resize_area(source, width, height);
}

ImageF resize_opencv_area(const ImageF& source, int width, int height) {
  return resize_area(source, width, height);
}

}  // namespace whyzero::image
