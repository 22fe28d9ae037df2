// whyzero diagnose: the main job.
#include "diagnosis/diagnose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <vector>

#include "app/app.h"
#include "app/edit.h"
#include "app/init.h"
#include "app/rebase.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"
#include "graph/tflite_reader.h"
#include "report/report.h"

namespace whyzero::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string subject;               // APP.json or MODEL
  std::vector<std::string> images;
  std::string truth, labels, output, fail_on = "warning";
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

Result<diagnosis::Diagnosis> diagnose(const Context& context, const Options& options) {
  WHYZERO_ASSIGN(const diagnosis::DiagnoseOptions how, diagnose_options(context, options));
  if (is_app_file(options.subject) && options.images.empty()) return diagnosis::diagnose_app(options.subject, how);
  if (!options.tensors.empty()) return diagnose_captured(options, how);
  return diagnose_plain(context, options, how);
}

/// Writes the mended model into the folder and lets the fix that made it point there.
Result<void> place_model(const Context& context, diagnosis::Diagnosis& result, const fs::path& folder) {
  diagnosis::MendedModel& mended = result.mended_model;
  if (!mended.bytes) return {};
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path file = fs::absolute(folder, error) / (result.model.stem().string() + "-mended.tflite");
  WHYZERO_TRY(write_file(file, *mended.bytes));
  note(context, "wrote " + file.string());
  mended.path = file;
  if (result.mended.is_null()) return {};  // a model alone: there is no app file to patch
  nlohmann::json changed = result.mended;
  changed["model"] = file.string();
  for (evidence::Finding& finding : result.findings)
    if (finding.fix && finding.code == mended.code) finding.fix->patch = app::make_patch(result.mended, changed);
  result.mended = std::move(changed);
  return {};
}

Result<void> write_fix(const Context& context, const diagnosis::Diagnosis& result, const fs::path& folder) {
  if (result.mended.is_null()) {
    note(context, "nothing to write: no fix was found that the app file could hold");
    return {};
  }
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path file = folder / "app.json";
  WHYZERO_TRY(write_text(file, app::rebase(result.mended, result.base, folder).dump(2) + "\n"));
  note(context, "wrote " + file.string());
  const bool labels_mended = std::any_of(result.findings.begin(), result.findings.end(), [](const auto& f) { return f.code[0] == 'L' && f.fix && !f.fix->patch.empty(); });
  const auto labels = nlohmann::json::json_pointer("/output/labels");
  if (!labels_mended || !result.mended.contains(labels) || !result.mended[labels].is_array()) return {};
  std::string lines;
  for (const auto& label : result.mended[labels]) lines += label.get<std::string>() + "\n";
  WHYZERO_TRY(write_text(folder / "labels.txt", lines));
  note(context, "wrote " + (folder / "labels.txt").string());
  return {};
}

int status_of(const diagnosis::Diagnosis& result, const std::string& fail_on) {
  const auto at_least = [&](evidence::Severity severity) {
    return std::any_of(result.findings.begin(), result.findings.end(), [&](const auto& f) { return f.severity <= severity; });
  };
  if (fail_on == "undetermined" && result.verdict == diagnosis::Verdict::kUndetermined) return kExitFindings;
  const evidence::Severity severity = fail_on == "error" ? evidence::Severity::kError : fail_on == "note" ? evidence::Severity::kNote : evidence::Severity::kWarning;
  return at_least(severity) ? kExitFindings : kExitFine;
}

int run(const Context& context, const Options& options) {
  auto result = diagnose(context, options);
  if (!result) {
    nlohmann::json so_far = {{"schema", "whyzero/diagnosis/1"},
                             {"tool", {{"name", "whyzero"}, {"version", WHYZERO_VERSION}}},
                             {"verdict", "undetermined"},
                             {"findings", nlohmann::json::array()}};
    return fail_with(context, result.error(), std::move(so_far));
  }
  if (options.fix || !options.output.empty())
    if (auto placed = place_model(context, *result, options.output.empty() ? "fixed" : options.output); !placed)
      return fail_with(context, placed.error(), report::json_from_diagnosis(*result));
  if (options.fix)
    if (auto written = write_fix(context, *result, options.output.empty() ? "fixed" : options.output); !written)
      return fail_with(context, written.error(), report::json_from_diagnosis(*result));
  const int status = status_of(*result, options.fail_on);
  if (context.json()) return finish(context, print_json(report::json_from_diagnosis(*result)), status);
  return finish(context, print_text(report::text_from_diagnosis(*result, {colour_wanted(), options.subject})), status);
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("subject", options->subject, "An app file (APP.json), or a model with photos")->required();
  parser.add_option("images", options->images, "Photos: files or folders; a folder of folders names the classes");
  parser.add_option("--truth", options->truth, "CSV with header sample,label");
  parser.add_option("--labels", options->labels, "Text file, line k names class k");
  parser.add_option("--tensors", options->tensors, "In place of photos: captured input tensors (.npy, .bin with --dtype and --shape, or a console's log)");
  parser.add_option("--dtype", options->dtype, "Of raw tensors: float32, uint8, …");
  parser.add_option("--shape", options->shape, "Of raw tensors: 1,224,224,3")->delimiter(',');
  parser.add_flag("--fix", options->fix, "Write the mended app file");
  parser.add_option("--output", options->output, "Folder for what --fix writes (default: fixed), and for a mended model");
  parser.add_option("--budget", options->budget, "Seconds after which no deeper search is begun (0: no limit)")->check(CLI::NonNegativeNumber);
  parser.add_option("--fail-on", options->fail_on, "Least severity for exit status 1")
      ->check(CLI::IsMember({"error", "warning", "note", "undetermined"}))->capture_default_str();
  return [options](const Context& context) { return run(context, *options); };
}

}  // namespace

extern constinit const Command unit_diagnose{
    .name = "diagnose",
    .summary = "Find out why an app's model predicts nonsense, prove it, give the fix",
    .example = "whyzero diagnose model.tflite photos/ --labels labels.txt",
    .runs_model = true,
    .takes_threads = true,
    .takes_seed = true,
    .declare = &declare,
};

}  // namespace whyzero::cli
