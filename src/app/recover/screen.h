// The coarse look: which geometry, turn, order of colours and reading of the memory are worth an exact one.
#pragma once

#include <vector>

#include "app/recover/survey.h"

namespace whyzero::recover {

/// The candidates best first, at most `keep` of them; pictures are made by Pillow's bilinear resize and a sample of their pixels is
/// compared.
std::vector<Candidate> screen(const SearchInput& input, const std::vector<Sights>& sights, const std::vector<nlohmann::json>& geometries, size_t keep);

}  // namespace whyzero::recover
