#include "diagnosis/diagnose.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/first_inputs.h"
#include "base/file.h"
#include "base/sha256.h"
#include "diagnosis/conductor.h"
#include "diagnosis/photos_in_place.h"
#include "evidence/call_log.h"
#include "evidence/response.h"
#include "fix/snippet.h"
#include "graph/tflite_reader.h"
#include "graph/validate.h"
#include "numerics/sign_flip.h"
#include "rules/common/script.h"
#include "rules/numbers/runtime_disagrees.h"
#include "rules/rule.h"
#include "trace/compare_models.h"
#include "trace/reduce.h"

namespace whyzero::diagnosis {

using evidence::Case;
using evidence::Finding;
using evidence::Severity;
using nlohmann::json;

namespace {

/// Outputs kept of the app as deployed, which experiments need again.
constexpr size_t kMostKeptBytes = size_t{64} << 20;
constexpr size_t kComparedSamples = 4;  // each is several runs of each runtime

bool classifies(const app::Output& output) {
  return std::any_of(output.decode.begin(), output.decode.end(),
                     [](const json& step) { return step.contains("argmax") || step.contains("threshold"); });
}

}  // namespace

Result<void> Conductor::read_model(const std::filesystem::path& path) {
  diagnosis_.model = path;
  WHYZERO_ASSIGN(std::vector<uint8_t> bytes, read_file(path));
  read_model(std::make_shared<const std::vector<uint8_t>>(std::move(bytes)));
  return {};
}

void Conductor::read_model(std::shared_ptr<const std::vector<uint8_t>> bytes) {
  diagnosis_.sha256 = sha256(*bytes);
  graph::Reading reading = graph::read_tflite(std::move(bytes));
  case_.model = reading.model;
  case_.defects = std::move(reading.defects);
  if (case_.model)
    for (graph::Defect& defect : graph::validate(*case_.model)) case_.defects.push_back(std::move(defect));
}

Result<void> Conductor::open() {
  WHYZERO_ASSIGN(case_.calls, app::load_calls(case_.app));
  case_.experiment = case_.app.document;
  for (const app::Input& input : case_.app.inputs) {
    if (input.kind == app::SourceKind::kTensors) case_.experiment[json::json_pointer(input.pointer)].erase("pipeline");
    WHYZERO_ASSIGN(auto source, app::open_source(case_.app, input));
    case_.sources.push_back(std::move(source));
  }
  unmended_ = case_.experiment;
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

app::EvaluateOptions Conductor::evaluate_options() const {
  app::EvaluateOptions run;
  run.threads = options_.threads;
  run.reference_kernels = options_.reference_kernels;
  run.max_memory_bytes = options_.max_memory_bytes;
  return run;
}

Result<void> Conductor::measure() {
  app::EvaluateOptions run = evaluate_options();
  run.keep_outputs = case_.binding->output_tensor.bytes() * case_.sources.front()->size() <= kMostKeptBytes;
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
    rules::point_at_cast(case_, finding);
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

bool Conductor::captured() const {
  return std::any_of(case_.sources.begin(), case_.sources.end(), [](const auto& source) { return source->captured(); });
}

/// What a patched app feeds and reads.
std::optional<app::Binding> Conductor::binding_of(const json& document) const {
  const auto patched = app::parse_app(document, case_.app.base);
  if (!patched) return std::nullopt;
  auto binding = app::bind(*patched, *case_.model);
  return binding ? std::optional(std::move(*binding)) : std::nullopt;
}

Diagnosis Conductor::finish() {
  point_at_lines();
  decide();
  if (case_.binding) fix::add_snippets(unmended_, [this](const json& document) { return binding_of(document); }, diagnosis_.findings);
  if (has_app_) patch_the_tensors(deployed_, case_, diagnosis_.findings, diagnosis_.mended);
  diagnosis_.base = case_.app.base;
  diagnosis_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return std::move(diagnosis_);
}

Result<Diagnosis> Conductor::run(app::App app) {
  has_app_ = true;
  case_.app = std::move(app);
  deployed_ = case_.app.document;
  WHYZERO_TRY(read_model(case_.app.model));
  if (case_.model) {
    WHYZERO_TRY(put_photos_in_place(case_, options_.threads, options_.progress));
    WHYZERO_TRY(open());
    if (case_.binding) WHYZERO_TRY(measure());
  }
  try_out();
  look();
  compare_runtimes();
  WHYZERO_TRY(acquit_model());
  if (case_.model && case_.binding) {
    if (!captured()) apply_static_mends();
    Finding* open = captured() ? nullptr : proven_by_bytes();
    if (open) WHYZERO_TRY(mend(*open));
    else if (!proven_already()) WHYZERO_TRY(search());
    if (!diagnosis_.after_fixes) verify(std::nullopt);
    conclude();
  }
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
