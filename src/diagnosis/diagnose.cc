#include "diagnosis/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/edit.h"
#include "app/first_inputs.h"
#include "base/file.h"
#include "base/sha256.h"
#include "evidence/call_log.h"
#include "evidence/case.h"
#include "evidence/chance.h"
#include "evidence/lab.h"
#include "evidence/label_free.h"
#include "evidence/response.h"
#include "evidence/search.h"
#include "fix/verify.h"
#include "graph/tflite_reader.h"
#include "graph/validate.h"
#include "numerics/sign_flip.h"
#include "rules/model/training_mode_graph.h"
#include "rules/numbers/runtime_disagrees.h"
#include "rules/rule.h"
#include "trace/compare_models.h"
#include "trace/npz.h"
#include "trace/reduce.h"

namespace whyzero::diagnosis {
namespace {

using evidence::Case;
using evidence::Finding;
using evidence::Severity;
using nlohmann::json;

constexpr size_t kComparedSamples = 4;  // each is several runs of each runtime

bool classifies(const app::Output& output) {
  return std::any_of(output.decode.begin(), output.decode.end(),
                     [](const json& step) { return step.contains("argmax") || step.contains("threshold"); });
}

/// One diagnosis from beginning to end.
class Conductor {
 public:
  explicit Conductor(const DiagnoseOptions& options) : options_(options) {}

  Result<Diagnosis> run(app::App app);
  Result<Diagnosis> run(const std::filesystem::path& model);

 private:
  Result<void> read_model(const std::filesystem::path& path);
  Result<void> open();
  Result<void> measure();
  void look();
  void try_out();
  void compare_runtimes();
  bool proven_already() const;
  void point_at_lines();
  Result<void> search();
  Result<void> search_label_free(evidence::Lab& lab, const std::vector<evidence::Hypothesis>& hypotheses);
  bool captured() const;
  void judge(const evidence::Explanation& explanation);
  void mend_model();
  /// The mended app afresh; `expected`: the metric that the experiment promised.
  void verify(std::optional<double> expected);
  void decide();
  Diagnosis finish();

  DiagnoseOptions options_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Case case_;
  Diagnosis diagnosis_;
  bool has_app_ = false;
  trace::Arrays recorded_;  // inputs that lie beside a model without an app
};

Result<void> Conductor::read_model(const std::filesystem::path& path) {
  diagnosis_.model = path;
  WHYZERO_ASSIGN(std::vector<uint8_t> bytes, read_file(path));
  diagnosis_.sha256 = sha256(bytes);
  graph::Reading reading = graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)));
  case_.model = reading.model;
  case_.defects = std::move(reading.defects);
  if (case_.model)
    for (graph::Defect& defect : graph::validate(*case_.model)) case_.defects.push_back(std::move(defect));
  return {};
}

Result<void> Conductor::open() {
  WHYZERO_ASSIGN(case_.calls, app::load_calls(case_.app));
  case_.experiment = case_.app.document;
  for (const app::Input& input : case_.app.inputs) {
    if (input.kind == app::SourceKind::kTensors) case_.experiment[json::json_pointer(input.pointer)].erase("pipeline");
    WHYZERO_ASSIGN(auto source, app::open_source(case_.app, input));
    case_.sources.push_back(std::move(source));
  }
  auto binding = app::bind(case_.app, *case_.model);
  if (!binding) {
    case_.binding_error = binding.error();
    return {};
  }
  case_.binding = std::move(*binding);
  case_.classes = static_cast<int>(std::min<size_t>(case_.binding->output_tensor.elements(), 1 << 20));
  // One unit tells two classes apart.
  if (case_.classes == 1 && classifies(case_.app.output)) case_.classes = 2;
  WHYZERO_ASSIGN(case_.truth, app::load_truth(case_.app, *case_.sources.front()));
  case_.captured = evidence::look_at_captured(case_);
  case_.reads = evidence::compare_reads(case_);
  return {};
}

Result<void> Conductor::measure() {
  app::EvaluateOptions run;
  run.threads = options_.threads;
  run.reference_kernels = options_.reference_kernels;
  run.max_memory_bytes = options_.max_memory_bytes;
  auto evaluation = app::evaluate(case_.app, case_.model, run, options_.progress);
  if (!evaluation) {
    const ErrorCode code = evaluation.error().code;
    if (code == ErrorCode::kCancelled || code == ErrorCode::kOutOfMemory) return fail(std::move(evaluation).error());
    case_.symptom.failure = std::move(evaluation).error();
  } else {
    case_.symptom.evaluation = std::move(*evaluation);
  }
  if (case_.symptom.failure || case_.symptom.evaluation.constant_output)
    case_.response = evidence::measure_response(case_.model, case_.binding->output, options_.seed, options_.max_memory_bytes);
  const app::Scored& scored = case_.symptom.evaluation.scored;
  Measure measured;
  measured.metric = case_.labelled() ? app::metric_name(scored.metric) : "label_free";
  measured.samples = scored.samples;
  measured.value = scored.value;
  if (scored.value && scored.metric == app::Metric::kTop1) {
    const auto interval = numerics::wilson_interval(*scored.value * scored.samples, scored.samples);
    measured.interval = {interval.low, interval.high};
  }
  diagnosis_.measured = measured;
  diagnosis_.predictions = scored.predictions;
  return {};
}

/// How much of the model we can run at all, and what its operators refuse. An app's own data say more than a recording or zeros.
void Conductor::try_out() {
  if (!case_.model) return;
  evidence::DryRun dry = evidence::dry_run(case_.model, recorded_, options_.max_memory_bytes);
  diagnosis_.coverage = std::move(dry.coverage);
  case_.outputs_computed = dry.outputs_computed;
  if (!has_app_) case_.run_failures = std::move(dry.failures);
  for (graph::Defect& defect : dry.defects) {
    const bool known = std::any_of(case_.defects.begin(), case_.defects.end(), [&](const graph::Defect& d) {
      return d.subgraph == 0 && d.node == defect.node && d.code == defect.code;
    });
    if (!known) case_.defects.push_back(std::move(defect));
  }
}

/// Our kernels against the second runtime on what the app feeds, or on noise where there is no app that runs.
void Conductor::compare_runtimes() {
  if (!options_.second_runtime || !case_.model) return;
  const trace::Side own{case_.model, runtime::own_runtime(options_.reference_kernels ? runtime::Kernels::kReference : runtime::Kernels::kFast), "whyzero"};
  const trace::Side second{case_.model, options_.second_runtime, std::string(options_.second_runtime->name())};
  trace::Samples samples;
  if (case_.binding)
    if (auto inputs = app::first_inputs(case_.app, *case_.model, kComparedSamples)) samples = std::move(*inputs);
  if (samples.empty()) samples = trace::random_samples(*case_.model, kComparedSamples, options_.seed);
  const auto compared = trace::compare_models(own, second, samples, options_.progress);
  if (!compared) {
    diagnosis_.ruled_out.push_back({"N003", "not examined: " + compared.error().text()});
    return;
  }
  if (!compared->comparison.beyond_rounding()) return;
  const auto reduced = trace::reduce(own, second, *compared, options_.progress);
  if (auto finding = rules::runtime_disagreement(compared->comparison, reduced)) diagnosis_.findings.push_back(std::move(*finding));
}

void Conductor::look() {
  for (const rules::Rule* rule : rules::all_rules())
    if (rule->look) rule->look(*rule, case_, diagnosis_.findings);
}

/// An error in the file or the model: experiments on the app would only half-mend it. What calls or captured tensors prove needs
/// no experiment, and values that never arrived are nothing to experiment with.
bool Conductor::proven_already() const {
  return std::any_of(diagnosis_.findings.begin(), diagnosis_.findings.end(), [](const Finding& f) {
    const bool seen = f.proof == evidence::Proof::kCalls || f.proof == evidence::Proof::kTensor;
    return f.severity == Severity::kError && (f.where.stage == "file" || f.where.stage == "model" || seen);
  });
}

/// Findings about a recorded script point at the line that fills the input or reads the output, where they name none themselves.
void Conductor::point_at_lines() {
  for (Finding& finding : diagnosis_.findings) {
    const bool input = finding.where.stage.starts_with("input"), output = finding.where.stage == "output" || finding.where.stage == "labels";
    if (!finding.where.line.empty() || (!input && !output)) continue;
    const auto shows_label = [](const app::Call& call) { return call.call == "label"; };
    const bool label = finding.code[0] == 'L' && std::any_of(case_.calls.begin(), case_.calls.end(), shows_label);
    for (const app::Call& call : case_.calls) {
      const bool fits = label ? shows_label(call) : input ? evidence::sets_input(case_, call) : evidence::is_read(call) && evidence::is_output(case_, call.tensor);
      if (fits) {
        finding.where.line = evidence::line_of(case_.calls, call);
        break;
      }
    }
  }
}

std::string capitalized(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// The change as old and new parts of the app file: "In place of … put …".
std::string change_in_words(const json& before, const json& after) {
  std::string old_parts, new_parts;
  for (const json& operation : app::make_patch(before, after)) {
    if (operation["op"] == "remove") continue;
    std::string value = operation["value"].dump();
    if (value.size() > 200) value = "the list in the patch";
    std::string& parts = operation["op"] == "test" ? old_parts : new_parts;
    parts += (parts.empty() ? "" : ", ") + value;
  }
  if (old_parts.empty()) return "Add " + new_parts + ".";
  if (new_parts.empty()) return "Leave out " + old_parts + ".";
  return "In place of " + old_parts + " put " + new_parts + ".";
}

/// Of causes named by the spread of the answers alone: no test of theirs controls an error.
constexpr double kLabelFreeConfidence = 0.85;

/// How sure: the error of the test, and how many other causes would explain it as well.
double confidence_of(const evidence::Explanation& explanation, const evidence::Upheld& upheld) {
  double confidence = explanation.deployed_failed ? 0.97 : explanation.p_value < 1e-5 ? 0.98 : 0.95;
  if (!upheld.alternatives.empty()) confidence *= 0.9;
  return confidence;
}

void Conductor::judge(const evidence::Explanation& explanation) {
  const std::string metric = diagnosis_.measured->metric;
  for (const evidence::Upheld& upheld : explanation.upheld) {
    const rules::Rule* rule = rules::find_rule(upheld.hypothesis->code);
    if (!rule) continue;
    const rules::Proven proven{*upheld.hypothesis, upheld.before, upheld.after, upheld.value_before, upheld.value_after};
    Finding finding = rules::finding_of(*rule, Severity::kError, explanation.deployed_failed && &upheld == &explanation.upheld.front() ? evidence::Proof::kRun : evidence::Proof::kExperiment,
                                        rule->describe ? rule->describe(case_, proven)
                                                       : capitalized(std::string(rule->summary)) + ": " + upheld.hypothesis->text + ". " +
                                                             change_in_words(upheld.before, upheld.after));
    if (explanation.deployed_failed && &upheld == &explanation.upheld.front())
      finding.message += " As deployed the app cannot run: " + case_.symptom.failure->message;
    finding.confidence = confidence_of(explanation, upheld);
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
    if (captured() && upheld.hypothesis->side == evidence::Side::kInput) finding.fix->safety = evidence::Safety::kDisplay;
    else finding.fix->patch = app::make_patch(upheld.before, upheld.after);
    // What the same rule saw without experiments is said better now.
    std::erase_if(diagnosis_.findings, [&](const Finding& f) { return f.code == finding.code; });
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

bool Conductor::captured() const {
  return std::any_of(case_.sources.begin(), case_.sources.end(), [](const auto& source) { return source->captured(); });
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
  options.model = diagnosis_.mended_model.bytes;
  const fix::Verification verification = fix::verify(case_, diagnosis_.mended, options);
  for (Finding& finding : diagnosis_.findings)
    if (finding.fix && finding.severity != Severity::kNote) {
      finding.fix->verified = verification.verified;
      finding.fix->rejected_by = verification.rejected_by;
    }
  if (verification.value)
    diagnosis_.after_fixes = Measure{diagnosis_.measured->metric, verification.samples, verification.value, std::nullopt};
}

/// Where the mend is in the model: its new bytes are run in place of the old ones.
void Conductor::mend_model() {
  const auto training = std::find_if(diagnosis_.findings.begin(), diagnosis_.findings.end(), [](const Finding& f) { return f.code == "M007"; });
  if (training == diagnosis_.findings.end() || !training->fix || training->severity == Severity::kNote) return;
  diagnosis_.mended_model = {training->code, rules::model_without_training_mode(case_), {}};
  if (!diagnosis_.mended_model.bytes || !case_.binding) return;
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

Result<void> Conductor::search() {
  std::vector<evidence::Hypothesis> hypotheses;
  for (const rules::Rule* rule : rules::all_rules())
    if (rule->propose) rule->propose(*rule, case_, hypotheses);
  evidence::LabOptions lab_options;
  lab_options.threads = options_.threads;
  lab_options.seed = options_.seed;
  lab_options.progress = options_.progress;
  lab_options.interpreter.max_memory_bytes = options_.max_memory_bytes;
  if (options_.reference_kernels) lab_options.interpreter.kernels = runtime::Kernels::kReference;
  evidence::Lab lab(case_, lab_options);
  if (lab.samples() == 0 || hypotheses.empty()) return {};
  // Without truth a change that makes a refused app run can be seen to help; of an app that runs only the spread of its answers.
  if (!case_.labelled() && !case_.symptom.failure) return search_label_free(lab, hypotheses);
  WHYZERO_ASSIGN(const evidence::Explanation explanation, evidence::search(lab, case_, hypotheses, {options_.seed, options_.budget_seconds}));
  diagnosis_.tried = explanation.tried;
  for (const evidence::RuledOut& out : explanation.ruled_out)
    diagnosis_.ruled_out.push_back({out.code, fmt::format("the best of {} change{} ({}) gains {:+.1f} points on {} samples", out.tried, out.tried == 1 ? "" : "s", out.text, 100 * out.gain, out.samples)});
  judge(explanation);
  verify(explanation.mended);
  if (explanation.lead) {
    const evidence::Lead& lead = *explanation.lead;
    diagnosis_.lead = fmt::format("{} ({}): {:+.1f} points on {} samples, p = {:.2g}: not proven", lead.code, lead.text,
                                  100 * lead.comparison.gain, lead.comparison.samples, lead.p_value);
  }
  return {};
}

/// Names a cause without truth, where the answers alone make it likely.
Result<void> Conductor::search_label_free(evidence::Lab& lab, const std::vector<evidence::Hypothesis>& hypotheses) {
  WHYZERO_ASSIGN(const evidence::LabelFree found, evidence::search_label_free(lab, case_, hypotheses));
  diagnosis_.tried = found.tried;
  if (!found.best) return {};
  const evidence::Suggestion& best = *found.best;
  const std::string numbers = fmt::format("the answers tell the samples apart to {:.0f} % of what is possible instead of {:.0f} %; the best change of another cause reaches {:.0f} %",
                                          100 * best.after, 100 * best.before, 100 * best.rival);
  const rules::Rule* rule = rules::find_rule(best.hypothesis->code);
  if (!found.decisive || !rule) {
    diagnosis_.lead = fmt::format("{} ({}): {}: not decisive without truth", best.hypothesis->code, best.hypothesis->text, numbers);
    return {};
  }
  const rules::Proven proven{*best.hypothesis, case_.experiment, best.document, std::nullopt, std::nullopt};
  Finding finding = rules::finding_of(*rule, Severity::kError, evidence::Proof::kStatistics,
                                      rule->describe ? rule->describe(case_, proven)
                                                     : capitalized(std::string(rule->summary)) + ": " + best.hypothesis->text + ". " +
                                                           change_in_words(case_.experiment, best.document));
  finding.confidence = kLabelFreeConfidence;
  finding.where = {.stage = "input.pipeline", .pointer = best.hypothesis->pointer};
  evidence::Measured measured{.metric = "information", .before = best.before, .after = best.after, .samples = best.samples};
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

void Conductor::decide() {
  auto& findings = diagnosis_.findings;
  const auto weight = [](const Finding& f) { return static_cast<int>(f.severity); };
  std::stable_sort(findings.begin(), findings.end(), [&](const Finding& a, const Finding& b) { return weight(a) < weight(b); });
  for (size_t i = 0; i < findings.size(); ++i) findings[i].rank = static_cast<int>(i) + 1;
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
  if (evidence::at_chance(case_))
    return undetermined("the answers are no better than chance and no single change of the app mends them: check how the model was trained, or give more labelled samples");
  diagnosis_.verdict = Verdict::kHealthy;
}

Diagnosis Conductor::finish() {
  point_at_lines();
  decide();
  diagnosis_.base = case_.app.base;
  diagnosis_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return std::move(diagnosis_);
}

Result<Diagnosis> Conductor::run(app::App app) {
  has_app_ = true;
  case_.app = std::move(app);
  WHYZERO_TRY(read_model(case_.app.model));
  if (case_.model) {
    WHYZERO_TRY(open());
    if (case_.binding) WHYZERO_TRY(measure());
  }
  try_out();
  look();
  compare_runtimes();
  if (case_.model && case_.binding && !proven_already()) WHYZERO_TRY(search());
  mend_model();
  return finish();
}

Result<Diagnosis> Conductor::run(const std::filesystem::path& model) {
  WHYZERO_TRY(read_model(model));
  // Somebody who recorded a run of x.tflite keeps it as x.npz: inputs that the model takes, where zeros may be none.
  if (auto recorded = trace::read_npz(std::filesystem::path(model).replace_extension(".npz"))) recorded_ = std::move(*recorded);
  if (case_.model && !case_.model->main().outputs.empty()) {
    case_.response = evidence::measure_response(case_.model, 0, options_.seed, options_.max_memory_bytes);
  }
  try_out();
  look();
  compare_runtimes();
  return finish();
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFault: return "fault";
    case Verdict::kHealthy: return "healthy";
    case Verdict::kUndetermined: return "undetermined";
  }
  return "undetermined";
}

Result<Diagnosis> diagnose_app(const std::filesystem::path& app_file, const DiagnoseOptions& options) {
  WHYZERO_ASSIGN(app::App app, app::load_app(app_file));
  return Conductor(options).run(std::move(app));
}

Result<Diagnosis> diagnose_document(const json& document, const std::filesystem::path& base, const DiagnoseOptions& options) {
  WHYZERO_ASSIGN(app::App app, app::parse_app(document, base));
  return Conductor(options).run(std::move(app));
}

Result<Diagnosis> diagnose_model(const std::filesystem::path& model, const DiagnoseOptions& options) {
  return Conductor(options).run(model);
}

}  // namespace whyzero::diagnosis
