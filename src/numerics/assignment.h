// Which row belongs to which column? The assignment of least total cost (Hungarian method with potentials, O(n³)).
#pragma once

#include <vector>

namespace whyzero::numerics {

/// `cost[row][column]`, square and finite. The column of each row.
std::vector<int> least_assignment(const std::vector<std::vector<double>>& cost);

}  // namespace whyzero::numerics
