// Means over fractions of pixels against the sums written out.
#include "app/recover/means.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace whyzero::recover {
namespace {

/// The integral of the pixels over a box, pixel by pixel, divided by its area.
double mean_of(const std::vector<float>& pixels, int width, int height, const image::Box& box) {
  double sum = 0;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const double w = std::max(0.0, std::min(box.right, x + 1.0) - std::max(box.left, double(x))), h = std::max(0.0, std::min(box.bottom, y + 1.0) - std::max(box.top, double(y)));
      sum += w * h * double(pixels[size_t(y * width + x)]);
    }
  return sum / ((box.right - box.left) * (box.bottom - box.top));
}

TEST(Means, AreThoseOfTheCells) {
  Random random(1);
  constexpr int kWidth = 13, kHeight = 9;
  std::vector<float> pixels(kWidth * kHeight);
  for (float& pixel : pixels) pixel = static_cast<float>(255 * random.uniform());
  const Means means(kWidth, kHeight, pixels);
  EXPECT_EQ(means.width(), kWidth);
  EXPECT_EQ(means.height(), kHeight);
  for (int draw = 0; draw < 50; ++draw) {
    const double left = 6 * random.uniform(), top = 4 * random.uniform();
    const image::Box box{left, top, left + 0.5 + (kWidth - left - 0.5) * random.uniform(), top + 0.5 + (kHeight - top - 0.5) * random.uniform()};
    const int n = 1 + static_cast<int>(random.below(5));
    std::vector<double> cells;
    means.cells(box, n, cells);
    ASSERT_EQ(cells.size(), size_t(n * n));
    const double w = (box.right - box.left) / n, h = (box.bottom - box.top) / n;
    for (int j = 0; j < n; ++j)
      for (int i = 0; i < n; ++i)
        // Differences of sums up to 3e4 in double, over cells of more than 0.01 pixels.
        EXPECT_NEAR(cells[size_t(j * n + i)], mean_of(pixels, kWidth, kHeight, {box.left + i * w, box.top + j * h, box.left + (i + 1) * w, box.top + (j + 1) * h}), 1e-8);
  }
}

TEST(Means, OfAWholePictureAreItsPixels) {
  const std::vector<float> pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<double> cells;
  Means(3, 3, pixels).cells({0, 0, 3, 3}, 3, cells);
  EXPECT_EQ(cells, std::vector<double>(pixels.begin(), pixels.end()));
}

}  // namespace
}  // namespace whyzero::recover
