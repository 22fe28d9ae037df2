#include "diagnosis/restore_gate.h"

namespace whyzero::diagnosis {
namespace {

using nlohmann::json;

/// Error at which a mended app is said to stay below what the model can do: its own ranges have been proven harmful already.
constexpr double kStaysBelow = 0.01;

}  // namespace

Result<Weighed> weigh_quantization(const evidence::Case& a_case, evidence::Lab& deployed, const evidence::LabOptions& lab_options,
                                   const std::vector<evidence::Hypothesis>& hypotheses, const evidence::SearchOptions& search_options,
                                   evidence::Explanation found) {
  Weighed weighed;
  weighed.explanation = std::move(found);
  evidence::Explanation& explanation = weighed.explanation;
  const bool mended = !explanation.upheld.empty();
  const std::optional<double> best = mended ? explanation.mended : explanation.as_deployed;
  // Nothing is left to gain.
  if (!a_case.labelled() || (best && *best > 1 - evidence::kLeastHarm)) return weighed;
  auto trial = evidence::QuantizationTrial::create(a_case, lab_options);
  if (!trial) return weighed;

  WHYZERO_ASSIGN(const int base, deployed.add(a_case.experiment));
  WHYZERO_TRY(deployed.measure(std::span<const int>(&base, 1), deployed.samples()));
  bool at_fault = false;
  if (!a_case.symptom.failure) {
    auto gain = (*trial)->gain(a_case.experiment, deployed[base]);
    if (!gain && gain.error().code == ErrorCode::kCancelled) return fail(std::move(gain).error());
    at_fault = gain && gain->harmful(evidence::kFamilyError);
  }
  if (mended) {
    WHYZERO_ASSIGN(const int after, deployed.add(explanation.document));
    WHYZERO_TRY(deployed.measure(std::span<const int>(&after, 1), deployed.samples()));
    auto left = (*trial)->gain(explanation.document, deployed[after]);
    if (!left && left.error().code == ErrorCode::kCancelled) return fail(std::move(left).error());
    const bool persists = left && left->harmful(evidence::kFamilyError);
    bool restores = true;
    if (at_fault) {
      WHYZERO_ASSIGN(const auto missing, (*trial)->gain(a_case.experiment, deployed[after]));
      restores = !missing.harmful(kStaysBelow);
    }
    at_fault = persists || !restores;
  }
  if (!at_fault) return weighed;

  // What is wrong in the app shows where nothing is rounded; what only made do with the model's ranges is gone.
  WHYZERO_ASSIGN(explanation, evidence::search((*trial)->lifted(), a_case, hypotheses, search_options));
  const json document = explanation.upheld.empty() ? a_case.experiment : explanation.document;
  WHYZERO_ASSIGN(const int id, deployed.add(document));
  WHYZERO_TRY(deployed.measure(std::span<const int>(&id, 1), deployed.samples()));
  WHYZERO_ASSIGN(weighed.quantization, (*trial)->localize(document, deployed, id));
  explanation.lead.reset();
  return weighed;
}

}  // namespace whyzero::diagnosis
