// What the metadata inside a model file promise and the app or the model itself do otherwise.
#pragma once

#include <string>
#include <vector>

#include "evidence/case.h"

namespace whyzero::rules {

struct Contradiction {
  std::string pointer;  // into the app file
  std::string text;
};

/// Between the metadata and the model that they lie in: they were written for another one.
std::vector<Contradiction> metadata_against_model(const evidence::Case& a_case);
/// Between the metadata and what the app does: its range of numbers, its labels.
std::vector<Contradiction> metadata_against_app(const evidence::Case& a_case);

}  // namespace whyzero::rules
