// What becomes of the results: findings with their words and patches, the mended app run afresh, and the verdict.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "app/edit.h"
#include "diagnosis/conductor.h"
#include "diagnosis/found_again.h"
#include "evidence/chance.h"
#include "evidence/confidence.h"
#include "fix/snippet.h"
#include "fix/verify.h"
#include "numerics/sign_flip.h"
#include "rules/rule.h"

namespace whyzero::diagnosis {

using evidence::Case;
using evidence::Finding;
using evidence::Severity;
using nlohmann::json;

std::string capitalized(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

namespace {

/// What stands at a place: a step as it is, a single value with its key.
std::string part_of(const json& operation) {
  const json& value = operation["value"];
  const std::string pointer = operation["path"], key = pointer.substr(pointer.rfind('/') + 1);
  const bool numbered = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isdigit(c); });
  return value.is_primitive() && !numbered ? json(key).dump() + ": " + value.dump() : value.dump();
}

/// Longer than this a list belongs into the patch only.
constexpr size_t kReadable = 200;

/// Messages of all rules, as sentences: they begin with a capital, unless with a name, and end with a stop.
std::string sentence(std::string text) {
  const auto word = std::find_if(text.begin(), text.end(), [](unsigned char c) { return !std::islower(c); });
  if (word != text.begin() && word != text.end() && *word == ' ') text = capitalized(std::move(text));
  if (!text.empty() && std::string_view(".?!:\"").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

}  // namespace

/// The change as old and new parts of the app file: "In place of … put …". What is too long to be read is left to the patch.
std::string change_in_words(const json& before, const json& after) {
  std::string old_parts, new_parts;
  for (const json& operation : app::make_patch(before, after)) {
    if (operation["op"] == "remove") continue;
    std::string& parts = operation["op"] == "test" ? old_parts : new_parts;
    parts += (parts.empty() ? "" : ", ") + part_of(operation);
  }
  if (old_parts.size() > kReadable) return "The patch has both lists.";
  const bool long_list = new_parts.size() > kReadable;
  if (old_parts.empty()) return long_list ? "The patch has the numbers." : "Add " + new_parts + ".";
  if (new_parts.empty()) return "Leave out " + old_parts + ".";
  return "In place of " + old_parts + " put " + (long_list ? "what the patch has" : new_parts) + ".";
}

namespace {

/// The loud finding whose mend is another model file; null where there is none.
const Finding* mended_in_model(const std::vector<Finding>& findings) {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [](const Finding& f) { return f.fix && f.fix->model && f.severity != Severity::kNote; });
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace

void Conductor::judge(const evidence::Explanation& explanation) {
  const std::string metric = diagnosis_.measured->metric;
  // What the same rule saw without experiments is said better now.
  std::erase_if(diagnosis_.findings, [&](const Finding& f) {
    return std::any_of(explanation.upheld.begin(), explanation.upheld.end(), [&](const evidence::Upheld& u) { return u.hypothesis->code == f.code; });
  });
  for (const evidence::Upheld& upheld : explanation.upheld) {
    const rules::Rule* rule = rules::find_rule(upheld.hypothesis->code);
    if (!rule) continue;
    const rules::Proven proven{*upheld.hypothesis, upheld.before, upheld.after, upheld.value_before, upheld.value_after};
    Finding finding = rules::finding_of(*rule, Severity::kError, explanation.deployed_failed && &upheld == &explanation.upheld.front() ? evidence::Proof::kRun : evidence::Proof::kExperiment,
                                        rule->describe ? rule->describe(case_, proven)
                                                       : capitalized(std::string(rule->summary)) + ": " + upheld.hypothesis->text + ". " +
                                                             change_in_words(upheld.before, upheld.after));
    if (explanation.deployed_failed && &upheld == &explanation.upheld.front())
      finding.message += " As deployed the app cannot run: " + case_.symptom.failure->message + ".";
    finding.where = {.stage = upheld.hypothesis->side == evidence::Side::kInput ? "input.pipeline" : "output", .pointer = upheld.hypothesis->pointer};
    finding.alternatives = upheld.alternatives;
    evidence::Measured measured;
    measured.metric = metric;
    measured.before = upheld.value_before;
    measured.after = upheld.value_after;
    measured.samples = explanation.samples;
    if (!explanation.deployed_failed) measured.p_value = explanation.p_value;
    if (metric == "top1") measured.p_mcnemar = numerics::mcnemar_exact(upheld.step.gained, upheld.step.lost);
    finding.evidence.push_back(measured);
    finding.fix = evidence::Fix{};
    // No patch of a pipeline changes what was captured: then the change is only shown.
    if (captured() && upheld.hypothesis->side == evidence::Side::kInput) {
      finding.fix->safety = evidence::Safety::kDisplay;
      finding.fix->code = fix::snippets(upheld.before, upheld.after, *case_.binding);
    } else {
      finding.fix->patch = app::make_patch(upheld.before, upheld.after);
    }
    diagnosis_.findings.push_back(std::move(finding));
  }
  // Numbers that break the model come of what feeds them.
  for (Finding& finding : diagnosis_.findings)
    if (!explanation.upheld.empty() && finding.code == "N001") finding.severity = Severity::kNote;
  const bool shown_only = std::any_of(diagnosis_.findings.begin(), diagnosis_.findings.end(), [](const Finding& f) {
    return f.fix && f.fix->safety == evidence::Safety::kDisplay;
  });
  if (!explanation.upheld.empty() && !shown_only) diagnosis_.mended = explanation.document;
}

void Conductor::verify(std::optional<double> expected) {
  if (diagnosis_.mended.is_null()) return;
  fix::VerifyOptions options;
  options.threads = options_.threads;
  options.max_memory_bytes = options_.max_memory_bytes;
  options.progress = options_.progress;
  options.second_runtime = options_.second_runtime;
  // The lab leaves out samples without truth; then its figure is of another set.
  options.expected = expected;
  if (const Finding* in_model = mended_in_model(diagnosis_.findings)) options.model = in_model->fix->model;
  fix::Verification verification = fix::verify(case_, diagnosis_.mended, options);
  if (verification.verified) {
    const auto left = look_again(options.model, std::move(verification.evaluation));
    verification.rejected_by = left ? found_again(diagnosis_.findings, *left) : left.error().text();
    verification.verified = verification.rejected_by.empty();
  }
  for (Finding& finding : diagnosis_.findings)
    if (finding.fix && finding.severity != Severity::kNote) {
      finding.fix->verified = verification.verified;
      finding.fix->rejected_by = verification.rejected_by;
    }
  if (verification.value)
    diagnosis_.after_fixes = Measure{diagnosis_.measured->metric, verification.samples, verification.value, std::nullopt};
}

/// The mended app looked at once more, with what its fresh run measured.
Result<std::vector<Finding>> Conductor::look_again(std::shared_ptr<const std::vector<uint8_t>> model, app::Evaluation evaluation) const {
  Conductor again(options_);
  WHYZERO_ASSIGN(again.case_.app, app::parse_app(diagnosis_.mended, case_.app.base));
  if (model) again.read_model(std::move(model));
  else WHYZERO_TRY(again.read_model(again.case_.app.model));
  WHYZERO_TRY(again.open());
  again.case_.symptom.evaluation = std::move(evaluation);
  again.look();
  return std::move(again.diagnosis_.findings);
}

/// Where the mend is in the model: its new bytes are run in place of the old ones.
void Conductor::mend_model() {
  if (!mended_in_model(diagnosis_.findings) || !case_.binding) return;
  if (diagnosis_.mended.is_null()) diagnosis_.mended = case_.app.document;
  const std::optional<double> before = diagnosis_.measured ? diagnosis_.measured->value : std::nullopt;
  verify(before);
  // A stopgap helps on the photos it was made from; that it restores the model nobody has seen.
  for (Finding& finding : diagnosis_.findings)
    if (finding.fix && finding.fix->safety == evidence::Safety::kUnsafe) {
      finding.fix->verified = false;
      if (finding.fix->rejected_by.empty()) finding.fix->rejected_by = "measured on the samples that it was made from";
    }
}

void Conductor::decide() {
  auto& findings = diagnosis_.findings;
  const auto weight = [](const Finding& f) { return static_cast<int>(f.severity); };
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) { return weight(a) < weight(b); });
  for (size_t i = 0; i < findings.size(); ++i) findings[i].rank = static_cast<int>(i) + 1;
  for (Finding& finding : findings) finding.message = sentence(std::move(finding.message));
  for (Finding& finding : findings)
    if (finding.severity != Severity::kNote) finding.confidence = evidence::confidence_of(finding);
  const bool loud = std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity != Severity::kNote; });
  if (loud) {
    diagnosis_.verdict = Verdict::kFault;
    return;
  }
  const auto undetermined = [&](std::string need) {
    diagnosis_.verdict = Verdict::kUndetermined;
    diagnosis_.needs.push_back(std::move(need));
  };
  if (!has_app_) return undetermined("photos with labels: `whyzero diagnose MODEL photos/ --labels labels.txt`, with a folder a class");
  if (case_.symptom.failure) return undetermined("an app that runs: " + case_.symptom.failure->text());
  if (case_.binding_error) return undetermined("an app file that fits the model: " + case_.binding_error->text());
  if (!case_.labelled()) return undetermined("30 labelled samples: without truth a wrong answer cannot be told from a right one");
  if (evidence::seldom_right(case_))
    return undetermined("the answers are right too seldom to call this healthy, and no change of the app mends them: check how the model was trained, or give more labelled samples");
  if (worrying_lead_)
    return undetermined("more labelled samples, about three times as many: one change seems to help, and these are too few to prove it");
  diagnosis_.verdict = Verdict::kHealthy;
}

}  // namespace whyzero::diagnosis
