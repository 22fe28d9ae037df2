// What was seen on the desk: recorded outputs of the float model (`expect.model_outputs`) beside the answers as deployed.
#pragma once

#include <optional>

#include "evidence/case.h"

namespace whyzero::evidence {

struct Desk {
  int samples = 0, agree = 0;   // with an answer from both, and with the same decision
  std::optional<double> value;  // the metric of the recorded outputs
  int gained = 0, lost = 0;     // samples that only the desk, or only the app, has right
  double p_value = 1;           // McNemar's, of the two
};

/// Nothing where the app has no recorded outputs, or they do not fit samples and output.
std::optional<Desk> compare_with_desk(const Case& a_case);

}  // namespace whyzero::evidence
