// The columns of a table, or of an array's rows, as statistics: what scaling and order of features are judged by.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evidence/case.h"

namespace whyzero::rules {

struct Column {
  std::string name;  // empty for arrays
  double mean = 0, deviation = 0, low = 0, high = 0;
};

/// Columns of input k after the steps [0, steps) of a pipeline; nothing where its samples are no rows of numbers (rank 1, of captured
/// tensors with a batch axis), or a step refuses them.
std::optional<std::vector<Column>> columns_of(const evidence::Case& a_case, size_t k, const nlohmann::json& pipeline, size_t steps);

/// All numbers of input k's samples as one column, whatever their shape; nothing for photos and captured tensors.
std::optional<Column> numbers_of(const evidence::Case& a_case, size_t k);

/// Columns whose numbers differ as no common scale makes them.
bool on_many_scales(const std::vector<Column>& columns);

/// Means and deviations, or ends, as lists with seven digits; a constant column gets the deviation 1.
nlohmann::json means(const std::vector<Column>& columns);
nlohmann::json deviations(const std::vector<Column>& columns);
nlohmann::json lows(const std::vector<Column>& columns);
nlohmann::json highs(const std::vector<Column>& columns);
/// Steps that scale each column by its own statistics.
nlohmann::json standardize(const std::vector<Column>& columns);
nlohmann::json minmax(const std::vector<Column>& columns, double low);
/// With seven digits, as people write numbers.
double rounded(double x);

}  // namespace whyzero::rules
