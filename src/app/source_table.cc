// Samples that are the rows of a table.
#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "app/csv.h"
#include "app/number_text.h"
#include "app/source_kinds.h"
#include "app/words.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

class TableSource final : public Source {
 public:
  TableSource(std::string file, CsvTable table, std::vector<size_t> features, std::optional<size_t> label, std::vector<size_t> numeric)
      : table_(std::move(table)), features_(std::move(features)), numeric_(std::move(numeric)) {
    file_ = std::move(file);
    for (size_t i = 0; i < table_.rows.size(); ++i) {
      names_.push_back(std::to_string(i));
      if (label) truth_[names_.back()] = table_.cell(i, *label);
    }
  }

  Result<Value> first_value(size_t i, image::DecodeLike, const TensorInfo&) const override {
    auto whole = check_row(i);
    if (!whole) return fail(std::move(whole).error(), place(i));
    Value value;
    value.dtype = DType::kFloat32;
    for (size_t column : features_) {
      value.columns.push_back(table_.header[column]);
      value.cells.push_back(table_.cell(i, column));
    }
    value.shape = {static_cast<int32_t>(features_.size())};
    return value;
  }

 private:
  Result<void> check_row(size_t i) const {
    const auto& row = table_.rows[i];
    for (size_t k = table_.header.size(); k < row.size(); ++k)
      if (!row[k].empty())
        return fail(ErrorCode::kMalformed, fmt::format("the row has {} cells, the header {}; a comma inside a cell needs quotes around it", row.size(), table_.header.size()));
    for (size_t column : features_)
      if (column >= row.size())
        return fail(ErrorCode::kMalformed, fmt::format("the row has {} cells, the header {}; column \"{}\" is missing", row.size(), table_.header.size(), table_.header[column]));
    for (size_t column : numeric_)
      if (!number_from_text(row[column]))
        return fail(ErrorCode::kMalformed, fmt::format("column \"{}\" holds \"{}\", which is no number as in most rows", table_.header[column], row[column].substr(0, 80)));
    return {};
  }

  CsvTable table_;
  std::vector<size_t> features_, numeric_;
};

bool onehot_takes(const nlohmann::json& pipeline, const std::string& column) {
  return std::any_of(pipeline.begin(), pipeline.end(), [&](const nlohmann::json& step) {
    const auto* onehot = member(step, "onehot");
    return onehot && text_or(*onehot, "feature", "") == column;
  });
}

/// Columns of numbers, in which another cell is a broken row; a column of texts wants another pipeline instead.
std::vector<size_t> numeric_columns(const CsvTable& table, const std::vector<size_t>& features, const nlohmann::json& pipeline) {
  std::vector<size_t> numeric;
  for (size_t column : features) {
    if (onehot_takes(pipeline, table.header[column])) continue;
    size_t numbers = 0;
    for (size_t i = 0; i < table.rows.size(); ++i) numbers += number_from_text(table.cell(i, column)).has_value();
    if (2 * numbers > table.rows.size()) numeric.push_back(column);
  }
  return numeric;
}

Result<size_t> find_column(const CsvTable& table, std::string_view name) {
  if (const auto column = table.column(name)) return *column;
  const std::vector<std::string_view> known(table.header.begin(), table.header.end());
  return fail(ErrorCode::kInvalidArgument, unknown_word("column", name, known));
}

Result<std::unique_ptr<Source>> table_from(CsvTable table, const Input& input) {
  const nlohmann::json& source = input.source;
  std::optional<size_t> label;
  if (const auto* name = member(source, "label")) {
    WHYZERO_ASSIGN(label, find_column(table, text_of(*name)));
  }
  std::vector<size_t> features;
  if (const auto* names = member(source, "features")) {
    for (const auto& name : *names) {
      WHYZERO_ASSIGN(const size_t column, find_column(table, text_of(name)));
      features.push_back(column);
    }
  } else {
    for (size_t column = 0; column < table.header.size(); ++column)
      if (!label || table.header[column] != table.header[*label]) features.push_back(column);
  }
  if (features.empty()) return fail(ErrorCode::kInvalidArgument, "the table has no column but the label");
  if (table.rows.empty()) return fail(ErrorCode::kNotFound, "the table has a header but no row");
  std::vector<size_t> numeric = numeric_columns(table, features, input.pipeline);
  return std::make_unique<TableSource>(std::string(text_or(source, "csv", "")), std::move(table), std::move(features), label, std::move(numeric));
}

}  // namespace

Result<std::unique_ptr<Source>> open_table(const App& app, const Input& input) {
  const std::filesystem::path path = app.resolve(std::string(text_or(input.source, "csv", "")));
  WHYZERO_ASSIGN(const std::string text, read_text(path));
  auto table = parse_csv(text);
  if (!table) return fail(std::move(table).error(), path.string());
  auto source = table_from(std::move(*table), input);
  if (!source) return fail(std::move(source).error(), path.string());
  return source;
}

}  // namespace whyzero::app
