#include "app/recover/lag.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "app/recover/means.h"
#include "app/recover/median.h"

namespace whyzero::recover {
namespace {

constexpr size_t kLooked = 16, kLeastPairs = 4;
constexpr int kCells = 8;
/// Correlation with the photo before, and how much more of it than with the own photo.
constexpr double kLike = 0.7, kLiker = 0.3;

using Thumbnail = std::vector<double>;

template <typename Number>
Thumbnail thumbnail(int width, int height, int channels, Number number) {
  std::vector<float> gray(size_t(width) * size_t(height));
  for (size_t i = 0; i < gray.size(); ++i) {
    double sum = 0;
    for (size_t c = 0; c < size_t(channels); ++c) sum += number(i * size_t(channels) + c);
    gray[i] = std::isfinite(sum) && std::fabs(sum) < 1e6 ? static_cast<float>(sum) : 0.0f;
  }
  Thumbnail cells;
  Means(width, height, gray).cells({0, 0, double(width), double(height)}, kCells, cells);
  return cells;
}

std::optional<Thumbnail> of_photo(const app::Source& originals, size_t i, const app::TensorInfo& tensor) {
  const auto photo = originals.first_value(i, image::DecodeLike::kPillow, tensor);
  if (!photo || photo->shape.size() != 3) return std::nullopt;
  return thumbnail(photo->shape[1], photo->shape[0], photo->shape[2], [&](size_t k) { return app::number_at(photo->dtype, photo->bytes.data(), k); });
}

std::optional<Thumbnail> of_tensor(const Memory& memory, const app::TensorInfo& tensor, const Frame& frame) {
  if (!memory.bytes || memory.constant) return std::nullopt;
  Reading plain;
  plain.dtype = tensor.dtype;
  plain.channels_first = frame.channels_first;
  const std::vector<double> picture = numbers_by_place(plain, *memory.bytes, frame);
  return thumbnail(frame.width, frame.height, frame.channels, [&](size_t k) { return picture[k]; });
}

/// Without a sign: inverted photos are alike.
double correlation(const Thumbnail& a, const Thumbnail& b) {
  const double n = static_cast<double>(a.size());
  double sa = 0, sb = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < a.size(); ++i) sa += a[i], sb += b[i], aa += a[i] * a[i], bb += b[i] * b[i], ab += a[i] * b[i];
  const double spread = (aa - sa * sa / n) * (bb - sb * sb / n);
  return spread > 0 ? std::fabs(ab - sa * sb / n) / std::sqrt(spread) : 0;
}

}  // namespace

size_t find_lag(std::span<const Memory> memories, const app::Source& originals, const app::TensorInfo& tensor, const Frame& frame) {
  std::vector<double> own, before;
  std::optional<Thumbnail> previous;
  for (size_t i = 0; i < std::min(memories.size(), kLooked); ++i) {
    const auto seen = of_tensor(memories[i], tensor, frame);
    auto photo = of_photo(originals, i, tensor);
    if (seen && photo && previous) {
      own.push_back(correlation(*seen, *photo));
      before.push_back(correlation(*seen, *previous));
    }
    previous = std::move(photo);
  }
  if (own.size() < kLeastPairs) return 0;
  const double like = median(before);
  return like >= kLike && like >= median(own) + kLiker ? 1 : 0;
}

}  // namespace whyzero::recover
