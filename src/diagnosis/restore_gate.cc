#include "diagnosis/restore_gate.h"

namespace whyzero::diagnosis {
namespace {

using nlohmann::json;

/// Error at which a mended app is said to stay below what the model can do: its own ranges have been proven harmful already.
constexpr double kStaysBelow = 0.01;

bool falls_behind(const evidence::Desk& desk) {
  return desk.samples > 0 && desk.gained - desk.lost >= evidence::kLeastHarm * desk.samples && desk.p_value <= evidence::kFamilyError;
}

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
  if (!at_fault) {
    const json& document = mended ? explanation.document : a_case.experiment;
    auto redrawn = (*trial)->redraw_weights(document);
    if (!redrawn && redrawn.error().code == ErrorCode::kCancelled) return fail(std::move(redrawn).error());
    const bool weights = redrawn && redrawn->harmful;
    const auto desk = mended ? std::nullopt : evidence::compare_with_desk(a_case);
    if (!weights && !(desk && falls_behind(*desk))) return weighed;
    WHYZERO_ASSIGN(weighed.quantization, (*trial)->localize(a_case.experiment, deployed, base));
    if (weights) {
      weighed.quantization->weights = std::move(redrawn->weights);
      weighed.quantization->changed = redrawn->changed;
    }
    explanation.upheld.clear();
    explanation.lead.reset();
    return weighed;
  }

  // What is wrong in the app shows where nothing is rounded; what only made do with the model's ranges is gone.
  WHYZERO_ASSIGN(explanation, evidence::search((*trial)->lifted(), a_case, hypotheses, search_options));
  const json document = explanation.upheld.empty() ? a_case.experiment : explanation.document;
  WHYZERO_ASSIGN(const int id, deployed.add(document));
  WHYZERO_TRY(deployed.measure(std::span<const int>(&id, 1), deployed.samples()));
  WHYZERO_ASSIGN(weighed.quantization, (*trial)->localize(document, deployed, id));
  weighed.quantization->lifting_helps = true;
  explanation.lead.reset();
  return weighed;
}

Result<bool> rounding_silences(const evidence::Case& a_case, const evidence::LabOptions& lab_options) {
  auto trial = evidence::QuantizationTrial::create(a_case, lab_options);
  if (!trial || !a_case.labelled() || a_case.symptom.failure) return false;
  evidence::Lab deployed(a_case, lab_options);
  WHYZERO_ASSIGN(const int base, deployed.add(a_case.experiment));
  WHYZERO_TRY(deployed.measure(std::span<const int>(&base, 1), deployed.samples()));
  const auto gain = (*trial)->gain(a_case.experiment, deployed[base]);
  return gain && gain->harmful(evidence::kFamilyError);
}

Result<std::optional<evidence::QuantizationEvidence>> weigh_quantization_label_free(const evidence::Case& a_case, evidence::Lab& deployed,
                                                                                    const evidence::LabOptions& lab_options, const evidence::LabelFree& found) {
  if (found.samples == 0) return std::nullopt;
  auto trial = evidence::QuantizationTrial::create(a_case, lab_options);
  if (!trial) return std::nullopt;
  evidence::Lab& lifted = (*trial)->lifted();
  WHYZERO_ASSIGN(const int id, lifted.add(a_case.experiment));
  WHYZERO_TRY(lifted.measure(std::span<const int>(&id, 1), lifted.samples()));
  if (lifted[id].failure) return std::nullopt;
  const double after = evidence::share_of_most(lifted[id].spread);
  if (!evidence::decisive(found.as_deployed, after, found.best ? found.best->after : 0)) return std::nullopt;
  WHYZERO_ASSIGN(const int base, deployed.add(a_case.experiment));
  WHYZERO_ASSIGN(evidence::QuantizationEvidence evidence, (*trial)->localize(a_case.experiment, deployed, base));
  evidence.lifting_helps = true;
  evidence.information = {found.as_deployed, after};
  evidence.samples = found.samples;
  return std::optional(std::move(evidence));
}

}  // namespace whyzero::diagnosis
