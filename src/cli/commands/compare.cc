// whyzero compare: two models, two runtimes or two recorded runs, tensor by tensor.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "app/first_inputs.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"
#include "rules/numbers/runtime_disagrees.h"
#include "trace/compare_models.h"
#include "trace/reduce.h"

namespace whyzero::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Options {
  std::string first, second, app, runtime_a, runtime_b, output;
  size_t samples = 1;
};

/// A comparison with what follows from it.
struct Outcome {
  trace::Comparison comparison;
  std::optional<evidence::Finding> finding;
  std::string written;  // the small model that shows the finding
};

bool is_recording(const std::string& path) { return fs::path(path).extension() == ".npz"; }

Result<trace::Trace> load_trace(const std::string& path) {
  WHYZERO_ASSIGN(const trace::Arrays arrays, trace::read_npz(path));
  auto trace = trace::trace_from_arrays(arrays);
  if (!trace) return fail(std::move(trace).error(), path);
  trace->from = path;
  return trace;
}

Result<void> write_small_model(const trace::Reduced& reduced, Outcome& outcome, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path model = folder / "N003.tflite";
  WHYZERO_TRY(write_file(model, reduced.model));
  WHYZERO_TRY(trace::write_npz(folder / "N003.npz", reduced.inputs));
  outcome.written = model.string();
  return {};
}

Result<Outcome> compare_sides(const Options& options, const Context& context) {
  if (is_recording(options.first) || is_recording(options.second))
    return fail(ErrorCode::kInvalidArgument, "a recording (.npz) is compared with another recording; write one of the model with `whyzero run MODEL "
                                             "--all-tensors --output FILE.npz`");
  trace::Side a, b;
  WHYZERO_ASSIGN(a.model, load_model(options.first));
  b.model = a.model;
  const bool one_model = options.second.empty();
  if (!one_model) {
    WHYZERO_ASSIGN(b.model, load_model(options.second));
  }
  const std::string by_default = one_model ? "reference" : "fast";
  WHYZERO_ASSIGN(a.runtime, runtime_from(options.runtime_a.empty() ? by_default : options.runtime_a));
  WHYZERO_ASSIGN(b.runtime, runtime_from(options.runtime_b.empty() ? "fast" : options.runtime_b));
  if (one_model && options.runtime_a == options.runtime_b && !options.runtime_a.empty())
    return fail(ErrorCode::kInvalidArgument, "one model on one runtime has nothing to compare; name a second model or another --runtime-b");
  const auto label = [&](const std::string& model, const runtime::Runtime& runtime) {
    return one_model ? std::string(runtime.name()) : fmt::format("{} on {}", fs::path(model).filename().string(), runtime.name());
  };
  a.label = label(options.first, *a.runtime);
  b.label = label(options.second, *b.runtime);
  if (a.label == b.label) {
    a.label = "A: " + a.label;
    b.label = "B: " + b.label;
  }
  trace::Samples samples;
  if (options.app.empty()) {
    samples = trace::random_samples(*a.model, options.samples, context.seed, one_model ? nullptr : b.model.get());
  } else {
    WHYZERO_ASSIGN(const app::App app, app::load_app(options.app));
    WHYZERO_ASSIGN(samples, app::first_inputs(app, *a.model, options.samples));
  }
  WHYZERO_ASSIGN(trace::ModelComparison compared, trace::compare_models(a, b, samples, context.progress));
  if (options.app.empty() && !one_model)
    compared.comparison.notes.push_back("the inputs are random numbers, on which a sound quantized model may saturate; --app gives real ones");
  Outcome outcome;
  if (one_model && compared.comparison.beyond_rounding()) {
    const auto reduced = trace::reduce(a, b, compared, context.progress);
    outcome.finding = rules::runtime_disagreement(compared.comparison, reduced);
    if (outcome.finding && reduced && !options.output.empty()) WHYZERO_TRY(write_small_model(*reduced, outcome, options.output));
  }
  outcome.comparison = std::move(compared.comparison);
  return outcome;
}

/// Where a side has no names, numbers tell which tensors belong together, if the shapes behind all common ones agree.
bool same_numbers(const trace::Trace& a, const trace::Trace& b) {
  const auto nameless = [](const trace::Trace& trace) {
    return std::none_of(trace.tensors.begin(), trace.tensors.end(), [](const auto& tensor) { return !tensor.name.empty(); });
  };
  if (!nameless(a) && !nameless(b)) return false;
  std::map<int, std::vector<int64_t>> shapes;
  for (const trace::TraceTensor& tensor : a.tensors) shapes[tensor.index] = tensor.value.array.shape;
  bool common = false;
  for (const trace::TraceTensor& tensor : b.tensors) {
    const auto found = shapes.find(tensor.index);
    if (found == shapes.end() || tensor.index < 0) continue;
    if (found->second != tensor.value.array.shape) return false;
    common = true;
  }
  return common;
}

Result<Outcome> compare_files(const Options& options, const Context& context) {
  if (!is_recording(options.first) || !is_recording(options.second)) return compare_sides(options, context);
  WHYZERO_ASSIGN(const trace::Trace a, load_trace(options.first));
  WHYZERO_ASSIGN(const trace::Trace b, load_trace(options.second));
  Outcome outcome;
  WHYZERO_ASSIGN(outcome.comparison, trace::compare(a, b, trace::align(a, b, same_numbers(a, b))));
  return outcome;
}

json document_of(const trace::Difference& d) {
  const auto number = [](double value) { return std::isfinite(value) ? json(value) : json(); };
  return {{"agreement", trace::agreement_name(d.agreement)}, {"elements", d.elements}, {"differing", d.differing},
          {"max_error", number(d.max_error)}, {"error_steps", d.error_steps}, {"sqnr_db", number(d.sqnr_db)}, {"why", d.why}};
}

json document_of(const Outcome& outcome) {
  const trace::Comparison& comparison = outcome.comparison;
  json rows = json::array(), findings = json::array();
  for (const trace::Row& row : comparison.rows) {
    rows.push_back({{"label", row.label}, {"index", row.index}, {"node", row.node}, {"operator", row.op_name}, {"output", row.output},
                    {"aligned_by", trace::by_name(row.pair.by)}, {"role", trace::role_name(row.role)}, {"accumulated", document_of(row.accumulated)},
                    {"isolated", row.isolated ? document_of(*row.isolated) : json()}});
  }
  if (outcome.finding)
    findings.push_back({{"code", outcome.finding->code}, {"name", outcome.finding->name}, {"severity", evidence::severity_name(outcome.finding->severity)},
                        {"message", outcome.finding->message}, {"confidence", outcome.finding->confidence}, {"model", outcome.written}});
  const auto label_at = [&](int row) { return row < 0 ? json() : json(comparison.rows[static_cast<size_t>(row)].label); };
  return {{"first", comparison.first}, {"second", comparison.second}, {"samples", comparison.samples}, {"beyond_rounding", comparison.beyond_rounding()},
          {"first_divergence", label_at(comparison.first_divergence())}, {"culprit", label_at(comparison.culprit())}, {"tensors", rows},
          {"only_first", comparison.only_first}, {"only_second", comparison.only_second}, {"notes", comparison.notes}, {"not_run", comparison.not_run}, {"findings", findings}};
}

std::string cell(const trace::Difference& d) {
  if (d.agreement == trace::Agreement::kIncomparable) return d.why;
  if (d.agreement == trace::Agreement::kEqual) return "equal";
  if (d.other_non_finite) return "NaN/infinity";
  if (d.error_steps > 0) return fmt::format("{:.0f} step{}", d.error_steps, d.error_steps == 1 ? "" : "s");
  return fmt::format("{:.3g}", d.max_error);
}

std::string text_of(const Outcome& outcome) {
  constexpr size_t kRows = 60;
  const trace::Comparison& comparison = outcome.comparison;
  std::string text = fmt::format("{} against {}, {} sample{}, {} tensor{}\n\n", printable(comparison.first), printable(comparison.second),
                                 comparison.samples, comparison.samples == 1 ? "" : "s", comparison.rows.size(), comparison.rows.size() == 1 ? "" : "s");
  text += styled(fmt::format("{:<8} {:<14} {:<14} {:>8}  {}\n", "", "alone", "in the run", "SQNR dB", "tensor"), Style::kBold);
  const bool all = comparison.rows.size() <= kRows;
  size_t left_out = 0;
  for (const trace::Row& row : comparison.rows) {
    if (!all && row.role == trace::Role::kFine && !row.output) {
      ++left_out;
      continue;
    }
    const double db = row.accumulated.sqnr_db;
    text += fmt::format("{:<8} {:<14} {:<14} {:>8}  {} {}{}\n", row.role == trace::Role::kFine ? "" : trace::role_name(row.role),
                        row.isolated ? cell(*row.isolated) : "-", cell(row.accumulated), std::isfinite(db) ? fmt::format("{:.1f}", db) : "-",
                        printable(row.label), printable(row.op_name), row.output ? " (output)" : "");
  }
  if (left_out > 0) text += fmt::format("… {} more within rounding; --format json has all\n", left_out);
  for (const auto& [labels, side] : {std::pair(&comparison.only_first, "first"), std::pair(&comparison.only_second, "second")})
    if (!labels->empty())
      text += fmt::format("{} tensor{} of the {} without a partner: {}{}\n", labels->size(), labels->size() == 1 ? "" : "s", side,
                          printable(fmt::format("{}", fmt::join(labels->begin(), labels->begin() + static_cast<long>(std::min<size_t>(5, labels->size())), ", "))),
                          labels->size() > 5 ? ", …" : "");
  for (const std::string& reason : comparison.not_run) text += "not run: " + printable(reason) + "\n";
  for (const std::string& remark : comparison.notes) text += "note: " + printable(remark) + "\n";
  text += "\n";
  if (outcome.finding) {
    text += styled(outcome.finding->code + " " + outcome.finding->name, Style::kRed) + "\n  " + printable(outcome.finding->message) + "\n";
    if (!outcome.written.empty()) text += "  Written: " + printable(outcome.written) + ", with its inputs beside it\n";
  } else if (!comparison.not_run.empty() && !comparison.beyond_rounding()) {
    text += "What both computed agrees; the rest could not be compared, for one side stopped before its answer.\n";
  } else if (comparison.beyond_rounding()) {
    text += fmt::format("They differ by more than rounding and quantization explain, first at {}.\n", printable(comparison.rows[static_cast<size_t>(comparison.culprit())].label));
  } else if (comparison.first_divergence() >= 0) {
    text += "Every operator alone agrees within rounding and the noise of quantization; both add up over the layers.\n";
  } else {
    const bool noise = std::any_of(comparison.rows.begin(), comparison.rows.end(), [](const trace::Row& row) { return row.accumulated.agreement == trace::Agreement::kNoise; });
    text += fmt::format("They agree within rounding{}.\n", noise ? " and the noise of quantization" : "");
  }
  return text;
}

int run(const Options& options, const Context& context) {
  const auto outcome = compare_files(options, context);
  if (!outcome) return fail_with(context, outcome.error());
  const int status = outcome->comparison.beyond_rounding() || !outcome->comparison.not_run.empty() ? kExitFindings : kExitFine;
  return finish(context, context.json() ? print_json(document_of(*outcome)) : print_text(text_of(*outcome)), status);
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("first", options->first, "A model (.tflite), or what `run --all-tensors` wrote (.npz)")->required();
  parser.add_option("second", options->second, "Another of the same kind; without: the first model on two runtimes");
  parser.add_option("--app", options->app, "App file whose first samples are the inputs; without: random numbers from --seed");
  parser.add_option("--samples", options->samples, "How many samples; errors are the worst of all")->check(CLI::Range(1, 100000))->capture_default_str();
  parser.add_option("--runtime-a", options->runtime_a, "Runtime of the first: fast, reference, litert[:PATH]")->check(CLI::Validator(check_runtime, "NAME"));
  parser.add_option("--runtime-b", options->runtime_b, "Runtime of the second (default: fast)")->check(CLI::Validator(check_runtime, "NAME"));
  parser.add_option("-o,--output", options->output, "Folder for the smallest model that shows where two runtimes disagree");
  return [options](const Context& context) { return run(*options, context); };
}

}  // namespace

extern constinit const Command unit_compare{
    .name = "compare",
    .summary = "Compares two models, runtimes or recorded runs tensor by tensor: first divergence, culprit, victims",
    .example = "whyzero compare model.tflite --runtime-a reference --runtime-b litert --app app.json",
    .takes_seed = true,
    .declare = declare,
};

}  // namespace whyzero::cli
