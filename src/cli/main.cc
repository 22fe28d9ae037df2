// The program: parses the command line, runs one command, turns what happens into an exit status.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <exception>
#include <optional>
#include <string_view>
#include <vector>

#include "app/words.h"
#include "base/checked.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/runtimes.h"
#include "cli/terminal.h"

namespace whyzero::cli {
namespace {

std::atomic<Progress*> interrupted_progress{nullptr};

void on_interrupt(int) {
  if (Progress* progress = interrupted_progress.load()) progress->cancel();
}

/// The first Ctrl-C asks the work to stop, a second one ends the program.
void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

void set_runtime(Context& context, const std::string& text) {
  context.runtime = text == "fast" ? Runtime::kFast : text == "reference" ? Runtime::kReference : Runtime::kLiteRT;
  if (text.starts_with("litert:")) context.litert_library = text.substr(7);
}

/// "64M" in bytes; nothing for what is no size.
std::optional<size_t> parse_bytes(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view suffix = text.substr(static_cast<size_t>(end - text.data()));
  if (error != std::errc() || number == 0 || suffix.size() > 1) return std::nullopt;
  constexpr std::string_view kSuffixes = "kMG";
  const size_t power = suffix.empty() ? 0 : kSuffixes.find(suffix[0] == 'K' ? 'k' : suffix[0]) + 1;
  if (!suffix.empty() && power == 0) return std::nullopt;  // npos + 1
  return checked_mul(number, size_t{1} << (10 * power));
}

std::string check_bytes(const std::string& text) {
  if (parse_bytes(text)) return {};
  return fmt::format("'{}' is no size; expected bytes, or a number with k, M or G, for example 512M", text);
}

/// A command with its parser and, once declared, its work.
struct Declared {
  const Command* command;
  CLI::App* parser;
  Runner run;
};

std::vector<Declared> declare_commands(CLI::App& program, Context& context) {
  std::vector<Declared> declared;
  for (const Command* command : all_commands()) {
    CLI::App* parser = program.add_subcommand(std::string(command->name), std::string(command->summary));
    Runner run = command->declare(*parser);
    const std::vector<std::string> formats(command->formats.begin(), command->formats.end());
    parser->add_option("--format", context.format, "How the result is written")
        ->check(CLI::IsMember(formats))
        ->capture_default_str()
        ->group("Common options");
    if (command->takes_threads)
      parser->add_option("--threads", context.threads, "Threads to use (0: all cores)")
          ->check(CLI::Range(0, 1024))
          ->group("Common options");
    if (command->runs_model)
      parser
          ->add_option_function<std::string>(
              "--runtime", [&context](const std::string& text) { set_runtime(context, text); },
              "fast (default; falls back to reference kernels), reference, litert[:PATH]")
          ->check(CLI::Validator(check_runtime, "NAME"))
          ->group("Common options");
    if (command->runs_model)
      parser
          ->add_option_function<std::string>(
              "--max-memory", [&context](const std::string& text) { context.max_memory_bytes = *parse_bytes(text); },
              "Most memory for the tensors of one run of the model: bytes, or with k, M or G (default: 1G)")
          ->check(CLI::Validator(check_bytes, "SIZE"))
          ->group("Common options");
    if (command->takes_seed)
      parser->add_option("--seed", context.seed, "Seed of everything random")->capture_default_str()->group("Common options");
    parser->add_flag("--quiet", context.quiet, "No remarks, no progress bar")->group("Common options");
    parser->footer("Example:\n  " + std::string(command->example));
    declared.push_back({command, parser, std::move(run)});
  }
  return declared;
}

bool asks_for_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--format=json") == 0) return true;
    if (std::strcmp(argv[i], "--format") == 0 && i + 1 < argc && std::strcmp(argv[i + 1], "json") == 0) return true;
  }
  return false;
}

int usage_error(const CLI::ParseError& error, int argc, char** argv) {
  Context context;
  if (asks_for_json(argc, argv)) context.format = "json";
  std::string message = error.what();
  std::vector<std::string_view> names;
  for (const Command* command : all_commands()) names.push_back(command->name);
  const bool known = argc > 1 && std::find(names.begin(), names.end(), std::string_view(argv[1])) != names.end();
  if (argc > 1 && argv[1][0] != '-' && !known) message = app::unknown_word("command", argv[1], names);
  if (argc <= 1) message = "a command is needed; known: " + app::join_words(names);
  message += known ? fmt::format(". See whyzero {} --help", argv[1]) : ". See whyzero --help";
  return fail_with(context, Error{ErrorCode::kInvalidArgument, message, {}});
}

/// What whyzero.json says, for a command that is about an app file.
Result<void> take_config(const Declared& chosen, const std::vector<Declared>& all) {
  if (chosen.command->subject.empty()) return {};
  const std::string subject = chosen.parser->get_option(std::string(chosen.command->subject))->as<std::string>();
  const auto file = find_config(subject);
  if (!file) return {};
  std::vector<const CLI::App*> configured;
  for (const Declared& one : all)
    if (!one.command->subject.empty()) configured.push_back(one.parser);
  return apply_config(*file, *chosen.parser, configured);
}

int run_program(int argc, char** argv) {
  Context context;
  CLI::App program("Finds out why a TensorFlow Lite model predicts nonsense in an app, proves it, and mends it.", "whyzero");
  program.set_version_flag("--version", "whyzero " WHYZERO_VERSION);
  program.require_subcommand(1);
  program.footer("whyzero COMMAND --help explains a command.");
  const std::vector<Declared> commands = declare_commands(program, context);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return program.exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return usage_error(error, argc, argv);
  }
  for (const Declared& declared : commands) {
    if (!declared.parser->parsed()) continue;
    if (auto taken = take_config(declared, commands); !taken) return fail_with(context, taken.error());
    if (context.threads == 0) context.threads = default_threads();
    TerminalProgress progress(context.quiet);
    context.progress = &progress;
    interrupted_progress = &progress;
    install_interrupt_handler();
    const int status = declared.run(context);
    interrupted_progress = nullptr;
    return status;
  }
  return kExitFailed;
}

}  // namespace
}  // namespace whyzero::cli

int main(int argc, char** argv) {
  // The library throws nothing; what remains is memory that runs out and the faults of others, never a crash for the user.
  try {
    return whyzero::cli::run_program(argc, argv);
  } catch (const std::exception& error) {
    whyzero::cli::Context context;
    if (whyzero::cli::asks_for_json(argc, argv)) context.format = "json";
    return whyzero::cli::fail_with(context, whyzero::Error{whyzero::ErrorCode::kOutOfMemory, error.what(), {"internal"}});
  }
}
