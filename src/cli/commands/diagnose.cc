// whyzero diagnose: the main job.
#include "diagnosis/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <vector>

#include "app/app.h"
#include "app/init.h"
#include "app/pointer_lines.h"
#include "app/words.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"
#include "evidence/suppression.h"
#include "fix/hand_over.h"
#include "graph/tflite_reader.h"
#include "report/report.h"
#include "rules/rule.h"

namespace whyzero::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormats[] = {"text", "json", "sarif", "junit", "github", "html"};

struct Options {
  std::string subject;               // APP.json or MODEL
  std::vector<std::string> images;
  std::string truth, labels, output, fail_on = "warning", code = "python";
  std::string baseline, write_baseline;
  evidence::Selection codes;
  bool fix = false;
  double budget = 0;
  std::vector<std::string> tensors;  // captured input tensors
  std::string dtype;                 // of raw bytes
  std::vector<int> shape;
};

bool is_app_file(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension == ".json";
}

/// With `--runtime litert` our kernels do the work, and the library is compared with them.
Result<diagnosis::DiagnoseOptions> diagnose_options(const Context& context, const Options& chosen) {
  diagnosis::DiagnoseOptions options;
  options.threads = context.threads;
  options.seed = context.seed;
  options.budget_seconds = chosen.budget;
  options.reference_kernels = context.runtime == Runtime::kReference;
  options.max_memory_bytes = context.max_memory_bytes;
  options.progress = context.progress;
  if (context.runtime == Runtime::kLiteRT) {
    WHYZERO_ASSIGN(options.second_runtime, runtime_of(context));
  }
  return options;
}

/// A model and captured tensors without an app file: .npy, a console's log, or raw bytes with dtype and shape.
Result<diagnosis::Diagnosis> diagnose_captured(const Options& options, const diagnosis::DiagnoseOptions& how) {
  nlohmann::json files = nlohmann::json::array(), output = nlohmann::json::object();
  for (const std::string& file : options.tensors) files.push_back(fs::absolute(file).string());
  if (files.size() == 1) files = files[0];  // a folder or a glob
  nlohmann::json source = files;
  if (!options.dtype.empty() || !options.shape.empty()) source = {{"files", files}, {"dtype", options.dtype}, {"shape", options.shape}};
  if (!options.labels.empty()) output["labels"] = fs::absolute(options.labels).string();
  nlohmann::json document = {{"whyzero", 1}, {"model", fs::absolute(options.subject).string()}, {"input", {{"tensors", source}}}, {"output", output}};
  if (!options.truth.empty()) document["truth"] = fs::absolute(options.truth).string();
  return diagnosis::diagnose_document(document, fs::current_path(), how);
}

/// A model and photos without an app file: the plainest app that could feed them.
Result<diagnosis::Diagnosis> diagnose_plain(const Context& context, const Options& options, const diagnosis::DiagnoseOptions& how) {
  const fs::path model_path = options.subject;
  if (options.images.empty()) return diagnosis::diagnose_model(model_path, how);
  WHYZERO_ASSIGN(const graph::Reading reading, graph::read_tflite(model_path));
  if (!reading.model) return diagnosis::diagnose_model(model_path, how);
  app::PlainAppOptions plain;
  plain.model = fs::absolute(model_path);
  for (const std::string& image : options.images) plain.images.push_back(fs::absolute(image));
  if (!options.truth.empty()) plain.truth = fs::absolute(options.truth);
  if (!options.labels.empty()) plain.labels = fs::absolute(options.labels);
  plain.base = fs::current_path();
  WHYZERO_ASSIGN(app::PlainApp guess, app::plain_app(*reading.model, plain));
  for (const std::string& remark : guess.notes) note(context, "assumed: " + remark);
  return diagnosis::diagnose_document(guess.document, plain.base, how);
}

/// A code that nothing has would select nothing, and every app would pass.
Result<void> check_codes(evidence::Selection& codes) {
  for (auto* list : {&codes.select, &codes.ignore})
    for (std::string& code : *list) {
      std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return std::toupper(c); });
      const auto rules = rules::all_rules();
      if (!code.empty() && std::any_of(rules.begin(), rules.end(), [&](const rules::Rule* rule) { return rule->code.starts_with(code); })) continue;
      std::vector<std::string_view> known;
      for (const rules::Rule* rule : rules::rules_by_code()) known.push_back(rule->code);
      return fail(ErrorCode::kInvalidArgument, std::string(list == &codes.select ? "--select: " : "--ignore: ") + app::unknown_word("code", code, known));
    }
  return {};
}

Result<diagnosis::Diagnosis> diagnose(const Context& context, const Options& options) {
  WHYZERO_ASSIGN(const diagnosis::DiagnoseOptions how, diagnose_options(context, options));
  if (is_app_file(options.subject) && options.images.empty()) return diagnosis::diagnose_app(options.subject, how);
  if (!options.tensors.empty()) return diagnose_captured(options, how);
  return diagnose_plain(context, options, how);
}

/// Files of the app as deployed, which no fix may write over.
std::vector<fs::path> originals(const Options& options, const diagnosis::Diagnosis& result) {
  std::vector<fs::path> files = {options.subject, result.model, options.labels, options.truth, options.baseline};
  if (!is_app_file(options.subject)) return files;
  const auto app = app::load_app(options.subject);
  if (!app) return files;
  if (app->truth) files.push_back(*app->truth);
  const nlohmann::json labels = app->document.value(nlohmann::json::json_pointer("/output/labels"), nlohmann::json());
  if (labels.is_string()) files.push_back(app->resolve(labels.get<std::string>()));
  return files;
}

/// What --fix and --output ask for.
Result<void> write_mended(const Context& context, const Options& options, diagnosis::Diagnosis& result) {
  if (!options.fix && options.output.empty()) return {};
  const fs::path folder = options.output.empty() ? "fixed" : options.output;
  const fix::HandOver what{result.mended, result.findings, result.base, result.model};
  WHYZERO_ASSIGN(const std::vector<fs::path> written, fix::hand_over(what, folder, options.fix, originals(options, result)));
  if (options.fix && written.empty()) note(context, "nothing to write: no fix was found that the app file could hold");
  for (const fs::path& file : written) note(context, "wrote " + file.string());
  if (written.empty()) return {};
  for (const auto& finding : result.findings)
    if (finding.fix && !finding.fix->rejected_by.empty()) note(context, finding.code + " is not verified: " + finding.fix->rejected_by);
  return {};
}

/// Where things stand in the app file, for formats that point at lines.
std::map<std::string, int> lines_of(const Options& options) {
  if (!is_app_file(options.subject) || !options.images.empty()) return {};
  const auto text = read_text(options.subject);
  return text ? app::pointer_lines(*text) : std::map<std::string, int>{};
}

/// Marks what is accepted; entries of the baseline that fit nothing are returned.
Result<std::vector<evidence::Accepted>> accept(const Context& context, const Options& options, diagnosis::Diagnosis& result) {
  std::vector<evidence::Accepted> baseline;
  if (!options.baseline.empty()) {
    WHYZERO_ASSIGN(baseline, evidence::read_baseline(options.baseline));
  }
  std::vector<evidence::Accepted> stale = evidence::suppress(options.codes, baseline, result.findings);
  if (!options.write_baseline.empty()) {
    WHYZERO_TRY(write_text(options.write_baseline, evidence::baseline_text(result.findings)));
    note(context, "wrote " + options.write_baseline);
  }
  return stale;
}

int status_of(const diagnosis::Diagnosis& result, const std::string& fail_on) {
  const auto at_least = [&](evidence::Severity severity) {
    return std::any_of(result.findings.begin(), result.findings.end(), [&](const auto& f) { return f.severity <= severity && f.suppressed_by.empty(); });
  };
  if (fail_on == "undetermined" && result.verdict == diagnosis::Verdict::kUndetermined) return kExitFindings;
  const evidence::Severity severity = fail_on == "error" ? evidence::Severity::kError : fail_on == "note" ? evidence::Severity::kNote : evidence::Severity::kWarning;
  return at_least(severity) ? kExitFindings : kExitFine;
}

std::string text_of(const Context& context, const diagnosis::Diagnosis& result, const report::Subject& subject, const Options& options) {
  const auto document = [](const nlohmann::json& json) { return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"; };
  if (context.format == "json") return document(report::json_from_diagnosis(result, subject));
  if (context.format == "sarif") return document(report::sarif_from_diagnosis(result, subject));
  if (context.format == "junit") return report::junit_from_diagnosis(result, subject);
  if (context.format == "github") return report::github_from_diagnosis(result, subject);
  if (context.format == "html") return report::html_from_diagnosis(result, subject);
  return report::text_from_diagnosis(result, {colour_wanted(), subject, options.code});
}

Result<diagnosis::Diagnosis> diagnose_if_asked_rightly(const Context& context, Options& options) {
  WHYZERO_TRY(check_codes(options.codes));
  return diagnose(context, options);
}

int run(const Context& context, Options& options) {
  auto result = diagnose_if_asked_rightly(context, options);
  if (!result) {
    nlohmann::json so_far = {{"schema", "whyzero/diagnosis/1"},
                             {"tool", {{"name", "whyzero"}, {"version", WHYZERO_VERSION}}},
                             {"verdict", "undetermined"},
                             {"findings", nlohmann::json::array()}};
    return fail_with(context, result.error(), std::move(so_far));
  }
  if (auto written = write_mended(context, options, *result); !written) {
    // What was found stays worth reading.
    if (context.format == "text") print_text(report::text_from_diagnosis(*result, {colour_wanted(), {options.subject, lines_of(options), {}}, options.code}));
    return fail_with(context, written.error(), report::json_from_diagnosis(*result));
  }
  auto stale = accept(context, options, *result);
  if (!stale) return fail_with(context, stale.error(), report::json_from_diagnosis(*result));
  const int status = stale->empty() ? status_of(*result, options.fail_on) : kExitFindings;
  const report::Subject subject{options.subject, lines_of(options), std::move(*stale)};
  return finish(context, print_text(text_of(context, *result, subject, options)), status);
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("subject", options->subject, "An app file (APP.json), or a model with photos")->required();
  parser.add_option("images", options->images, "Photos: files or folders; a folder of folders names the classes");
  parser.add_option("--truth", options->truth, "CSV with header sample,label")->type_name("FILE");
  parser.add_option("--labels", options->labels, "Text file, line k names class k")->type_name("FILE");
  parser.add_option("--tensors", options->tensors, "In place of photos: captured input tensors (.npy, .bin with --dtype and --shape, or a console's log)");
  parser.add_option("--dtype", options->dtype, "Of raw tensors: float32, uint8, …");
  parser.add_option("--shape", options->shape, "Of raw tensors: 1,224,224,3")->delimiter(',');
  parser.add_flag("--fix", options->fix, "Write the mended app file");
  parser.add_option("--output", options->output, "Folder for what --fix writes (default: fixed), and for a mended model")->type_name("FOLDER");
  parser.add_option("--budget", options->budget, "Seconds after which no deeper search is begun (0: no limit)")->check(CLI::NonNegativeNumber);
  parser.add_option("--fail-on", options->fail_on, "Least severity for exit status 1")
      ->check(CLI::IsMember({"error", "warning", "note", "undetermined"}))->capture_default_str();
  parser.add_option("--select", options->codes.select, "Only these codes, or beginnings of codes, count: P,L001")->delimiter(',')->expected(1)->take_all();
  parser.add_option("--ignore", options->codes.ignore, "These do not count; the longer beginning wins over --select")->delimiter(',')->expected(1)->take_all();
  parser.add_option("--baseline", options->baseline, "Accepted findings, which do not count; an entry that fits none any more gives exit status 1")->type_name("FILE");
  parser.add_option("--write-baseline", options->write_baseline, "Write the findings that count as accepted")->type_name("FILE");
  parser.add_option("--code", options->code, "Language of the code in the text")->check(CLI::IsMember({"python", "kotlin", "cpp"}))->capture_default_str();
  return [options](const Context& context) { return run(context, *options); };
}

}  // namespace

extern constinit const Command unit_diagnose{
    .name = "diagnose",
    .summary = "Find out why an app's model predicts nonsense, prove it, give the fix",
    .example = "whyzero diagnose model.tflite photos/ --labels labels.txt",
    .formats = kFormats,
    .runs_model = true,
    .takes_threads = true,
    .takes_seed = true,
    .subject = "subject",
    .declare = &declare,
};

}  // namespace whyzero::cli
