// The last resort: usual pictures run forward, number by number. It sees through what hides a picture from every other look, as integers
// of real pixels that wrapped around, nearly all of them held at an end of their type, or too small a part of the picture.
#pragma once

#include <vector>

#include "app/recover/search.h"

namespace whyzero::recover {

/// Candidates whose numbers come within one step of what the first exhibit's memory holds, wherever they were looked at.
std::vector<Candidate> tried_forward(const SearchInput& input, const std::vector<Sights>& sights);

}  // namespace whyzero::recover
