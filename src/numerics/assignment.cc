#include "numerics/assignment.h"

#include <cstddef>
#include <limits>

namespace whyzero::numerics {

std::vector<int> least_assignment(const std::vector<std::vector<double>>& cost) {
  const size_t n = cost.size();
  // Position 0 of the columns stands for "none": the row that is being placed begins there.
  std::vector<double> of_row(n + 1), of_column(n + 1);
  std::vector<size_t> row_of(n + 1, 0);
  for (size_t row = 1; row <= n; ++row) {
    row_of[0] = row;
    size_t column = 0;
    std::vector<double> slack(n + 1, std::numeric_limits<double>::infinity());
    std::vector<size_t> came_from(n + 1, 0);
    std::vector<char> reached(n + 1, 0);
    do {  // the cheapest chain of exchanges that ends at a free column
      reached[column] = 1;
      const size_t here = row_of[column];
      double least = std::numeric_limits<double>::infinity();
      size_t next = 0;
      for (size_t j = 1; j <= n; ++j) {
        if (reached[j]) continue;
        const double reduced = cost[here - 1][j - 1] - of_row[here] - of_column[j];
        if (reduced < slack[j]) {
          slack[j] = reduced;
          came_from[j] = column;
        }
        if (slack[j] < least) {
          least = slack[j];
          next = j;
        }
      }
      for (size_t j = 0; j <= n; ++j) {
        if (reached[j]) {
          of_row[row_of[j]] += least;
          of_column[j] -= least;
        } else {
          slack[j] -= least;
        }
      }
      column = next;
    } while (row_of[column] != 0);
    while (column != 0) {
      const size_t before = came_from[column];
      row_of[column] = row_of[before];
      column = before;
    }
  }
  std::vector<int> result(n, 0);
  for (size_t j = 1; j <= n; ++j) result[row_of[j] - 1] = static_cast<int>(j) - 1;
  return result;
}

}  // namespace whyzero::numerics
