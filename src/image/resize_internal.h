// What the resizers of the three libraries share: the functions that resize.cc chooses among, and the loop attribute.
#pragma once

#include "image/resize.h"

// One more copy of a hot loop for machines with AVX2, chosen when the program starts. The sanitizers' start-up code does not
// stand the choosing.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__clang__)
#define WHYZERO_IMAGE_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define WHYZERO_IMAGE_CLONES
#endif

namespace whyzero::image {

/// The box lies inside the source, sizes are positive: resize.cc has checked them.
Image8 resize_pillow(const Image8& source, int width, int height, Method method, const Box& box);
ImageF resize_pillow(const ImageF& source, int width, int height, Method method, const Box& box);

Image8 resize_opencv(const Image8& source, int width, int height, Method method);
ImageF resize_opencv(const ImageF& source, int width, int height, Method method);

/// INTER_CUBIC of 1, 3 or 4 channels.
Image8 resize_opencv_cubic(const Image8& source, int width, int height);
ImageF resize_opencv_cubic(const ImageF& source, int width, int height);

/// INTER_AREA where neither side grows.
Image8 resize_opencv_area(const Image8& source, int width, int height);
ImageF resize_opencv_area(const ImageF& source, int width, int height);

/// Nearest only.
Image8 resize_tensorflow(const Image8& source, int width, int height, Library library);
ImageF resize_tensorflow(const ImageF& source, int width, int height, Method method, Library library);
/// TensorFlow's kernel-based resize: bilinear and bicubic with antialias, lanczos3 with and without.
ImageF resize_tensorflow_kernel(const ImageF& source, int width, int height, Method method, bool antialias);

/// Each place of the result takes one pixel of the source, −1: none (zeros).
template <class T>
Pixels<T> gather_pixels(const Pixels<T>& source, const std::vector<int>& columns, const std::vector<int>& rows) {
  Pixels<T> out(static_cast<int>(columns.size()), static_cast<int>(rows.size()), source.channels);
  const size_t channels = static_cast<size_t>(source.channels);
  T* to = out.data.data();
  for (int y : rows) {
    for (int x : columns) {
      if (x >= 0 && y >= 0) {
        const T* from = source.at(x, y);
        for (size_t c = 0; c < channels; c++) to[c] = from[c];
      }
      to += channels;
    }
  }
  return out;
}

}  // namespace whyzero::image
