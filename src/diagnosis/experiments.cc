// The experiments of a diagnosis: which search is run on which hypotheses, with truth and without.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/edit.h"
#include "diagnosis/conductor.h"
#include "evidence/agreement.h"
#include "evidence/chance.h"
#include "evidence/dead_units.h"
#include "evidence/label_free.h"
#include "evidence/loudness.h"
#include "rules/model/dead_weights.h"
#include "rules/rule.h"

namespace whyzero::diagnosis {

using evidence::Case;
using evidence::Finding;
using evidence::Severity;
using nlohmann::json;

namespace {

/// Numbers so many times as loud may wake dead units. The normalized ranges in use lie within a factor of five of each other, raw
/// bytes 50 times and more above them: units that sleep at 0…1 and wake at -1…1 learned from -1…1.
constexpr double kLouder = 16;
/// Agreement of the answers to photos and to their middles, above chance, that a mended app must reach to be named without truth. Of
/// 92 own apps the right mends reach 0.6 and more; wrong inputs may reach as much, so that no cause is named for it.
constexpr double kSteady = 0.4;

}  // namespace

evidence::LabOptions Conductor::lab_options() const {
  evidence::LabOptions lab_options;
  lab_options.threads = options_.threads;
  lab_options.seed = options_.seed;
  lab_options.progress = options_.progress;
  lab_options.interpreter.max_memory_bytes = options_.max_memory_bytes;
  if (options_.reference_kernels) lab_options.interpreter.kernels = runtime::Kernels::kReference;
  return lab_options;
}

/// The finding that the bytes of a tensor prove and whose mend is open; null where there is none.
Finding* Conductor::proven_by_bytes() {
  for (Finding& finding : diagnosis_.findings)
    if (finding.severity == Severity::kError && finding.proof == evidence::Proof::kTensor && !finding.fix) return &finding;
  return nullptr;
}

/// What the bytes prove needs no test; which of its mends is right the answers tell, or else what is usual.
Result<void> Conductor::mend(Finding& proven) {
  const rules::Rule* rule = rules::find_rule(proven.code);
  std::vector<evidence::Hypothesis> hypotheses;
  if (rule && rule->propose) rule->propose(*rule, case_, hypotheses);
  if (hypotheses.empty() || captured()) return {};
  evidence::Lab lab(case_, lab_options());
  WHYZERO_ASSIGN(const evidence::LabelFree found, evidence::search_label_free(lab, case_, hypotheses));
  diagnosis_.tried = found.tried;
  const evidence::Hypothesis* chosen = found.best ? found.best->hypothesis : nullptr;
  if (!chosen)
    chosen = &*std::max_element(hypotheses.begin(), hypotheses.end(), [](const auto& a, const auto& b) { return a.prior < b.prior; });
  const auto document = chosen->edit(case_.experiment);
  if (!document) return {};
  proven.message += " " + capitalized(chosen->text) + ". " + change_in_words(case_.experiment, *document);
  proven.fix = evidence::Fix{};
  proven.fix->patch = app::make_patch(case_.experiment, *document);
  diagnosis_.mended = *document;
  verify(std::nullopt);
  return {};
}

/// What was proven without experiments is mended before them: each is judged by the answers of an app without those faults.
void Conductor::apply_static_mends() {
  json document = unmended_;
  for (const Finding& finding : diagnosis_.findings) {
    if (finding.severity == Severity::kNote || finding.proof != evidence::Proof::kStatic || !finding.fix) continue;
    if (auto patched = app::apply_patch(document, finding.fix->patch)) document = std::move(*patched);
  }
  if (document == case_.experiment) return;
  const auto mended = app::parse_app(document, case_.app.base);
  if (!mended || !app::bind(*mended, *case_.model)) return;
  case_.experiment = std::move(document);
  diagnosis_.mended = case_.experiment;
}

/// What only stands where nothing else was found.
void Conductor::conclude() {
  if (std::any_of(diagnosis_.findings.begin(), diagnosis_.findings.end(), [](const Finding& f) { return f.severity != Severity::kNote; })) return;
  for (const rules::Rule* rule : rules::all_rules())
    if (rule->conclude) rule->conclude(*rule, case_, diagnosis_.findings);
  // Wide models lose units and do well all the same: alone they are only worth knowing.
  if (!case_.labelled() || case_.symptom.failure) return;
  const auto units = evidence::find_dead_units(case_, case_.experiment);
  if (!units || !evidence::died_in_training(*units)) return;
  const bool fails = worrying_lead_ || evidence::at_chance(case_);
  diagnosis_.findings.push_back(rules::dead_units_finding(case_, *units, fails ? Severity::kError : Severity::kNote, ""));
}

/// A constant output is the model's own fault unless only the rounding of its activations silences it.
Result<void> Conductor::acquit_model() {
  const auto constant = [](const Finding& f) { return f.code == "M006"; };
  if (!case_.model || !case_.binding || std::none_of(diagnosis_.findings.begin(), diagnosis_.findings.end(), constant)) return {};
  WHYZERO_ASSIGN(const bool silenced, rounding_silences(case_, lab_options()));
  if (silenced) std::erase_if(diagnosis_.findings, constant);
  return {};
}

std::vector<evidence::Hypothesis> Conductor::propose() const {
  std::vector<evidence::Hypothesis> hypotheses;
  for (const rules::Rule* rule : rules::all_rules())
    if (rule->propose) rule->propose(*rule, case_, hypotheses);
  return hypotheses;
}

/// Labels in another order hide what a change of the input mends: how well answers tell the samples apart does not depend on their
/// names. Whether there are answers now that an order may fit.
Result<bool> Conductor::look_behind_labels(const std::vector<evidence::Hypothesis>& hypotheses) {
  const app::Scored& scored = case_.symptom.evaluation.scored;
  // Two labels can only be exchanged, and that is tried with every change; more classes than samples can sort have no order to fit.
  if (case_.classes < 3 || 2 * case_.classes > scored.samples) return false;
  if (case_.symptom.failure || scored.metric != app::Metric::kTop1 || !evidence::seldom_right(case_)) return false;
  evidence::LabOptions without_truth = lab_options();
  without_truth.spread = true;
  evidence::Lab lab(case_, without_truth);
  WHYZERO_ASSIGN(const evidence::LabelFree found, evidence::search_label_free(lab, case_, hypotheses));
  if (!found.best) return false;
  WHYZERO_ASSIGN(const app::App changed, app::parse_app(found.best->document, case_.app.base));
  WHYZERO_ASSIGN(case_.most_telling, app::evaluate(changed, case_.model, evaluate_options(), options_.progress));
  return true;
}

Result<void> Conductor::search() {
  std::vector<evidence::Hypothesis> hypotheses = propose();
  const evidence::LabOptions lab_options = this->lab_options();
  evidence::Lab lab(case_, lab_options);
  if (lab.samples() == 0 || hypotheses.empty()) return {};
  // Without truth a change that makes a refused app run can be seen to help; of an app that runs only the spread of its answers.
  if (!case_.labelled() && !case_.symptom.failure) return search_label_free(lab, lab_options, hypotheses);
  const evidence::SearchOptions search_options{options_.seed, options_.budget_seconds};
  std::vector<evidence::Hypothesis> likelier = hypotheses;
  std::erase_if(likelier, [](const evidence::Hypothesis& h) { return h.last_resort; });
  WHYZERO_ASSIGN(evidence::Explanation found, evidence::search(lab, case_, likelier, search_options));
  if (likelier.size() < hypotheses.size()) {
    // The likelier changes may mend a part by chance; what is free to fit is believed where it restores more than they do.
    WHYZERO_ASSIGN(evidence::Explanation freer, evidence::search(lab, case_, hypotheses, search_options));
    if (found.upheld.empty() || freer.mended.value_or(0) > found.mended.value_or(0) + evidence::kLeastHarm) found = std::move(freer);
  }
  if (found.upheld.empty()) {
    WHYZERO_ASSIGN(const bool more, look_behind_labels(hypotheses));
    if (more) {
      hypotheses = propose();
      WHYZERO_ASSIGN(found, evidence::search(lab, case_, hypotheses, search_options));
    }
  }
  WHYZERO_ASSIGN(const Weighed weighed, weigh_quantization(case_, lab, lab_options, hypotheses, search_options, std::move(found)));
  const evidence::Explanation& explanation = weighed.explanation;
  if (!explanation.upheld.empty() && only_wakes_the_dead(explanation)) return {};
  if (weighed.quantization) name_quantization(*weighed.quantization);
  diagnosis_.tried = explanation.tried;
  judge(explanation);
  rule_out(explanation.ruled_out);
  verify(explanation.mended);
  if (explanation.lead) {
    const evidence::Lead& lead = *explanation.lead;
    diagnosis_.lead = fmt::format("{} ({}): {:+.1f} points on {} samples, p = {:.2g}: not proven", lead.code, lead.text,
                                  100 * lead.comparison.gain, lead.comparison.samples, lead.p_value);
    worrying_lead_ = lead.worrying;
  }
  return {};
}

/// What was tried and falls behind. A cause that explains a finding as well is named there.
void Conductor::rule_out(const std::vector<evidence::RuledOut>& ruled_out) {
  for (const evidence::RuledOut& out : ruled_out) {
    const bool may_be = std::any_of(diagnosis_.findings.begin(), diagnosis_.findings.end(), [&](const Finding& f) {
      return std::find(f.alternatives.begin(), f.alternatives.end(), out.code) != f.alternatives.end();
    });
    if (may_be) continue;
    diagnosis_.ruled_out.push_back({out.code, fmt::format("the best of {} change{} ({}) {} {:.1f} points on {} samples", out.tried, out.tried == 1 ? "" : "s", out.text,
                                                          out.gain < 0 ? "loses" : "gains", 100 * std::fabs(out.gain), out.samples)});
  }
}

/// Louder numbers wake units that died in training. That is no mend: what they would have said was never learned.
std::optional<Conductor::Woken> Conductor::woken_by(const json& document) const {
  const auto before = evidence::loudness(case_, case_.experiment), after = evidence::loudness(case_, document);
  if (case_.symptom.failure || !before || !after || *after < kLouder * *before) return std::nullopt;
  const auto units = evidence::find_dead_units(case_, case_.experiment);
  if (!units || !evidence::died_in_training(*units)) return std::nullopt;
  return Woken{*units, *after / *before};
}

/// Where nearly everything is right afterwards, the numbers were too quiet all the same.
bool Conductor::only_wakes_the_dead(const evidence::Explanation& explanation) {
  if (explanation.mended > 1 - evidence::kLeastHarm) return false;
  const auto woken = woken_by(explanation.document);
  if (!woken) return false;
  Finding finding = rules::dead_units_finding(
      case_, woken->units, Severity::kError,
      fmt::format(" Numbers {:.0f} times as loud wake some ({:.1f} % instead of {:.1f} %), but restore nothing.", woken->louder, 100 * explanation.mended.value_or(0),
                  100 * explanation.as_deployed.value_or(0)));
  finding.alternatives.push_back(explanation.upheld.front().hypothesis->code);
  diagnosis_.tried = explanation.tried;
  diagnosis_.findings.push_back(std::move(finding));
  return true;
}

void Conductor::name_quantization(const evidence::QuantizationEvidence& evidence) {
  for (const rules::Rule* rule : rules::all_rules())
    if (rule->weigh) rule->weigh(*rule, case_, evidence, diagnosis_.findings);
}

/// Names a cause without truth, where the answers alone make it likely.
Result<void> Conductor::search_label_free(evidence::Lab& lab, const evidence::LabOptions& lab_options, const std::vector<evidence::Hypothesis>& hypotheses) {
  WHYZERO_ASSIGN(const evidence::LabelFree found, evidence::search_label_free(lab, case_, hypotheses));
  diagnosis_.tried = found.tried;
  WHYZERO_ASSIGN(const auto quantization, weigh_quantization_label_free(case_, lab, lab_options, found));
  if (quantization) name_quantization(*quantization);
  if (quantization || !found.best) return {};
  const evidence::Suggestion& best = *found.best;
  const auto steady = found.decisive ? evidence::agreement(case_, best.document, evaluate_options(), options_.progress) : std::nullopt;
  const bool decisive = found.decisive && (!steady || steady->above_chance >= kSteady) && !woken_by(best.document);
  std::string numbers = fmt::format("the answers tell the samples apart to {:.0f} % of what is possible instead of {:.0f} %; the best change of another cause reaches {:.0f} %",
                                    100 * best.after, 100 * best.before, 100 * best.rival);
  if (best.activity)
    numbers += fmt::format("; its units are at work to {:.0f} % of what they could be instead of {:.0f} %", 100 * best.activity->second, 100 * best.activity->first);
  if (steady) numbers += fmt::format("; from slightly nearer {} of {} photos get the same answer", steady->alike, steady->samples);
  const rules::Rule* rule = rules::find_rule(best.hypothesis->code);
  if (!decisive || !rule) {
    diagnosis_.lead = fmt::format("{} ({}): {}: not decisive without truth", best.hypothesis->code, best.hypothesis->text, numbers);
    return {};
  }
  const rules::Proven proven{*best.hypothesis, case_.experiment, best.document, std::nullopt, std::nullopt};
  Finding finding = rules::finding_of(*rule, Severity::kError, evidence::Proof::kStatistics,
                                      rule->describe ? rule->describe(case_, proven)
                                                     : capitalized(std::string(rule->summary)) + ": " + best.hypothesis->text + ". " +
                                                           change_in_words(case_.experiment, best.document));
  finding.where = {.stage = "input.pipeline", .pointer = best.hypothesis->pointer};
  evidence::Measured measured;
  measured.metric = "information";
  measured.before = best.before;
  measured.after = best.after;
  measured.samples = best.samples;
  measured.text = numbers;
  finding.evidence.push_back(measured);
  finding.fix = evidence::Fix{};
  if (captured()) finding.fix->safety = evidence::Safety::kDisplay;
  else {
    finding.fix->patch = app::make_patch(case_.experiment, best.document);
    diagnosis_.mended = best.document;
  }
  std::erase_if(diagnosis_.findings, [&](const Finding& f) { return f.code == finding.code; });
  diagnosis_.findings.push_back(std::move(finding));
  verify(std::nullopt);
  return {};
}

}  // namespace whyzero::diagnosis
