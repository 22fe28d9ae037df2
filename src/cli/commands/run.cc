// whyzero run: arrays in, arrays out.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"
#include "trace/run_model.h"
#include "trace/trace.h"

namespace whyzero::cli {
namespace {

struct Options {
  std::string model, input, output, signature;
  bool all_tensors = false;
};

nlohmann::json describe(const trace::RunResult& result) {
  nlohmann::json outputs = nlohmann::json::object(), missing = nlohmann::json::array(), skipped = nlohmann::json::array();
  for (const auto& [key, array] : result.arrays) outputs[key] = {{"dtype", dtype_name(array.dtype)}, {"shape", array.shape}};
  for (const auto& one : result.missing) missing.push_back({{"key", one.key}, {"why", one.error.text()}});
  for (const auto& node : result.coverage.skipped)
    skipped.push_back({{"node", node.node}, {"operator", node.op_name}, {"why", node.error.text()}});
  return {{"outputs", outputs},
          {"missing", missing},
          {"unused", result.unused},
          {"coverage", {{"operators", result.coverage.operators}, {"run", result.coverage.run}, {"skipped", skipped}}}};
}

Result<trace::RunResult> run_files(const Options& options, const Context& context) {
  WHYZERO_ASSIGN(auto model, load_model(options.model));
  trace::Arrays inputs;
  if (!options.input.empty()) {
    WHYZERO_ASSIGN(inputs, trace::read_npz(options.input));
  }
  trace::RunOptions run_options;
  run_options.all_tensors = options.all_tensors;
  run_options.signature = options.signature;
  WHYZERO_ASSIGN(run_options.runtime, runtime_of(context));
  run_options.session.max_memory_bytes = context.max_memory_bytes;
  run_options.session.progress = context.progress;
  WHYZERO_ASSIGN(auto result, trace::run_model(model, inputs, run_options));
  if (options.all_tensors) trace::describe_tensors(model->main(), result.arrays);
  WHYZERO_TRY(trace::write_npz(options.output, result.arrays));
  return result;
}

int run(const Options& options, const Context& context) {
  const auto result = run_files(options, context);
  if (!result) return fail_with(context, result.error());
  for (const std::string& key : result->unused)
    note(context, fmt::format("array \"{}\" is no input of the model; it was not used", key));
  nlohmann::json document = describe(*result);
  if (!result->missing.empty()) {
    Error error = result->missing[0].error;
    error.context.push_back("output " + result->missing[0].key + " was not computed");
    return fail_with(context, error, std::move(document));
  }
  if (context.json()) return finish(context, print_json(document));
  std::string text;
  for (const auto& [key, array] : result->arrays)
    text += fmt::format("{:<12} {:<8} [{}]\n", key, dtype_name(array.dtype), fmt::join(array.shape, ", "));
  return finish(context, print_text(printable(text)));
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("model", options->model, "The model (.tflite)")->required();
  parser.add_option("--input", options->input,
                    "Arrays in_0…, tensor names or a signature's names (.npz); s1_in_0… for a second invocation. Without: zeros. A model "
                    "without inputs is invoked twice");
  parser.add_option("-o,--output", options->output, "Where out_0… are written (.npz)")->required();
  parser.add_option("--signature", options->signature, "Key of the signature to run. Without: the first subgraph");
  parser.add_flag("--all-tensors", options->all_tensors, "Also write every tensor as t_<index>, with names, scales, zero_points and nodes by index");
  return [options](const Context& context) { return run(*options, context); };
}

}  // namespace

extern constinit const Command unit_run{
    .name = "run",
    .summary = "Runs a model on arrays from a file",
    .example = "whyzero run model.tflite --input in.npz --output out.npz",
    .runs_model = true,
    .takes_threads = true,
    .declare = declare,
};

}  // namespace whyzero::cli
