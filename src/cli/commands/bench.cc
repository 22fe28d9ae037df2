// whyzero bench: how long a model takes and how much memory it needs.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"
#include "graph/macs.h"
#include "runtime/batch.h"
#include "trace/compare_models.h"

namespace whyzero::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string model;
  int runs = 0;
  bool per_operator = false;
};

/// Time by kind of operator; the time between begin and end of a node, subgraphs that it calls included.
struct OperatorTimes final : runtime::Observer {
  struct Total {
    double us = 0;
    int nodes = 0;
  };
  void node_begin(int subgraph, const graph::Node&) override {
    if (subgraph == 0) begin = Clock::now();
  }
  void node_end(int subgraph, const graph::Node& node, std::span<ops::Tensor* const>) override {
    if (subgraph != 0) return;
    Total& total = totals[node.op_name];
    total.us += std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
    ++total.nodes;
  }
  Clock::time_point begin;
  std::map<std::string, Total> totals;
};

struct Measured {
  std::vector<double> latency_us;  // sorted
  std::map<std::string, OperatorTimes::Total> operators;  // of one invocation
  double samples_per_second = 0;
  std::optional<size_t> arena_bytes;
  uint64_t macs = 0;
  std::string runtime;

  double at(double share) const { return latency_us[static_cast<size_t>(share * static_cast<double>(latency_us.size() - 1) + 0.5)]; }
};

Result<void> feed(runtime::Session& session, const std::vector<std::vector<uint8_t>>& inputs) {
  for (size_t k = 0; k < inputs.size(); ++k)
    if (session.input(static_cast<int>(k)).dtype != DType::kString) WHYZERO_TRY(session.set_input(static_cast<int>(k), inputs[k]));
  return {};
}

/// Invocations until `runs`, or without a number for about a second and at least ten.
Result<std::vector<double>> time_runs(runtime::Session& session, int runs, const Progress& progress) {
  constexpr int kWarmUp = 3, kFewest = 10;
  std::vector<double> times;
  const auto start = Clock::now();
  for (int run = -kWarmUp;; ++run) {
    if (progress.cancelled()) return fail(ErrorCode::kCancelled, "cancelled while the model was timed");
    WHYZERO_TRY(session.invoke());
    if (run >= 0) times.push_back(session.seconds() * 1e6);
    const int done = static_cast<int>(times.size());
    if (runs > 0 ? done >= runs : done >= kFewest && Clock::now() - start > std::chrono::seconds(1)) break;
  }
  std::sort(times.begin(), times.end());
  return times;
}

/// Samples a second with a session on every thread.
Result<double> throughput(const std::shared_ptr<const runtime::Runtime>& runtime, const std::shared_ptr<const graph::Model>& model,
                          const std::vector<std::vector<uint8_t>>& inputs, double median_us, const Context& context) {
  runtime::BatchRunner runner(runtime, model, {.progress = context.progress}, context.threads);
  const auto threads = static_cast<size_t>(runner.workers());
  for (size_t w = 0; w < threads; ++w) {
    WHYZERO_ASSIGN(runtime::Session * session, runner.worker(static_cast<int>(w)));
    WHYZERO_TRY(feed(*session, inputs));
    WHYZERO_TRY(session->invoke());
  }
  const auto count = static_cast<size_t>(std::clamp(1e6 / std::max(median_us, 1.0), 4.0, 1e5)) * threads;
  const auto start = Clock::now();
  WHYZERO_TRY(runner.run(count, [](runtime::Session& session, size_t) { return session.invoke(); }, context.progress));
  return static_cast<double>(count) / std::chrono::duration<double>(Clock::now() - start).count();
}

Result<Measured> measure(const Options& options, const Context& context) {
  WHYZERO_ASSIGN(const auto model, load_model(options.model));
  WHYZERO_ASSIGN(const auto runtime, runtime_of(context));
  const auto inputs = trace::random_samples(*model, 1, context.seed)[0];
  Measured measured;
  measured.runtime = runtime->name();
  measured.macs = graph::total_macs(*model);
  WHYZERO_ASSIGN(const auto session, runtime->open(model, {.progress = context.progress}));
  WHYZERO_TRY(feed(*session, inputs));
  WHYZERO_ASSIGN(measured.latency_us, time_runs(*session, options.runs, *context.progress));
  if (context.runtime != Runtime::kLiteRT) {
    const auto kernels = context.runtime == Runtime::kReference ? runtime::Kernels::kReference : runtime::Kernels::kFast;
    WHYZERO_ASSIGN(const auto interpreter, runtime::Interpreter::create(model, {.kernels = kernels}));
    WHYZERO_TRY(interpreter->prepare());
    measured.arena_bytes = interpreter->arena_bytes();
    OperatorTimes times;
    WHYZERO_ASSIGN(const auto observed, runtime::own_runtime(kernels, &times)->open(model, {.progress = context.progress}));
    WHYZERO_TRY(feed(*observed, inputs));
    WHYZERO_TRY(observed->invoke());
    times.totals.clear();
    const int runs = std::clamp(static_cast<int>(5e5 / std::max(measured.at(0.5), 1.0)), 1, 200);
    for (int run = 0; run < runs; ++run) WHYZERO_TRY(observed->invoke());
    for (auto& [op, total] : times.totals) measured.operators[op] = {total.us / runs, total.nodes / runs};
  }
  WHYZERO_ASSIGN(measured.samples_per_second, throughput(runtime, model, inputs, measured.at(0.5), context));
  return measured;
}

json document_of(const Measured& m, const Options& options, const Context& context) {
  json document = {{"latency_us", {{"min", m.at(0)}, {"median", m.at(0.5)}, {"p90", m.at(0.9)}}},
                   {"runs", m.latency_us.size()},
                   {"threads", context.threads},
                   {"samples_per_second", m.samples_per_second},
                   {"macs", m.macs},
                   {"arena_bytes", m.arena_bytes ? json(*m.arena_bytes) : json()},
                   {"peak_rss_bytes", peak_rss_bytes()},
                   {"runtime", m.runtime}};
  if (options.per_operator) {
    json operators = json::array();
    for (const auto& [op, total] : m.operators) operators.push_back({{"operator", op}, {"nodes", total.nodes}, {"us", total.us}});
    document["operators"] = operators;
  }
  return document;
}

std::string text_of(const Measured& m, const Options& options, const Context& context) {
  std::string text = fmt::format("{:.1f} µs median ({:.1f} min, {:.1f} p90) of {} runs on one thread, {}\n", m.at(0.5), m.at(0), m.at(0.9), m.latency_us.size(), m.runtime);
  if (m.macs > 0) text += fmt::format("{:.2f} million MACs, {:.1f} GOP/s\n", static_cast<double>(m.macs) / 1e6, 2e-3 * static_cast<double>(m.macs) / m.at(0.5));
  text += fmt::format("{:.0f} samples/s on {} thread{}\n", m.samples_per_second, context.threads, context.threads == 1 ? "" : "s");
  if (m.arena_bytes) text += fmt::format("{:.2f} MB of tensors, ", static_cast<double>(*m.arena_bytes) / 1e6);
  text += fmt::format("peak memory {:.1f} MB\n", static_cast<double>(peak_rss_bytes()) / 1e6);
  if (!options.per_operator) return text;
  std::vector<std::pair<std::string, OperatorTimes::Total>> rows(m.operators.begin(), m.operators.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.us > b.second.us; });
  text += "\n" + styled("        µs  nodes  operator", Style::kBold) + "\n";
  for (const auto& [op, total] : rows) text += fmt::format("{:>10.1f} {:>6}  {}\n", total.us, total.nodes, printable(op));
  return text;
}

int run(const Options& options, const Context& context) {
  const auto measured = measure(options, context);
  if (!measured) return fail_with(context, measured.error());
  if (options.per_operator && context.runtime == Runtime::kLiteRT) note(context, "the LiteRT library does not tell times by operator");
  return finish(context, context.json() ? print_json(document_of(*measured, options, context)) : print_text(text_of(*measured, options, context)));
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("model", options->model, "The model (.tflite); its inputs are random numbers from --seed")->required();
  parser.add_option("--runs", options->runs, "Invocations to time (0: about a second)")->check(CLI::Range(0, 1000000))->capture_default_str();
  parser.add_flag("--per-operator", options->per_operator, "Also the time by kind of operator");
  return [options](const Context& context) { return run(*options, context); };
}

}  // namespace

extern constinit const Command unit_bench{
    .name = "bench",
    .summary = "Times a model: latency, by operator, samples a second, memory",
    .example = "whyzero bench model.tflite --per-operator",
    .runs_model = true,
    .takes_threads = true,
    .takes_seed = true,
    .declare = declare,
};

}  // namespace whyzero::cli
