// whyzero record: runs a user's own Python script, notes what it feeds and reads, and diagnoses that. The work is done by
// python/whyzero_record in the script's own interpreter; this command finds both.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>

#include "cli/command.h"
#include "cli/terminal.h"

namespace whyzero::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> program;
  std::string output = "recorded", truth, labels;
  int max_samples = 200, max_megabytes = 512;
  bool no_diagnose = false;
};

/// The folder that holds whyzero_record: where it is installed, or the source tree that the program was built in.
std::optional<fs::path> recorder_folder(const fs::path& program) {
  std::error_code error;
  for (fs::path folder = program.parent_path(); !folder.empty() && folder != folder.parent_path(); folder = folder.parent_path())
    for (const char* place : {"share/whyzero/python", "python"})
      if (fs::exists(folder / place / "whyzero_record" / "__main__.py", error)) return folder / place;
  return std::nullopt;
}

/// The words to execute: PYTHON [its options] -m whyzero_record OPTIONS SCRIPT ARGUMENTS.
Result<std::vector<std::string>> command_line(const Context& context, const Options& options) {
  std::vector<std::string> words, own = options.program;
  const bool names_python = fs::path(own.front()).filename().string().starts_with("python");
  words.push_back(names_python ? own.front() : "python3");
  if (names_python) own.erase(own.begin());
  while (!own.empty() && own.front().starts_with("-") && own.front() != "-m" && own.front() != "-c") {
    words.push_back(own.front());
    own.erase(own.begin());
  }
  if (own.empty() || !fs::path(own.front()).filename().string().ends_with(".py"))
    return fail(ErrorCode::kInvalidArgument, "record runs Python scripts: whyzero record -- python app.py. An app in another language writes its tensors "
                                             "with whyzero_capture.h (docs/how-to/capture.md)");
  for (const std::string& word : {std::string("-m"), std::string("whyzero_record"), std::string("--output"), options.output, std::string("--max-samples"),
                                  std::to_string(options.max_samples), std::string("--max-megabytes"), std::to_string(options.max_megabytes),
                                  std::string("--format"), context.format})
    words.push_back(word);
  for (const auto& [name, value] : {std::pair{"--truth", options.truth}, {"--labels", options.labels}})
    if (!value.empty()) words.insert(words.end(), {name, value});
  if (options.no_diagnose) words.emplace_back("--no-diagnose");
  words.insert(words.end(), own.begin(), own.end());
  return words;
}

int run(const Context& context, const Options& options) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const auto folder = recorder_folder(program);
  if (!folder) return fail_with(context, Error{ErrorCode::kNotFound, "the Python package whyzero_record is not beside the program; `make install` puts it there", {}});
  const auto words = command_line(context, options);
  if (!words) return fail_with(context, words.error());
  const char* path = std::getenv("PYTHONPATH");
  setenv("PYTHONPATH", (folder->string() + (path && *path ? std::string(":") + path : "")).c_str(), 1);
  setenv("WHYZERO", program.c_str(), 1);
  std::vector<char*> argv;
  for (const std::string& word : *words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  return fail_with(context, Error{ErrorCode::kNotFound, fmt::format("cannot run {}: {}", words->front(), std::strerror(errno)), {}});
}

Runner declare(CLI::App& parser) {
  auto options = std::make_shared<Options>();
  parser.add_option("program", options->program, "The script and its arguments, after --")->required();
  parser.add_option("--output", options->output, "Folder for app.json, calls.jsonl and the tensors")->capture_default_str();
  parser.add_option("--truth", options->truth, "CSV with header sample,label; a sample is its number");
  parser.add_option("--labels", options->labels, "Label file, if the script reads none");
  parser.add_option("--max-samples", options->max_samples, "Values of the first N samples are kept")->capture_default_str()->check(CLI::PositiveNumber);
  parser.add_option("--max-megabytes", options->max_megabytes, "Of values on disk")->capture_default_str()->check(CLI::PositiveNumber);
  parser.add_flag("--no-diagnose", options->no_diagnose, "Only record");
  return [options](const Context& context) { return run(context, *options); };
}

}  // namespace

extern constinit const Command unit_record{
    .name = "record",
    .summary = "Run a user's own script, note what it feeds and reads, and diagnose that",
    .example = "whyzero record -- python app.py",
    .declare = &declare,
};

}  // namespace whyzero::cli
