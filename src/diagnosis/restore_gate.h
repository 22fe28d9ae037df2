// Before a mend of the pipeline is believed of a quantized model: does it restore the answers, or does it only half-mend what
// the model's own ranges spoil?
#pragma once

#include "evidence/label_free.h"
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

/// Whether a model that answers the same for everything would answer rightly with no activation rounded.
Result<bool> rounding_silences(const evidence::Case& a_case, const evidence::LabOptions& lab_options);

/// weigh_quantization without truth, by what the answers tell: nothing where lifting adds little to it, or the ranges fit once the
/// best change of the pipeline is made.
Result<std::optional<evidence::QuantizationEvidence>> weigh_quantization_label_free(const evidence::Case& a_case, evidence::Lab& deployed,
                                                                                    const evidence::LabOptions& lab_options, const evidence::LabelFree& found);

}  // namespace whyzero::diagnosis
