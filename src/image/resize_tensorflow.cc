// TensorFlow's resize kernels without antialiasing: nearest, bilinear, bicubic and area, with half-pixel centres (version 2), the
// legacy corners of version 1, or corners aligned. Places are computed in float32 as TensorFlow does: they decide which pixel.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "image/resize_internal.h"

namespace whyzero::image {
namespace {

float scale_of(int source, int size, Library library) {
  const bool aligned = library == Library::kTensorFlowAlignCorners && size > 1 && source > 1;
  if (aligned) return static_cast<float>(source - 1) / static_cast<float>(size - 1);
  return static_cast<float>(source) / static_cast<float>(size);
}

bool half_pixel(Library library) { return library == Library::kTensorFlow || library == Library::kTensorFlowAntialias; }

float place_of(int i, float scale, Library library) {
  const float at = static_cast<float>(i);
  return half_pixel(library) ? (at + 0.5f) * scale - 0.5f : at * scale;
}

std::vector<int> nearest_places(int source, int size, Library library) {
  std::vector<int> places(static_cast<size_t>(size));
  const float scale = scale_of(source, size, library);
  for (int i = 0; i < size; i++) {
    const float at = (half_pixel(library) ? static_cast<float>(i) + 0.5f : static_cast<float>(i)) * scale;
    const float rounded = library == Library::kTensorFlowAlignCorners ? std::round(at) : std::floor(at);
    places[static_cast<size_t>(i)] = std::clamp(static_cast<int>(rounded), 0, source - 1);
  }
  return places;
}

struct Linear {
  int lower = 0, upper = 0;
  float fraction = 0;
};

std::vector<Linear> linear_places(int source, int size, Library library) {
  std::vector<Linear> places(static_cast<size_t>(size));
  const float scale = scale_of(source, size, library);
  for (int i = 0; i < size; i++) {
    const float at = place_of(i, scale, library), floor = std::floor(at);
    places[static_cast<size_t>(i)] = {std::max(static_cast<int>(floor), 0), std::min(static_cast<int>(std::ceil(at)), source - 1),
                                      at - floor};
  }
  return places;
}

ImageF resize_bilinear(const ImageF& source, int width, int height, Library library) {
  const std::vector<Linear> columns = linear_places(source.width, width, library);
  const std::vector<Linear> rows = linear_places(source.height, height, library);
  ImageF out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels);
  float* to = out.data.data();
  for (const Linear& row : rows) {
    const float *above = source.at(0, row.lower), *below = source.at(0, row.upper);
    for (const Linear& column : columns) {
      const size_t left = size_t(column.lower) * channels, right = size_t(column.upper) * channels;
      for (size_t c = 0; c < channels; c++) {
        const float top = above[left + c] + (above[right + c] - above[left + c]) * column.fraction;
        const float bottom = below[left + c] + (below[right + c] - below[left + c]) * column.fraction;
        *to++ = top + (bottom - top) * row.fraction;
      }
    }
  }
  return out;
}

struct Cubic {
  std::array<int, 4> index = {};
  std::array<float, 4> weight = {};
};

constexpr int kTableSize = 1024;  // TensorFlow looks cubic weights up at 1024 fractions of a pixel

float cubic(double a, float x) {
  const double weight = x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return static_cast<float>(weight);
}

std::vector<Cubic> cubic_places(int source, int size, Library library) {
  std::vector<Cubic> places(static_cast<size_t>(size));
  const float scale = scale_of(source, size, library);
  const bool keys = half_pixel(library);
  const double a = keys ? -0.5 : -0.75;
  for (int i = 0; i < size; i++) {
    Cubic& place = places[static_cast<size_t>(i)];
    const float at = place_of(i, scale, library);
    const int first = static_cast<int>(std::floor(at)) - 1;
    const long step = std::lrint((at - static_cast<float>(first + 1)) * kTableSize);
    const float fraction = static_cast<float>(step) / kTableSize;
    place.weight = {step == kTableSize ? 0.f : cubic(a, fraction + 1), cubic(a, fraction), cubic(a, 1 - fraction),
                    step == 0 ? 0.f : cubic(a, 2 - fraction)};
    float sum = 0;
    for (size_t t = 0; t < 4; t++) {
      const int index = first + static_cast<int>(t);
      place.index[t] = std::clamp(index, 0, source - 1);
      if (keys && place.index[t] != index) place.weight[t] = 0;  // outside the picture; the others are made to add up to 1
      sum += place.weight[t];
    }
    if (keys && std::abs(sum) >= 1000.f * std::numeric_limits<float>::min()) {
      for (float& weight : place.weight) weight *= 1.f / sum;
    }
  }
  return places;
}

ImageF resize_bicubic(const ImageF& source, int width, int height, Library library) {
  const std::vector<Cubic> columns = cubic_places(source.width, width, library);
  const std::vector<Cubic> rows = cubic_places(source.height, height, library);
  ImageF out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), count = size_t(source.width) * channels;
  std::vector<float> row_values(count);
  float* to = out.data.data();
  for (const Cubic& row : rows) {
    const float *r0 = source.at(0, row.index[0]), *r1 = source.at(0, row.index[1]);
    const float *r2 = source.at(0, row.index[2]), *r3 = source.at(0, row.index[3]);
    const auto [w0, w1, w2, w3] = row.weight;
    for (size_t i = 0; i < count; i++) row_values[i] = r0[i] * w0 + r1[i] * w1 + r2[i] * w2 + r3[i] * w3;
    for (const Cubic& column : columns) {
      for (size_t c = 0; c < channels; c++) {
        float sum = 0;
        for (size_t t = 0; t < 4; t++) sum += row_values[size_t(column.index[t]) * channels + c] * column.weight[t];
        *to++ = sum;
      }
    }
  }
  return out;
}

/// One source pixel under a place of the result, and how much of it.
struct Share {
  int index = 0;
  float part = 0;
};

/// The shares of all places, one place after the other; place i has those from begin[i] to begin[i + 1].
struct Cover {
  std::vector<Share> shares;
  std::vector<size_t> begin = {0};
};

Cover make_cover(int source, int size, float scale) {
  Cover cover;
  for (int i = 0; i < size; i++) {
    const float begin = static_cast<float>(i) * scale, end = static_cast<float>(i + 1) * scale;
    const int last = static_cast<int>(std::ceil(end));
    for (int k = static_cast<int>(std::floor(begin)); k < last; k++) {
      const float at = static_cast<float>(k);
      float part = at + 1 > end ? end - at : 1.f;
      if (at < begin) part = at + 1 > end ? scale : at + 1 - begin;
      cover.shares.push_back({std::clamp(k, 0, source - 1), part});
    }
    cover.begin.push_back(cover.shares.size());
  }
  return cover;
}

/// sums += part × the row's covered columns
template <size_t kChannels>
void add_covered(const float* row, float part, const Cover& columns, float* sums, size_t any_channels) {
  const size_t channels = kChannels ? kChannels : any_channels;
  for (size_t x = 0; x + 1 < columns.begin.size(); x++) {
    for (size_t c = 0; c < channels; c++) {
      float sum = 0;
      for (size_t k = columns.begin[x]; k < columns.begin[x + 1]; k++) {
        sum += row[size_t(columns.shares[k].index) * channels + c] * columns.shares[k].part;
      }
      *sums++ += sum * part;
    }
  }
}

ImageF resize_area(const ImageF& source, int width, int height, Library library) {
  const float scale_x = scale_of(source.width, width, library), scale_y = scale_of(source.height, height, library);
  const Cover columns = make_cover(source.width, width, scale_x), rows = make_cover(source.height, height, scale_y);
  const float scale = static_cast<float>(1.0 / (scale_y * scale_x));
  ImageF out(width, height, source.channels);
  const size_t channels = static_cast<size_t>(source.channels), count = size_t(width) * channels;
  for (int y = 0; y < height; y++) {
    float* sums = out.at(0, y);
    for (size_t k = rows.begin[size_t(y)]; k < rows.begin[size_t(y) + 1]; k++) {
      const float* row = source.at(0, rows.shares[k].index);
      if (channels == 3) {
        add_covered<3>(row, rows.shares[k].part, columns, sums, channels);
      } else {
        add_covered<0>(row, rows.shares[k].part, columns, sums, channels);
      }
    }
    for (size_t i = 0; i < count; i++) sums[i] *= scale;
  }
  return out;
}

template <class T>
Pixels<T> resize_nearest(const Pixels<T>& source, int width, int height, Library library) {
  return gather_pixels(source, nearest_places(source.width, width, library), nearest_places(source.height, height, library));
}

}  // namespace

Image8 resize_tensorflow(const Image8& source, int width, int height, Library library) {
  return resize_nearest(source, width, height, library);
}

ImageF resize_tensorflow(const ImageF& source, int width, int height, Method method, Library library) {
  const bool antialias = library == Library::kTensorFlowAntialias;
  switch (method) {
    case Method::kNearest:
      return resize_nearest(source, width, height, library);
    case Method::kArea:
      return resize_area(source, width, height, library);
    case Method::kBilinear:
      if (antialias) return resize_tensorflow_kernel(source, width, height, method, true);
      return resize_bilinear(source, width, height, library);
    case Method::kBicubic:
      if (antialias) return resize_tensorflow_kernel(source, width, height, method, true);
      return resize_bicubic(source, width, height, library);
    case Method::kLanczos:
      break;
  }
  return resize_tensorflow_kernel(source, width, height, method, antialias);
}

}  // namespace whyzero::image
