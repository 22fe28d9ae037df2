#include "app/table_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "app/csv.h"
#include "app/number_text.h"
#include "app/words.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

/// More texts are no categories: names, dates, numbers written as nobody reads them.
constexpr size_t kMostCategories = 256;

Result<ColumnStatistics> statistics_of(const CsvTable& table, size_t column) {
  ColumnStatistics result;
  result.name = table.header[column];
  std::vector<double> numbers;
  std::set<std::string> texts;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::string& cell = table.cell(i, column);
    if (const auto number = number_from_text(cell); number && std::isfinite(*number)) numbers.push_back(*number);
    else if (!cell.empty() && texts.size() <= kMostCategories) texts.insert(cell);
  }
  if (2 * numbers.size() > table.rows.size()) {
    result.left_out = table.rows.size() - numbers.size();
    for (double x : numbers) result.mean += x / double(numbers.size());
    double squares = 0;
    for (double x : numbers) squares += (x - result.mean) * (x - result.mean);
    result.deviation = std::sqrt(squares / double(numbers.size()));
    const auto [min, max] = std::minmax_element(numbers.begin(), numbers.end());
    result.min = *min, result.max = *max;
    return result;
  }
  if (texts.empty()) return fail(ErrorCode::kUnsupported, fmt::format("column \"{}\" is mostly empty; leave it out of the features", result.name));
  if (texts.size() > kMostCategories)
    return fail(ErrorCode::kUnsupported, fmt::format("column \"{}\" has more than {} different texts: neither numbers nor categories; leave it out of the features", result.name, kMostCategories));
  // Numbers among texts are texts.
  for (size_t i = 0; i < table.rows.size() && !numbers.empty(); ++i)
    if (!table.cell(i, column).empty()) texts.insert(table.cell(i, column));
  result.categories.assign(texts.begin(), texts.end());
  return result;
}

}  // namespace

Result<std::vector<ColumnStatistics>> table_statistics(const std::filesystem::path& path, const std::vector<std::string>& features, const std::string& label) {
  WHYZERO_ASSIGN(const std::string text, read_text(path));
  const auto table = parse_csv(text);
  if (!table) return fail(Error(table.error()), path.string());
  if (table->rows.empty()) return fail(ErrorCode::kNotFound, path.string() + ": the table has a header but no row");
  const std::vector<std::string_view> known(table->header.begin(), table->header.end());
  std::vector<size_t> wanted;
  for (const std::string& name : features) {
    const auto column = table->column(name);
    if (!column) return fail(ErrorCode::kInvalidArgument, path.string() + ": " + unknown_word("column", name, known));
    wanted.push_back(*column);
  }
  for (size_t column = 0; features.empty() && column < table->header.size(); ++column)
    if (table->header[column] != label) wanted.push_back(column);
  std::vector<ColumnStatistics> list;
  for (size_t column : wanted) {
    auto one = statistics_of(*table, column);
    if (!one) return fail(std::move(one).error(), path.string());
    list.push_back(std::move(*one));
  }
  return list;
}

json scaling_steps(const std::vector<ColumnStatistics>& columns, Scaling scaling) {
  json steps = json::array(), first = json::array(), second = json::array();
  for (const ColumnStatistics& column : columns) {
    const bool standardize = scaling == Scaling::kStandardize;
    if (!column.categories.empty()) {
      steps.push_back({{"onehot", {{"feature", column.name}, {"categories", column.categories}}}});
      for (size_t i = 0; i < column.categories.size(); ++i) {
        first.push_back(0);
        second.push_back(1);
      }
      continue;
    }
    // A column of one value tells nothing: it becomes 0.
    first.push_back(standardize ? column.mean : column.min);
    second.push_back(standardize ? (column.deviation > 0 ? column.deviation : 1) : (column.max > column.min ? column.max : column.min + 1));
  }
  if (scaling == Scaling::kStandardize)
    steps.push_back({{"standardize", {{"mean", first}, {"std", second}}}});
  else
    steps.push_back({{"minmax", {{"min", first}, {"max", second}, {"to", {0, 1}}}}});
  return steps;
}

}  // namespace whyzero::app
