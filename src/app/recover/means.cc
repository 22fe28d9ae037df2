#include "app/recover/means.h"

#include <algorithm>
#include <array>

namespace whyzero::recover {

Means::Means(int width, int height, std::span<const float> pixels) : width_(width), height_(height), sums_(size_t(width + 1) * size_t(height + 1)) {
  const auto row = size_t(width) + 1;
  for (size_t y = 0; y < size_t(height); ++y) {
    double sum = 0;
    for (size_t x = 0; x < size_t(width); ++x) {
      sum += static_cast<double>(pixels[y * size_t(width) + x]);
      sums_[(y + 1) * row + x + 1] = sums_[y * row + x + 1] + sum;
    }
  }
}

void Means::cells(const image::Box& box, int n, std::vector<double>& out) const {
  const auto row = size_t(width_) + 1, edges = size_t(n) + 1;
  struct Edge {
    size_t at;
    double part;
  };
  const auto edges_of = [n](double from, double to, int end, std::vector<Edge>& list) {
    for (int i = 0; i <= n; ++i) {
      const double x = std::clamp(from + (to - from) * i / n, 0.0, double(end));
      const auto at = std::min(static_cast<size_t>(x), size_t(end) - 1);
      list.push_back({at, x - double(at)});
    }
  };
  std::vector<Edge> xs, ys;
  edges_of(box.left, box.right, width_, xs);
  edges_of(box.top, box.bottom, height_, ys);
  std::vector<double> above(edges), here(edges);
  out.resize(size_t(n) * size_t(n));
  const double cell = (box.right - box.left) * (box.bottom - box.top) / n / n;
  for (size_t j = 0; j < edges; ++j) {
    const double* a = sums_.data() + ys[j].at * row;
    const double* b = a + row;
    for (size_t i = 0; i < edges; ++i) {
      const double up = a[xs[i].at] + xs[i].part * (a[xs[i].at + 1] - a[xs[i].at]);
      const double down = b[xs[i].at] + xs[i].part * (b[xs[i].at + 1] - b[xs[i].at]);
      here[i] = up + ys[j].part * (down - up);
    }
    if (j > 0)
      for (size_t i = 0; i + 1 < edges; ++i) out[(j - 1) * size_t(n) + i] = (here[i + 1] - here[i] - above[i + 1] + above[i]) / cell;
    std::swap(above, here);
  }
}

}  // namespace whyzero::recover
