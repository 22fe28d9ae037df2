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
    {"file", 0, 0.977, 12, 12},
    {"geometry", 0, 0.75, 1, 1},
    {"geometry", 1, 0.833, 3, 3},
    {"geometry", 2, 0.833, 1, 1},
    {"run", 0, 0.976, 11, 11},
    {"static", 0, 0.972, 8, 8},
    {"statistics", 1, 0.8, 1, 1},
    {"statistics", 2, 0.867, 3, 3},
    {"statistics", 3, 0.867, 1, 1},
    {"tensor", 0, 0.974, 9, 9},
    {"test", 0, 0.964, 4, 4},
    {"test", 1, 0.977, 20, 20},
    {"test", 2, 0.977, 45, 46},
    {"test", 3, 0.99, 41, 41},
    {"test", 4, 0.993, 59, 59},
    {"untested", 0, 0.967, 5, 5},
};

}  // namespace whyzero::evidence
