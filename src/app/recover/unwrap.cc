#include "app/recover/unwrap.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/recover/conventions.h"
#include "app/step.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// What a table must keep apart of the 256 values of a pixel, for the photo to show.
constexpr int kDistinct = 200;

/// Pixel by number − lowest number.
using Table = std::array<int, 256>;

/// Nothing where the steps do not run, do not wrap, or mix too many pixels up.
std::optional<Table> table_of(const json& steps, DType dtype, const app::TensorInfo& tensor) {
  app::Value ramp;
  ramp.shape = {256, 1, 1};
  for (int v = 0; v < 256; ++v) ramp.bytes.push_back(static_cast<uint8_t>(v));
  if (!app::run_steps(ramp, steps, 0, steps.size(), tensor) || ramp.dtype != dtype) return std::nullopt;
  Table table;
  table.fill(-1);
  int turns = 0, distinct = 0;
  double before = 0, direction = 0;
  for (int v = 0; v < 256; ++v) {
    const double x = app::number_at(dtype, ramp.bytes.data(), size_t(v));
    if (v > 0 && x != before) {
      turns += direction * (x - before) < 0;
      direction = x - before;
    }
    before = x;
    int& pixel = table[static_cast<size_t>(x + (dtype == DType::kInt8 ? 128 : 0))];
    distinct += pixel < 0;
    if (pixel < 0) pixel = v;
  }
  if (turns == 0 || distinct < kDistinct) return std::nullopt;
  // Real pixels give numbers that no whole one does: the nearest stands for them.
  const Table known = table;
  for (int i = 0; i < 256; ++i)
    for (int away = 1; table[size_t(i)] < 0; ++away) {
      if (i >= away && known[size_t(i - away)] >= 0) table[size_t(i)] = known[size_t(i - away)];
      else if (i + away < 256) table[size_t(i)] = known[size_t(i + away)];
    }
  return table;
}

}  // namespace

std::vector<Sights> unwrapped(const Sights& sights, const app::TensorInfo& tensor, int channels) {
  std::vector<Sights> list;
  const DType dtype = sights.reading.dtype;
  if (dtype != DType::kInt8 && dtype != DType::kUInt8) return list;
  const int low = dtype == DType::kInt8 ? -128 : 0;
  std::vector<Table> known;
  for (const json& convention : usual_numbers(channels))
    for (const json& store : stores_of(dtype, tensor)) {
      json steps = convention;
      for (const json& step : store) steps.push_back(step);
      const auto table = table_of(steps, dtype, tensor);
      if (!table || std::find(known.begin(), known.end(), *table) != known.end()) continue;
      known.push_back(*table);
      Sights one = sights;
      for (Sight& sight : one.by_exhibit)
        for (double& number : sight.numbers) number = (*table)[static_cast<size_t>(number - low)];
      list.push_back(std::move(one));
    }
  return list;
}

}  // namespace whyzero::recover
