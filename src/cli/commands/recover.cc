// whyzero recover: the pipeline that made captured tensors.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "app/evaluate.h"
#include "app/recover/differences.h"
#include "app/recover/equivalents.h"
#include "app/recover/recover.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/terminal.h"

namespace whyzero::cli {
namespace {

using nlohmann::json;
using recover::Verdict;

struct OneInput {
  std::string pointer;
  bool originals = false;
  json believed;
  std::vector<std::string> names;
  recover::Recovery recovery;
  std::vector<app::Unreadable> unreadable;
  std::vector<json> equivalents;
  std::vector<recover::Difference> differences;
  std::vector<std::string> against_model;
};

struct Outcome {
  std::vector<OneInput> inputs;
  double seconds = 0;
};

/// Samples whose tensor or photo cannot be read, and why.
std::vector<app::Unreadable> unreadable_samples(const recover::Recovery& recovery, const app::Source& captured, const app::Source* originals, const app::TensorInfo& tensor) {
  std::vector<app::Unreadable> list;
  for (size_t i = 0; i < recovery.samples.size(); ++i) {
    if (recovery.samples[i].verdict != Verdict::kUnreadable) continue;
    for (const app::Source* source : {&captured, originals}) {
      if (!source) continue;
      const auto value = source->first_value(i, image::DecodeLike::kPillow, tensor);
      if (value) continue;
      list.push_back({captured.name(i), value.error().text()});
      break;
    }
  }
  return list;
}

Result<Outcome> recover_app(const std::string& path, const Context& context) {
  const auto started = std::chrono::steady_clock::now();
  WHYZERO_ASSIGN(const AppAndModel loaded, load_app_and_model(path));
  WHYZERO_ASSIGN(const auto binding, app::bind(loaded.app, *loaded.model));
  Outcome outcome;
  for (size_t k = 0; k < loaded.app.inputs.size(); ++k) {
    const app::Input& input = loaded.app.inputs[k];
    if (input.kind != app::SourceKind::kTensors) continue;
    WHYZERO_ASSIGN(const auto captured, app::open_source(loaded.app, input));
    WHYZERO_ASSIGN(const auto originals, recover::open_originals(loaded.app, input, *captured));
    OneInput one;
    one.pointer = input.pointer;
    one.originals = originals != nullptr;
    one.believed = input.pipeline;
    for (size_t i = 0; i < captured->size(); ++i) one.names.push_back(captured->name(i));
    const app::TensorInfo& tensor = binding.tensors[k];
    WHYZERO_ASSIGN(one.recovery, recover::recover(input, *captured, originals.get(), tensor, {context.threads, context.progress}));
    one.unreadable = unreadable_samples(one.recovery, *captured, originals.get(), tensor);
    if (one.recovery.pipeline.is_array()) {
      if (originals) one.equivalents = recover::equivalents(one.recovery, *captured, *originals, tensor, context.threads);
      if (!one.believed.empty()) one.differences = recover::differences(one.believed, one.recovery.pipeline);
      one.against_model = recover::against_model(one.recovery.pipeline, *loaded.model, static_cast<size_t>(binding.input_of[k]), tensor);
    }
    outcome.inputs.push_back(std::move(one));
  }
  if (outcome.inputs.empty())
    return fail(ErrorCode::kInvalidArgument, "the app has no captured tensors: give \"tensors\" (and \"original_images\") in place of its source");
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return outcome;
}

std::map<std::string, int> counts_of(const recover::Recovery& recovery) {
  std::map<std::string, int> counts;
  for (const auto& sample : recovery.samples) ++counts[recover::verdict_name(sample.verdict)];
  return counts;
}

std::pair<double, double> residual_of(const recover::Recovery& recovery) {
  double largest = 0, mean = 0;
  int count = 0;
  for (const auto& sample : recovery.samples) {
    if (sample.verdict == Verdict::kUnreadable || sample.verdict == Verdict::kConstant || sample.verdict == Verdict::kStale) continue;
    largest = std::max(largest, sample.largest);
    mean += sample.mean;
    ++count;
  }
  return {largest, count ? mean / count : 0};
}

/// JSON has no infinity.
json finite(double x) { return std::isfinite(x) ? json(x) : json(nullptr); }

json json_of(const OneInput& one) {
  const recover::Recovery& r = one.recovery;
  json facts = json::array(), differences = json::array(), samples = json::array(), unreadable = json::array();
  for (const auto& sample : one.unreadable) unreadable.push_back({{"sample", sample.sample}, {"why", sample.why}});
  for (const auto& fact : r.facts) facts.push_back({{"code", fact.code}, {"text", fact.text}, {"confidence", fact.confidence}});
  for (const auto& d : one.differences) differences.push_back({{"about", d.about}, {"believed", d.believed}, {"recovered", d.recovered}});
  for (size_t i = 0; i < r.samples.size() && r.pipeline.is_array(); ++i) {
    const auto& sample = r.samples[i];
    json entry = {{"sample", one.names[i]}, {"verdict", recover::verdict_name(sample.verdict)}, {"largest", finite(sample.largest)}, {"mean", finite(sample.mean)}};
    if (sample.like) entry["like"] = one.names[*sample.like];
    samples.push_back(std::move(entry));
  }
  const auto [largest, mean] = residual_of(r);
  return {{"input", one.pointer}, {"originals", one.originals}, {"tensors", one.names.size()}, {"pipeline", r.pipeline}, {"equivalents", one.equivalents},
          {"exact", r.exact}, {"near", r.near}, {"explained", r.explained}, {"residual", {{"largest", finite(largest)}, {"mean", finite(mean)}}},
          {"counts", r.pipeline.is_array() ? json(counts_of(r)) : json::object()}, {"samples", samples}, {"unreadable", unreadable}, {"believed", one.believed},
          {"differences", differences}, {"against_model", one.against_model}, {"facts", facts}, {"fragment", r.fragment}};
}

/// The method and library of the first step that has one.
std::string resizer_text(const json& pipeline) {
  for (const json& step : pipeline)
    for (const char* name : {"resize", "letterbox"})
      if (step.contains(name)) return fmt::format("{} of {}", step[name].value("method", ""), step[name].value("library", ""));
  return "";
}

std::string steps_text(const json& steps) { return steps.empty() ? "nothing" : steps.dump(); }

std::string text_of(const OneInput& one) {
  const recover::Recovery& r = one.recovery;
  std::string text = fmt::format("{}: {} captured tensors{}\n", one.pointer, one.names.size(), one.originals ? " and their photos" : ", no photos (\"original_images\")");
  if (r.pipeline.is_array()) {
    text += r.exact ? "The app's pipeline, to the bit:\n" : r.near ? "The app's pipeline, within what float resizers differ by:\n" : "The nearest pipeline that was found (it does not reproduce the tensors):\n";
    for (const json& step : r.pipeline) text += "  " + step.dump() + "\n";
    for (const json& other : one.equivalents)
      text += fmt::format("On these photos {} gives the same to the bit.\n", resizer_text(other));
    const auto [largest, mean] = residual_of(r);
    text += "Samples:";
    for (const auto& [name, count] : counts_of(r)) text += fmt::format(" {} {}", count, name);
    text += fmt::format("; largest residual {:.6g}, mean {:.6g}\n", largest, mean);
    for (size_t i = 0; i < r.samples.size(); ++i)
      if (r.samples[i].like) text += fmt::format("  {} holds what belongs to {}\n", one.names[i], one.names[*r.samples[i].like]);
    if (!one.believed.empty()) {
      text += one.differences.empty() ? "It is what the app file believes.\n" : "The app file believes otherwise:\n";
      for (const auto& d : one.differences) text += fmt::format("  {}: {} is believed, {} is done\n", d.about, steps_text(d.believed), steps_text(d.recovered));
    }
    for (const std::string& line : one.against_model) text += "Against the model: " + line + "\n";
  } else if (one.originals) {
    text += "No pipeline makes these tensors of these photos.\n";
  }
  for (const auto& sample : one.unreadable) text += fmt::format("unreadable: {}\n", sample.why);
  if (!r.facts.empty()) text += "The tensors themselves:\n";
  for (const auto& fact : r.facts) text += fmt::format("  {}{}\n", fact.code.empty() ? "" : fact.code + " ", fact.text);
  return text;
}

int run(const std::string& path, const Context& context) {
  const auto outcome = recover_app(path, context);
  if (!outcome) return fail_with(context, outcome.error());
  if (context.json()) {
    json inputs = json::array();
    for (const OneInput& one : outcome->inputs) inputs.push_back(json_of(one));
    return finish(context, print_json({{"schema", "whyzero/recover/1"}, {"inputs", inputs}, {"seconds", outcome->seconds}}));
  }
  std::string text;
  for (const OneInput& one : outcome->inputs) text += text_of(one);
  return finish(context, print_text(printable(text)));
}

Runner declare(CLI::App& parser) {
  auto path = std::make_shared<std::string>();
  parser.add_option("app", *path, "The app file (.json), with \"tensors\" and, where they are at hand, \"original_images\"")->required();
  return [path](const Context& context) { return run(*path, context); };
}

}  // namespace

extern constinit const Command unit_recover{
    .name = "recover",
    .summary = "Finds the pipeline that made captured tensors",
    .example = "whyzero recover app.json",
    .takes_threads = true,
    .declare = declare,
};

}  // namespace whyzero::cli
