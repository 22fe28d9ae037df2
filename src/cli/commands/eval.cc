// whyzero eval: runs an app as it is and says how good its answers are.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/evaluate_on.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"

namespace whyzero::cli {
namespace {

struct Options {
  std::string app;
  size_t limit = 0;
};

struct ClassRow {
  int samples = 0, right = 0;
};

/// By true label: how many samples, how many right, and what was shown instead how often.
struct Table {
  std::map<std::string, ClassRow> classes;
  std::map<std::pair<std::string, std::string>, int> confused;
};

Table table_of(const app::App& app, const app::Evaluation& evaluation, const app::Truth& truth) {
  Table table;
  for (size_t i = 0; i < evaluation.answers.size(); ++i) {
    if (!evaluation.scored.correct[i]) continue;
    const bool right = *evaluation.scored.correct[i];
    ClassRow& row = table.classes[*truth.labels[i]];
    ++row.samples;
    row.right += right;
    if (right) continue;
    const int label = *evaluation.answers[i]->label;
    ++table.confused[{*truth.labels[i], app::label_text(app.output, label).value_or(fmt::format("#{}", label))}];
  }
  return table;
}

/// The most frequent first.
template <class Key>
std::vector<std::pair<Key, int>> by_count(const std::map<Key, int>& counts) {
  std::vector<std::pair<Key, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

/// What the metric cannot speak for.
std::vector<std::string> limits_of(const app::App& app, const app::Binding& binding, const app::Evaluation& evaluation) {
  std::vector<std::string> notes;
  const auto& shape = binding.output_tensor.shape;
  if (shape.size() >= 4 && shape[1] > 1 && shape[2] > 1)
    notes.push_back(
        "the output looks like a mask or a map; segmentation is not judged, the figures are of the whole output as one answer");
  else if (shape.size() == 3 && shape.back() == 4)
    notes.push_back("the output looks like boxes; detections are not judged");
  if (!evaluation.scored.value)
    notes.push_back("no sample has truth, so nothing says how good the answers are; give \"truth\" in the app file");
  if (evaluation.reinterpreted)
    notes.push_back("captured bytes have another dtype than the input tensor; they were taken as they lie in memory");
  if (app.inputs[0].kind == app::SourceKind::kTensors && !app.inputs[0].pipeline.empty())
    notes.push_back("the samples are captured tensors; the pipeline beside them is not run");
  return notes;
}

struct Outcome {
  app::App app;
  app::Evaluation evaluation;
  app::Truth truth;
  std::vector<std::string> notes;
  std::string runtime;
};

nlohmann::json document_of(const Outcome& outcome) {
  const app::Evaluation& evaluation = outcome.evaluation;
  const Table table = table_of(outcome.app, evaluation, outcome.truth);
  nlohmann::json unreadable = nlohmann::json::array(), classes = nlohmann::json::object(), confusion = nlohmann::json::array();
  for (const auto& one : evaluation.unreadable) unreadable.push_back({{"sample", one.sample}, {"why", one.why}});
  for (const auto& [label, row] : table.classes) classes[label] = {{"samples", row.samples}, {"right", row.right}};
  for (const auto& [pair, count] : by_count(table.confused))
    confusion.push_back({{"truth", pair.first}, {"shown", pair.second}, {"count", count}});
  const auto& value = evaluation.scored.value;
  return {{"metric", metric_name(evaluation.scored.metric)},
          {"value", value ? nlohmann::json(*value) : nlohmann::json()},
          {"samples", evaluation.scored.samples},
          {"samples_per_second", evaluation.scored.samples / std::max(evaluation.seconds, 1e-9)},
          {"seconds", evaluation.seconds},
          {"peak_rss_bytes", peak_rss_bytes()},
          {"predictions", evaluation.scored.predictions},
          {"classes", classes},
          {"confusion", confusion},
          {"constant_output", evaluation.constant_output},
          {"nan", evaluation.nan},
          {"distinct_inputs", evaluation.distinct_inputs},
          {"reinterpreted", evaluation.reinterpreted},
          {"unreadable", unreadable},
          {"unmatched_truth", outcome.truth.unmatched_rows},
          {"unknown_labels", outcome.truth.unknown_labels},
          {"notes", outcome.notes},
          {"runtime", outcome.runtime}};
}

std::string text_of(const Outcome& outcome) {
  constexpr size_t kRows = 20;
  const app::Evaluation& evaluation = outcome.evaluation;
  const auto& scored = evaluation.scored;
  std::string text =
      scored.value ? fmt::format("{} {}", metric_name(scored.metric), styled(fmt::format("{:.4g}", *scored.value), Style::kBold))
                   : fmt::format("{} unknown", metric_name(scored.metric));
  text += fmt::format("   {} samples, {:.3g} s ({:.0f} samples/s), peak memory {:.0f} MB\n", scored.samples, evaluation.seconds,
                      scored.samples / std::max(evaluation.seconds, 1e-9), static_cast<double>(peak_rss_bytes()) / 1e6);
  if (evaluation.constant_output) text += styled("The output is the same for every sample.", Style::kRed) + "\n";
  if (evaluation.nan) text += styled("The output holds NaN or infinity.", Style::kRed) + "\n";
  for (const auto& one : evaluation.unreadable) text += fmt::format("unreadable: {}\n", printable(one.why));
  for (const std::string& remark : outcome.notes) text += "note: " + remark + "\n";

  const auto shown = by_count(scored.predictions);
  if (!shown.empty())
    text += fmt::format("\n{}\n", styled(fmt::format("shown ({} different answers)", shown.size()), Style::kBold));
  for (size_t i = 0; i < std::min(kRows, shown.size()); ++i)
    text += fmt::format("{:>6}  {}\n", shown[i].second, printable(shown[i].first));
  const Table table = table_of(outcome.app, evaluation, outcome.truth);
  if (!table.classes.empty()) text += "\n" + styled(" right     of  class", Style::kBold) + "\n";
  size_t rows = 0;
  for (const auto& [label, row] : table.classes) {
    if (++rows > kRows) break;
    text += fmt::format("{:>6} {:>6}  {}\n", row.right, row.samples, printable(label));
  }
  if (table.classes.size() > kRows)
    text += fmt::format("… {} classes more; --format json has all\n", table.classes.size() - kRows);
  const auto confused = by_count(table.confused);
  if (!confused.empty()) text += "\n" + styled("often confused", Style::kBold) + "\n";
  for (size_t i = 0; i < std::min<size_t>(10, confused.size()); ++i)
    text += fmt::format("{:>6}  {} shown as {}\n", confused[i].second, printable(confused[i].first.first),
                        printable(confused[i].first.second));
  return text;
}

Result<Outcome> evaluate_files(const Options& options, const Context& context) {
  WHYZERO_ASSIGN(AppAndModel loaded, load_app_and_model(options.app));
  app::EvaluateOptions evaluate_options;
  evaluate_options.threads = context.threads;
  WHYZERO_ASSIGN(const auto runtime, runtime_of(context));
  evaluate_options.limit = options.limit;
  evaluate_options.max_memory_bytes = context.max_memory_bytes;
  WHYZERO_ASSIGN(auto evaluation, app::evaluate_on(runtime, loaded.app, loaded.model, evaluate_options, context.progress));
  WHYZERO_ASSIGN(const auto source, app::open_source(loaded.app, loaded.app.inputs[0]));
  WHYZERO_ASSIGN(auto truth, app::load_truth(loaded.app, *source));
  WHYZERO_ASSIGN(const auto binding, app::bind(loaded.app, *loaded.model));
  auto notes = limits_of(loaded.app, binding, evaluation);
  return Outcome{std::move(loaded.app), std::move(evaluation), std::move(truth), std::move(notes), std::string(runtime->name())};
}

int run(const Options& options, const Context& context) {
  const auto outcome = evaluate_files(options, context);
  if (!outcome) return fail_with(context, outcome.error());
  return finish(context, context.json() ? print_json(document_of(*outcome)) : print_text(text_of(*outcome)));
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("app", options->app, "The app file (.json)")->required();
  parser.add_option("--limit", options->limit, "Only the first N samples");
  return [options](const Context& context) { return run(*options, context); };
}

}  // namespace

extern constinit const Command unit_eval{
    .name = "eval",
    .summary = "Runs an app as its file says: metric, classes, confusion, speed",
    .example = "whyzero eval app.json",
    .runs_model = true,
    .takes_threads = true,
    .subject = "app",
    .declare = declare,
};

}  // namespace whyzero::cli
