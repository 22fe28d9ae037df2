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
    {"file", 0, 0.9, 1, 1},
    {"geometry", 1, 0.3, 1, 5},
    {"geometry", 2, 0.36, 1, 4},
    {"geometry", 3, 0.36, 1, 4},
    {"run", 0, 0.967, 5, 5},
    {"static", 0, 0.4, 0, 1},
    {"statistics", 2, 0.4, 0, 1},
    {"statistics", 3, 0.9, 1, 1},
    {"test", 1, 0.937, 12, 12},
    {"test", 2, 0.937, 18, 18},
    {"test", 3, 0.937, 11, 12},
    {"test", 4, 0.937, 12, 14},
    {"untested", 0, 0.933, 2, 2},
};

}  // namespace whyzero::evidence
