// Camera frames read as another format of the same size: chroma exchanged, or planes for pairs.
#pragma once

#include <vector>

#include "evidence/case.h"
#include "evidence/hypothesis.h"

namespace whyzero::rules {

/// Hypotheses of this code for the inputs that are camera frames: P017 for other chroma, P001 for red and blue.
void propose_frames(const evidence::Case& a_case, std::string_view code, std::vector<evidence::Hypothesis>& hypotheses);

}  // namespace whyzero::rules
