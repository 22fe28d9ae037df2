#include "rules/common/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

#include "app/number_text.h"
#include "app/step.h"

namespace whyzero::rules {
namespace {

using nlohmann::json;

/// Enough to know a column by, and little enough to read for every rule.
constexpr size_t kMostNumbers = size_t{1} << 21;
constexpr size_t kMostColumns = 4096;

bool has_rows(const evidence::Case& a_case, size_t k) {
  const app::SourceKind kind = a_case.input(k).kind;
  return a_case.binding && (kind == app::SourceKind::kTable || kind == app::SourceKind::kArrays);
}

/// A tensor has the batch axis that a row of a table has not.
bool is_row(std::span<const int> shape, bool captured) { return shape.size() == 1 || (captured && shape.size() == 2 && shape[0] == 1); }

bool is_captured_row(const evidence::Case& a_case, size_t k) {
  return a_case.binding && a_case.sources[k]->captured() && a_case.input_tensor(k).shape.size() == 2;
}

/// Mean and squares in one pass (Welford).
struct Moments {
  double count = 0, mean = 0, squares = 0, low = 0, high = 0;
  void add(double x) {
    if (!std::isfinite(x)) return;
    low = count == 0 ? x : std::min(low, x);
    high = count == 0 ? x : std::max(high, x);
    ++count;
    const double step = x - mean;
    mean += step / count;
    squares += step * (x - mean);
  }
  Column column(std::string name) const { return {std::move(name), mean, count > 0 ? std::sqrt(squares / count) : 0, low, high}; }
};

template <class F>
json listed(const std::vector<Column>& columns, F number) {
  json list = json::array();
  for (const Column& column : columns) list.push_back(rounded(number(column)));
  return list;
}

}  // namespace

double rounded(double x) { return std::strtod(fmt::format("{:.7g}", x).c_str(), nullptr); }

std::optional<std::vector<Column>> columns_of(const evidence::Case& a_case, size_t k, const json& pipeline, size_t steps) {
  if (!has_rows(a_case, k) && !is_captured_row(a_case, k)) return std::nullopt;
  const app::Source& source = *a_case.sources[k];
  std::vector<Moments> moments;
  std::vector<std::string> names;
  for (size_t i = 0; i < source.size() && (i + 1) * std::max<size_t>(1, moments.size()) <= kMostNumbers; ++i) {
    auto value = source.first_value(i, image::DecodeLike::kPillow, a_case.input_tensor(k));
    if (!value) continue;  // a broken row
    if (!app::run_steps(*value, pipeline, 0, steps, a_case.input_tensor(k))) return std::nullopt;
    names = value->columns;
    if (!app::make_numbers(*value) || !is_row(value->shape, source.captured()) || value->elements() > kMostColumns) return std::nullopt;
    if (moments.empty()) moments.resize(value->elements());
    if (value->elements() != moments.size()) return std::nullopt;
    for (size_t j = 0; j < moments.size(); ++j) moments[j].add(app::number_at(value->dtype, value->bytes.data(), j));
  }
  if (moments.empty()) return std::nullopt;
  names.resize(moments.size());
  std::vector<Column> columns;
  for (size_t j = 0; j < moments.size(); ++j) columns.push_back(moments[j].column(names[j]));
  return columns;
}

std::optional<Column> numbers_of(const evidence::Case& a_case, size_t k) {
  if (!has_rows(a_case, k)) return std::nullopt;
  const app::Source& source = *a_case.sources[k];
  Moments moments;
  for (size_t i = 0; i < source.size() && moments.count < kMostNumbers; ++i) {
    auto value = source.first_value(i, image::DecodeLike::kPillow, a_case.input_tensor(k));
    if (!value) continue;
    for (const std::string& cell : value->cells)  // those of texts are for onehot steps
      if (const auto number = app::number_from_text(cell)) moments.add(*number);
    if (!value->cells.empty()) continue;
    for (size_t j = 0; j < value->elements(); ++j) moments.add(app::number_at(value->dtype, value->bytes.data(), j));
  }
  if (moments.count == 0) return std::nullopt;
  return moments.column("");
}

bool on_many_scales(const std::vector<Column>& columns) {
  double least = INFINITY, most = 0, farthest = 0;
  for (const Column& c : columns) {
    if (c.deviation <= 0) continue;
    least = std::min(least, c.deviation);
    most = std::max(most, c.deviation);
    farthest = std::max(farthest, std::abs(c.mean));
  }
  return most > 10 * least || most > 10 || farthest > 10;
}

json means(const std::vector<Column>& columns) {
  return listed(columns, [](const Column& c) { return c.mean; });
}
json deviations(const std::vector<Column>& columns) {
  return listed(columns, [](const Column& c) { return c.deviation > 0 ? c.deviation : 1; });
}
json lows(const std::vector<Column>& columns) {
  return listed(columns, [](const Column& c) { return c.low; });
}
json highs(const std::vector<Column>& columns) {
  return listed(columns, [](const Column& c) { return c.high > c.low ? c.high : c.low + 1; });
}

json standardize(const std::vector<Column>& columns) { return {{"standardize", {{"mean", means(columns)}, {"std", deviations(columns)}}}}; }
json minmax(const std::vector<Column>& columns, double low) {
  return {{"minmax", {{"min", lows(columns)}, {"max", highs(columns)}, {"to", {low, 1}}}}};
}

}  // namespace whyzero::rules
