// The coarse look: how the memory is to be read, how the picture is turned, which part of each photo it shows, in which colours.
#pragma once

#include <vector>

#include "app/recover/search.h"

namespace whyzero::recover {

/// One way to see the exhibits.
struct Lead {
  size_t sights = 0;  // number of the reading
  size_t turn = 0;
  std::string order;
  std::vector<size_t> exhibits;    // those whose photo shows the tensor's picture
  std::vector<size_t> witnesses;   // those that show best …
  std::vector<image::Box> boxes;   // … where
  double explained = 0;
};

/// The leads best first; few, and none where no photo is like its tensor.
std::vector<Lead> survey(const SearchInput& input, const std::vector<Sights>& sights);

}  // namespace whyzero::recover
