// Made by tools/calibrate.py, which fits it to the cases of tools/make_calibration.py; docs/calibration.md says how well it holds.
#pragma once

#include <string_view>

namespace whyzero::evidence {

/// How often a finding of this kind of proof and at least this strength was right; `right` of `findings` it was fitted to.
struct Graded {
  std::string_view kind;
  int strength;
  double confidence;
  int right, findings;
};

/// By kind, then by strength.
inline constexpr Graded kGraded[] = {
    {"file", 0, 0.995, 9, 9},
    {"geometry", 0, 0.094, 1, 15},
    {"geometry", 1, 0.567, 8, 14},
    {"geometry", 2, 0.75, 1, 1},
    {"run", 0, 0.997, 14, 14},
    {"static", 0, 0.495, 4, 9},
    {"statistics", 2, 0.3, 0, 1},
    {"statistics", 3, 0.65, 2, 3},
    {"tensor", 0, 0.983, 2, 2},
    {"test", 0, 0.951, 1, 1},
    {"test", 1, 0.951, 27, 27},
    {"test", 2, 0.951, 50, 51},
    {"test", 3, 0.951, 27, 28},
    {"test", 4, 0.951, 50, 56},
    {"untested", 0, 0.99, 4, 4},
};

}  // namespace whyzero::evidence
