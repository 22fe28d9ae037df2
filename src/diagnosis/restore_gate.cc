#include "diagnosis/restore_gate.h"

namespace whyzero::diagnosis {
namespace {

using evidence::Explanation;
using evidence::QuantizationTrial;
using nlohmann::json;

/// Error at which a mended app is said to stay below what the model can do: its own ranges have been proven harmful already.
constexpr double kStaysBelow = 0.01;
/// Without truth: what lifting must add to the answers' share of the most, and reach. Healthy models gain less than a twentieth.
constexpr double kLeastInformation = 0.2, kLeastShare = 0.5;

bool falls_behind(const evidence::Desk& desk) {
  return desk.samples > 0 && desk.gained - desk.lost >= evidence::kLeastHarm * desk.samples && desk.p_value <= evidence::kFamilyError;
}

class Gate {
 public:
  Gate(const evidence::Case& a_case, evidence::Lab& deployed, QuantizationTrial& trial, const std::vector<evidence::Hypothesis>& hypotheses,
       const evidence::SearchOptions& options)
      : case_(a_case), deployed_(deployed), trial_(trial), hypotheses_(hypotheses), options_(options) {}

  Result<Weighed> weigh(Explanation found);

 private:
  Result<const evidence::Variant*> run(const json& document);
  /// What lifting gains for an app.
  Result<QuantizationTrial::Gain> gain(const json& document);
  Result<bool> half_mended(const Explanation& found, bool harmful);
  Result<bool> better_explained(const Explanation& found);
  Result<const Explanation*> without_rounding();
  Result<Weighed> blame_activations();
  Result<Weighed> blame_weights(Explanation found);

  const evidence::Case& case_;
  evidence::Lab& deployed_;
  QuantizationTrial& trial_;
  const std::vector<evidence::Hypothesis>& hypotheses_;
  const evidence::SearchOptions& options_;
  std::optional<Explanation> lifted_;  // of the app with no activation rounded
};

Result<const evidence::Variant*> Gate::run(const json& document) {
  WHYZERO_ASSIGN(const int id, deployed_.add(document));
  WHYZERO_TRY(deployed_.measure(std::span<const int>(&id, 1), deployed_.samples()));
  return &deployed_[id];
}

Result<QuantizationTrial::Gain> Gate::gain(const json& document) {
  WHYZERO_ASSIGN(const evidence::Variant* variant, run(document));
  return trial_.gain(document, *variant);
}

Result<const Explanation*> Gate::without_rounding() {
  if (!lifted_) {
    WHYZERO_ASSIGN(lifted_, evidence::search(trial_.lifted(), case_, hypotheses_, options_));
  }
  return &*lifted_;
}

/// The pipeline that was found leaves behind what the app as deployed reaches with no activation rounded. Ranges that are the
/// model's own fault fit nothing that a pipeline feeds, even where one makes do with them.
Result<bool> Gate::half_mended(const Explanation& found, bool harmful) {
  WHYZERO_ASSIGN(const QuantizationTrial::Gain left, gain(found.document));
  if (left.harmful(evidence::kFamilyError)) return true;
  if (!harmful) return false;
  WHYZERO_ASSIGN(const evidence::Variant* mended, run(found.document));
  WHYZERO_ASSIGN(const QuantizationTrial::Gain missing, trial_.gain(case_.experiment, *mended));
  if (missing.harmful(kStaysBelow)) return true;
  if (missing.comparison.gain <= 0) return false;
  WHYZERO_ASSIGN(const auto misfits, trial_.suspects(found.document));
  return !misfits.empty();
}

/// Ranges misfit the mended app still, and what is wrong with no activation rounded explains more: then one of the changes only
/// makes do with the ranges.
Result<bool> Gate::better_explained(const Explanation& found) {
  WHYZERO_ASSIGN(const auto misfits, trial_.suspects(found.document));
  if (misfits.empty()) return false;
  WHYZERO_ASSIGN(const Explanation* lifted, without_rounding());
  if (lifted->upheld.empty() || !(lifted->mended > found.mended)) return false;
  WHYZERO_ASSIGN(const QuantizationTrial::Gain lost, gain(lifted->document));
  return lost.harmful(evidence::kFamilyError);
}

/// What is wrong in the app shows where nothing is rounded; what only made do with the model's ranges is gone.
Result<Weighed> Gate::blame_activations() {
  WHYZERO_ASSIGN(const Explanation* lifted, without_rounding());
  Weighed weighed{std::nullopt, *lifted};
  weighed.explanation.lead.reset();
  const json document = lifted->upheld.empty() ? case_.experiment : lifted->document;
  WHYZERO_TRY(run(document));
  WHYZERO_ASSIGN(const int id, deployed_.add(document));
  WHYZERO_ASSIGN(weighed.quantization, trial_.localize(document, deployed_, id));
  weighed.quantization->lifting_helps = true;
  return weighed;
}

/// No activation is to blame: the weights may be, or the desk may tell that something was lost.
Result<Weighed> Gate::blame_weights(Explanation found) {
  Weighed weighed{std::nullopt, std::move(found)};
  const bool mended = !weighed.explanation.upheld.empty();
  WHYZERO_ASSIGN(QuantizationTrial::Redrawn redrawn, trial_.redraw_weights(mended ? weighed.explanation.document : case_.experiment));
  const auto desk = mended ? std::nullopt : evidence::compare_with_desk(case_);
  if (!redrawn.harmful && !(desk && falls_behind(*desk))) return weighed;
  WHYZERO_TRY(run(case_.experiment));
  WHYZERO_ASSIGN(const int base, deployed_.add(case_.experiment));
  WHYZERO_ASSIGN(weighed.quantization, trial_.localize(case_.experiment, deployed_, base));
  if (redrawn.harmful) {
    weighed.quantization->weights = std::move(redrawn.weights);
    weighed.quantization->changed = redrawn.changed;
  }
  weighed.explanation.upheld.clear();
  weighed.explanation.lead.reset();
  return weighed;
}

Result<Weighed> Gate::weigh(Explanation found) {
  bool harmful = false, at_fault = false;
  if (!case_.symptom.failure) {
    WHYZERO_ASSIGN(const QuantizationTrial::Gain as_deployed, gain(case_.experiment));
    at_fault = harmful = as_deployed.harmful(evidence::kFamilyError);
  }
  if (!found.upheld.empty()) {
    WHYZERO_ASSIGN(at_fault, half_mended(found, harmful));
    if (!at_fault && !harmful) {
      WHYZERO_ASSIGN(at_fault, better_explained(found));
    }
  }
  return at_fault ? blame_activations() : blame_weights(std::move(found));
}

}  // namespace

Result<Weighed> weigh_quantization(const evidence::Case& a_case, evidence::Lab& deployed, const evidence::LabOptions& lab_options,
                                   const std::vector<evidence::Hypothesis>& hypotheses, const evidence::SearchOptions& search_options,
                                   Explanation found) {
  Weighed as_found{std::nullopt, std::move(found)};
  const Explanation& explanation = as_found.explanation;
  const std::optional<double> best = explanation.upheld.empty() ? explanation.as_deployed : explanation.mended;
  // Nothing is left to gain.
  if (!a_case.labelled() || (best && *best > 1 - evidence::kLeastHarm)) return as_found;
  auto trial = QuantizationTrial::create(a_case, lab_options);
  if (!trial) return as_found;
  auto weighed = Gate(a_case, deployed, **trial, hypotheses, search_options).weigh(explanation);
  // A twin that cannot run says nothing.
  if (!weighed && weighed.error().code != ErrorCode::kCancelled) return as_found;
  return weighed;
}

Result<bool> rounding_silences(const evidence::Case& a_case, const evidence::LabOptions& lab_options) {
  auto trial = QuantizationTrial::create(a_case, lab_options);
  if (!trial || a_case.symptom.failure) return false;
  evidence::Lab deployed(a_case, lab_options);
  WHYZERO_ASSIGN(const int base, deployed.add(a_case.experiment));
  WHYZERO_TRY(deployed.measure(std::span<const int>(&base, 1), deployed.samples()));
  const auto gain = (*trial)->gain(a_case.experiment, deployed[base]);
  if (!gain || a_case.labelled()) return gain && gain->harmful(evidence::kFamilyError);
  WHYZERO_ASSIGN(const int id, (*trial)->lifted().add(a_case.experiment));
  return evidence::share_of_most((*trial)->lifted()[id].spread) >= kLeastShare;
}

Result<std::optional<evidence::QuantizationEvidence>> weigh_quantization_label_free(const evidence::Case& a_case, evidence::Lab& deployed,
                                                                                    const evidence::LabOptions& lab_options, const evidence::LabelFree& found) {
  if (found.samples == 0) return std::nullopt;
  auto trial = QuantizationTrial::create(a_case, lab_options);
  if (!trial) return std::nullopt;
  evidence::Lab& lifted = (*trial)->lifted();
  WHYZERO_ASSIGN(const int id, lifted.add(a_case.experiment));
  WHYZERO_TRY(lifted.measure(std::span<const int>(&id, 1), lifted.samples()));
  if (lifted[id].failure) return std::nullopt;
  const double after = evidence::share_of_most(lifted[id].spread);
  if (after - found.as_deployed < kLeastInformation || after < kLeastShare) return std::nullopt;
  WHYZERO_ASSIGN(const auto misfits, (*trial)->suspects(a_case.experiment));
  if (misfits.empty()) return std::nullopt;
  if (found.best && found.best->after > found.as_deployed) {
    // Whatever the pipeline feeds, ranges that are the model's own fault fit none of it.
    WHYZERO_ASSIGN(const auto persisting, (*trial)->suspects(found.best->document));
    if (persisting.empty()) return std::nullopt;
  }
  WHYZERO_ASSIGN(const int base, deployed.add(a_case.experiment));
  WHYZERO_ASSIGN(evidence::QuantizationEvidence evidence, (*trial)->localize(a_case.experiment, deployed, base));
  evidence.lifting_helps = true;
  evidence.information = {found.as_deployed, after};
  evidence.samples = found.samples;
  return std::optional(std::move(evidence));
}

}  // namespace whyzero::diagnosis
