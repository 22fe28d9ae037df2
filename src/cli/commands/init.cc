// whyzero init: an app file to begin with. Asks on a terminal, guesses otherwise, and says what it guessed.
#include "app/init.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <span>

#include "app/app.h"
#include "app/edit.h"
#include "app/table_statistics.h"
#include "app/words.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/terminal.h"

namespace whyzero::cli {
namespace {

namespace fs = std::filesystem;
using app::StepRole;
using nlohmann::json;

struct Options {
  std::string model, labels, truth, scale, training, output = "app.json";
  std::vector<std::string> images;
  bool yes = false, force = false;
};

/// One line from the terminal; `otherwise` for an empty one or the end.
std::string ask(const std::string& question, const std::string& otherwise) {
  fmt::print(stderr, "{} [{}]: ", question, otherwise);
  std::string line;
  if (!std::getline(std::cin, line) || line.empty()) return otherwise;
  return line;
}

/// The same until the answer is one of the words.
std::string ask_for(const std::string& question, std::span<const std::string_view> words, const std::string& otherwise) {
  for (int tries = 0; tries < 3; ++tries) {
    const std::string answer = ask(fmt::format("{} ({})", question, app::join_words(words)), otherwise);
    if (answer == otherwise || std::find(words.begin(), words.end(), answer) != words.end()) return answer;
    fmt::print(stderr, "{}\n", printable(app::unknown_word("answer", answer, words)));
  }
  return otherwise;
}

constexpr std::string_view kLibraries[] = {"pillow", "opencv", "tensorflow"}, kOrders[] = {"rgb", "bgr"}, kRanges[] = {"0..1", "-1..1", "0..255"};

std::string range_name(const json& pipeline) {
  const json steps = app::steps_of(pipeline, {StepRole::kRange});
  if (steps.size() != 1 || !steps[0].contains("normalize")) return steps.empty() ? "0..255" : "as guessed";
  const double scale = steps[0]["normalize"].value("scale", 0.0), offset = steps[0]["normalize"].value("offset", 0.0);
  if (offset == 0 && scale > 0.0039 && scale < 0.004) return "0..1";
  return offset == -1 ? "-1..1" : "as guessed";
}

json range_steps(const std::string& name) {
  if (name == "0..255") return json::array();
  return json::array({{{"normalize", {{"scale", name == "0..1" ? 1 / 255.0 : 1 / 127.5}, {"offset", name == "0..1" ? 0.0 : -1.0}}}}});
}

/// What only the author of the app knows.
void ask_author(json& document, const fs::path& base) {
  const bool classes = document["output"]["decode"].dump().find("argmax") != std::string::npos;
  if (classes && !document["output"].contains("labels"))
    if (const std::string file = ask("Label file, line k names class k", "none"); file != "none") document["output"]["labels"] = fs::absolute(file).lexically_relative(base).generic_string();
  if (!document.contains("input") || !document["input"].contains("images")) return;
  json& pipeline = document["input"]["pipeline"];
  for (json& step : pipeline)
    if (step.contains("resize")) step["resize"]["library"] = ask_for("What resizes your photos", kLibraries, step["resize"].value("library", "pillow"));
  const bool colours = app::steps_of(pipeline, {StepRole::kChannels}).empty();
  if (colours && ask_for("In which order does your app feed the colours", kOrders, "rgb") == "bgr")
    pipeline = app::replace_steps(pipeline, {StepRole::kChannels}, json::array({{{"channels", "bgr"}}}));
  if (app::steps_of(pipeline, {StepRole::kStore}).empty()) {
    const std::string guess = range_name(pipeline), range = ask_for("Which numbers does your app feed", kRanges, guess);
    if (range != guess) pipeline = app::replace_steps(pipeline, {StepRole::kRange}, range_steps(range));
  }
}

Result<app::PlainApp> draft(const Options& options) {
  WHYZERO_ASSIGN(const auto model, load_model(options.model));
  app::PlainAppOptions plain;
  plain.model = options.model;
  plain.images.assign(options.images.begin(), options.images.end());
  plain.labels = options.labels;
  plain.truth = options.truth;
  std::error_code error;
  plain.base = fs::absolute(options.output, error).parent_path();
  return app::draft_app(*model, plain);
}

/// Statistics of the training table become the pipeline of an app that feeds rows of a table.
Result<void> add_scaling(const Options& options, app::PlainApp& drafted) {
  if (options.scale.empty()) {
    if (options.training.empty()) return {};
    return fail(ErrorCode::kInvalidArgument, "--training is for --scale standardize or --scale minmax, which say what is kept of the table");
  }
  if (!drafted.document.contains("input") || !drafted.document["input"].contains("table"))
    return fail(ErrorCode::kInvalidArgument, "--scale is for a table: give a .csv file behind the model");
  const json& table = drafted.document["input"]["table"];
  const std::string file = options.training.empty() ? options.images.front() : options.training;
  WHYZERO_ASSIGN(const auto columns, app::table_statistics(file, {}, table.value("label", "")));
  drafted.document["input"]["pipeline"] = app::scaling_steps(columns, options.scale == "minmax" ? app::Scaling::kMinMax : app::Scaling::kStandardize);
  json features = json::array();
  for (const auto& column : columns) features.push_back(column.name);
  drafted.document["input"]["table"]["features"] = features;
  drafted.notes.push_back(fmt::format("The pipeline keeps the statistics of {} ({} columns); they must be those of the table that the model was trained on.", file, columns.size()));
  for (const auto& column : columns)
    if (column.left_out > 0) drafted.notes.push_back(fmt::format("{} cells of column \"{}\" are no numbers and were left out of its statistics.", column.left_out, column.name));
  return {};
}

int run(const Context& context, const Options& options) {
  std::error_code error;
  if (fs::exists(options.output, error) && !options.force)
    return fail_with(context, Error{ErrorCode::kInvalidArgument, options.output + " is there already; name another file with --output, or write over it with --force", {}});
  auto drafted = draft(options);
  if (!drafted) return fail_with(context, drafted.error());
  if (auto scaled = add_scaling(options, *drafted); !scaled) return fail_with(context, scaled.error());
  const fs::path base = fs::absolute(options.output, error).parent_path();
  if (!options.yes && !context.json() && isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) ask_author(drafted->document, base);
  if (auto checked = app::parse_app(drafted->document, base); !checked) return fail_with(context, checked.error());
  if (auto written = write_text(options.output, drafted->document.dump(2) + "\n"); !written) return fail_with(context, written.error());
  if (context.json()) return finish(context, print_json({{"written", options.output}, {"app", drafted->document}, {"guessed", drafted->notes}}));
  std::string text = "wrote " + options.output + "\n\nGuessed; change in the file what your app does otherwise:\n";
  for (const std::string& remark : drafted->notes) text += "  - " + remark + "\n";
  text += fmt::format("\nNext: whyzero diagnose {}\n", options.output);
  return finish(context, print_text(printable(text)));
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("model", options->model, "The model (.tflite)")->required();
  parser.add_option("images", options->images, "Photos, a folder of folders, a table (.csv), arrays (.npy, .npz) or captured tensors (.bin, .log)");
  parser.add_option("--labels", options->labels, "Text file, line k names class k")->type_name("FILE");
  parser.add_option("--truth", options->truth, "CSV with header sample,label")->type_name("FILE");
  parser.add_option("--scale", options->scale, "Scale a table's features by statistics that are kept in the app file")->check(CLI::IsMember({"standardize", "minmax"}));
  parser.add_option("--training", options->training, "The table that the statistics are taken of, if it is another (.csv)")->type_name("FILE");
  parser.add_option("--output", options->output, "The app file to write")->type_name("FILE")->capture_default_str();
  parser.add_flag("--yes", options->yes, "Ask nothing");
  parser.add_flag("--force", options->force, "Write over a file that is there");
  return [options](const Context& context) { return run(context, *options); };
}

}  // namespace

extern constinit const Command unit_init{
    .name = "init",
    .summary = "Write an app file to begin with",
    .example = "whyzero init model.tflite photos/ --labels labels.txt",
    .declare = &declare,
};

}  // namespace whyzero::cli
