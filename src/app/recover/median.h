// The upper middle of a list: one photo that is registered wrongly must not spoil the others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace whyzero::recover {

/// Of a list that is not empty.
inline double median(std::vector<double> list) {
  const auto middle = list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2);
  std::nth_element(list.begin(), middle, list.end());
  return *middle;
}

}  // namespace whyzero::recover
