// Before a mend of the pipeline is believed of a quantized model: does it restore the answers, or does it only half-mend what
// the model's own ranges spoil?
#pragma once

#include "evidence/quantization.h"
#include "evidence/search.h"

namespace whyzero::diagnosis {

struct Weighed {
  std::optional<evidence::QuantizationEvidence> quantization;  // where the model's quantization is at fault
  evidence::Explanation explanation;                           // what is wrong in the app beside it
};

/// Weighs what the search found against the quantization of the model. `deployed` is the lab of the search.
Result<Weighed> weigh_quantization(const evidence::Case& a_case, evidence::Lab& deployed, const evidence::LabOptions& lab_options,
                                   const std::vector<evidence::Hypothesis>& hypotheses, const evidence::SearchOptions& search_options,
                                   evidence::Explanation found);

}  // namespace whyzero::diagnosis
