// The last gate of a fix: what it mends must not be found in the mended app again.
#pragma once

#include <string>
#include <vector>

#include "evidence/finding.h"

namespace whyzero::diagnosis {

/// `before`: findings about the app as deployed, with their fixes; `after`: what a look at the mended app finds. The first cause that was mended
/// and stands there still, in words; empty where none does.
std::string found_again(const std::vector<evidence::Finding>& before, const std::vector<evidence::Finding>& after);

}  // namespace whyzero::diagnosis
