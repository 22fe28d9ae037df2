// What a training table says of its columns: the numbers that standardize, minmax and onehot steps keep.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "whyzero/result.h"

namespace whyzero::app {

struct ColumnStatistics {
  std::string name;
  double mean = 0, deviation = 0, min = 0, max = 0;  // of a column of numbers; the deviation of all, not of a sample
  std::vector<std::string> categories;               // of a column of texts, sorted; empty for numbers
  size_t left_out = 0;                               // cells of a column of numbers that are none
};

/// Of the features, in their order; empty: all columns but `label`. Columns that most rows have numbers in are columns of numbers.
Result<std::vector<ColumnStatistics>> table_statistics(const std::filesystem::path& path, const std::vector<std::string>& features, const std::string& label);

enum class Scaling { kStandardize, kMinMax };
/// The steps that bring such a table into the range that its model was trained on: a onehot step for each column of texts, then the
/// scaling, which leaves the new columns as they are.
nlohmann::json scaling_steps(const std::vector<ColumnStatistics>& columns, Scaling scaling);

}  // namespace whyzero::app
