// whyzero preprocess: what an app's pipeline makes of its samples.
#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "app/evaluate_on.h"
#include "app/step.h"
#include "app/words.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "trace/npz.h"

namespace whyzero::cli {
namespace {

struct Options {
  std::string app, output, sample;
  size_t input = 0;
  bool steps = false;
};

trace::Array array_of(const app::Value& value) {
  trace::Array array;
  array.dtype = value.dtype;
  array.shape.assign(value.shape.begin(), value.shape.end());
  array.data = value.bytes;
  return array;
}

/// All samples in one array, samples first: a batch axis of one is the sample's axis.
Result<trace::Array> stack(const std::vector<app::Value>& values) {
  trace::Array array = array_of(values[0]);
  if (!array.shape.empty() && array.shape[0] == 1) array.shape.erase(array.shape.begin());
  array.shape.insert(array.shape.begin(), static_cast<int64_t>(values.size()));
  constexpr size_t kMostBytes = size_t{1} << 32;
  if (values[0].bytes.size() > kMostBytes / values.size())
    return fail(ErrorCode::kOutOfMemory, fmt::format("{} samples of {} bytes are too much for one file; take --sample",
                                                     values.size(), values[0].bytes.size()));
  array.data.clear();
  for (const app::Value& value : values) array.data.insert(array.data.end(), value.bytes.begin(), value.bytes.end());
  return array;
}

trace::Array names_array(const std::vector<std::string>& names) {
  trace::Array array;
  array.dtype = DType::kString;
  array.shape = {static_cast<int64_t>(names.size())};
  array.strings = names;
  return array;
}

Result<size_t> find_sample(const app::Source& source, const std::string& wanted) {
  std::vector<std::string_view> known;
  for (size_t i = 0; i < source.size(); ++i) {
    const std::string& name = source.name(i);
    if (name == wanted || (name.size() > wanted.size() && name.ends_with("/" + wanted))) return i;
    known.push_back(name);
  }
  if (known.size() > 20) known.resize(20);
  return fail(ErrorCode::kNotFound, app::unknown_word("sample", wanted, known));
}

/// The value before the pipeline as step_0, after its first step as step_1, …
Result<trace::Arrays> every_step(const app::Source& source, const app::Input& input, size_t i, const app::TensorInfo& tensor) {
  trace::Arrays arrays;
  WHYZERO_ASSIGN(app::Value value, source.first_value(i, app::decode_like(input.pipeline), tensor));
  const size_t steps = source.captured() ? 0 : input.pipeline.size();
  const int digits = steps > 9 ? 2 : 1;
  for (size_t k = 0; k <= steps; ++k) {
    if (k > 0) WHYZERO_TRY(app::run_steps(value, input.pipeline, k - 1, k, tensor));
    if (!value.cells.empty()) continue;  // texts of a table row
    const std::string name = k == 0 ? "value" : input.pipeline[k - 1].begin().key();
    arrays[fmt::format("step_{:0{}}_{}", k, digits, name)] = array_of(value);
  }
  WHYZERO_TRY(app::finish_value(value, tensor));
  arrays["x"] = array_of(value);
  arrays["names"] = names_array({source.name(i)});
  return arrays;
}

struct Outcome {
  trace::Arrays arrays;
  std::vector<app::Unreadable> unreadable;
};

Result<Outcome> every_sample(const app::Source& source, const app::Input& input, const app::TensorInfo& tensor,
                             std::vector<size_t> wanted, const Context& context) {
  std::vector<std::optional<Result<app::Value>>> results(wanted.size());
  std::vector<char> finished(wanted.size(), 1);
  std::atomic<size_t> done{0};
  parallel_for(wanted.size(), context.threads, [&](int, size_t k) {
    if (context.progress->cancelled()) return;
    results[k] = source.first_value(wanted[k], app::decode_like(input.pipeline), tensor);
    if (*results[k])
      if (auto finish = app::finish_input(**results[k], source, input, tensor); !finish) {
        results[k] = fail(std::move(finish).error());
        finished[k] = 0;
      }
    context.progress->update("preprocessing", ++done, wanted.size());
  });
  if (context.progress->cancelled()) return fail(ErrorCode::kCancelled, "interrupted");
  Outcome outcome;
  std::vector<app::Value> values;
  std::vector<std::string> names;
  for (size_t k = 0; k < wanted.size(); ++k) {
    auto& result = *results[k];
    if (!finished[k]) return fail(std::move(result).error(), source.place(wanted[k]));
    if (!result) {
      outcome.unreadable.push_back({source.name(wanted[k]), result.error().text()});
      continue;
    }
    values.push_back(std::move(*result));
    names.push_back(source.name(wanted[k]));
  }
  if (values.empty()) return fail(ErrorCode::kNotFound, "no sample could be read: " + outcome.unreadable[0].why);
  WHYZERO_ASSIGN(outcome.arrays["x"], stack(values));
  outcome.arrays["names"] = names_array(names);
  return outcome;
}

Result<Outcome> preprocess(const Options& options, const Context& context) {
  WHYZERO_ASSIGN(const AppAndModel loaded, load_app_and_model(options.app));
  WHYZERO_ASSIGN(const auto binding, app::bind(loaded.app, *loaded.model));
  if (options.input >= loaded.app.inputs.size())
    return fail(ErrorCode::kNotFound,
                fmt::format("the app has {} input(s), not {}", loaded.app.inputs.size(), options.input + 1));
  const app::Input& input = loaded.app.inputs[options.input];
  WHYZERO_ASSIGN(const auto source, app::open_source(loaded.app, input));
  if (source->size() == 0) return fail(ErrorCode::kNotFound, "the app has no sample");
  std::vector<size_t> wanted;
  if (!options.sample.empty()) {
    WHYZERO_ASSIGN(const size_t i, find_sample(*source, options.sample));
    wanted = {i};
  } else {
    for (size_t i = 0; i < (options.steps ? 1 : source->size()); ++i) wanted.push_back(i);
  }
  const app::TensorInfo& tensor = binding.tensors[options.input];
  Outcome outcome;
  if (options.steps) {
    WHYZERO_ASSIGN(outcome.arrays, every_step(*source, input, wanted[0], tensor));
  } else {
    WHYZERO_ASSIGN(outcome, every_sample(*source, input, tensor, wanted, context));
  }
  WHYZERO_TRY(trace::write_npz(options.output, outcome.arrays));
  return outcome;
}

int run(const Options& options, const Context& context) {
  const auto outcome = preprocess(options, context);
  if (!outcome) return fail_with(context, outcome.error());
  nlohmann::json arrays = nlohmann::json::object(), unreadable = nlohmann::json::array();
  std::string text;
  for (const auto& [key, array] : outcome->arrays) {
    arrays[key] = {{"dtype", dtype_name(array.dtype)}, {"shape", array.shape}};
    text += fmt::format("{:<24} {:<8} [{}]\n", key, dtype_name(array.dtype), fmt::join(array.shape, ", "));
  }
  for (const auto& one : outcome->unreadable) {
    unreadable.push_back({{"sample", one.sample}, {"why", one.why}});
    note(context, "unreadable: " + one.why);
  }
  return finish(context, context.json() ? print_json({{"output", options.output}, {"arrays", arrays}, {"unreadable", unreadable}})
                                        : print_text(printable(text)));
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("app", options->app, "The app file (.json)")->required();
  parser.add_option("-o,--output", options->output, "Where the array x (samples first) and names are written (.npz)")->required();
  parser.add_option("--sample", options->sample, "Only this sample: its path, or the end of it");
  parser.add_option("--input", options->input, "Which of the app's inputs")->capture_default_str();
  parser.add_flag("--steps", options->steps, "The value after each step, of --sample or the first sample");
  return [options](const Context& context) { return run(*options, context); };
}

}  // namespace

extern constinit const Command unit_preprocess{
    .name = "preprocess",
    .summary = "Writes what an app's pipeline makes of its samples",
    .example = "whyzero preprocess app.json -o x.npz --sample 0001.jpg --steps",
    .takes_threads = true,
    .declare = declare,
};

}  // namespace whyzero::cli
