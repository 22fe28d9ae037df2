// What a whole diagnosis may err, and what harm is worth a finding.
#pragma once

namespace whyzero::evidence {

/// Family-wise error of a whole diagnosis, and the least harm (share of right answers) that makes a cause worth an error.
inline constexpr double kFamilyError = 0.001;
inline constexpr double kLeastHarm = 0.05;

}  // namespace whyzero::evidence
