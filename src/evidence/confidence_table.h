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
    {"bytes", 0, 0.972, 8, 8},
    {"file", 0, 0.976, 11, 11},
    {"geometry", 0, 0.75, 1, 1},
    {"geometry", 1, 0.857, 4, 4},
    {"geometry", 2, 0.857, 1, 1},
    {"run", 0, 0.976, 11, 11},
    {"static", 0, 0.971, 7, 7},
    {"statistics", 1, 0.8, 1, 1},
    {"statistics", 2, 0.84, 2, 2},
    {"statistics", 3, 0.84, 1, 1},
    {"tensor", 0, 0.974, 9, 9},
    {"test", 0, 0.955, 1, 1},
    {"test", 1, 0.976, 19, 19},
    {"test", 2, 0.976, 45, 46},
    {"test", 3, 0.99, 41, 41},
    {"test", 4, 0.993, 62, 62},
    {"untested", 0, 0.967, 5, 5},
};

}  // namespace whyzero::evidence
