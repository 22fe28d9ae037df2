// What a command of the program is. One file a command in commands/; the build lists them.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "runtime/interpreter.h"
#include "whyzero/result.h"

namespace whyzero::cli {

enum class Runtime { kFast, kReference, kLiteRT };

/// What every command gets: the options that they have in common, already checked.
struct Context {
  std::string format = "text";  // one of Command::formats
  int threads = 0;              // never 0 when a command runs: all cores are counted already
  Runtime runtime = Runtime::kFast;
  std::filesystem::path litert_library;  // --runtime litert:PATH; empty: search
  size_t max_memory_bytes = runtime::InterpreterOptions{}.max_memory_bytes;
  bool quiet = false;
  uint64_t seed = 1;
  Progress* progress = nullptr;  // never null; cancelled by SIGINT

  bool json() const { return format == "json"; }
};

/// Does the command's work, writes its result to standard output and returns the exit status (0, 1 or 2).
using Runner = std::function<int(const Context&)>;

inline constexpr std::string_view kTextAndJson[] = {"text", "json"};

struct Command {
  std::string_view name;
  std::string_view summary;  // one line
  std::string_view example;  // shown by --help
  std::span<const std::string_view> formats = kTextAndJson;
  bool runs_model = false;     // takes --runtime and --max-memory
  bool takes_threads = false;  // takes --threads
  bool takes_seed = false;     // takes --seed
  std::string_view subject = {};  // the positional that whyzero.json is looked for from; empty: the command takes none
  /// Adds the command's own options to its parser; the Runner owns what they are bound to.
  Runner (*declare)(CLI::App& parser) = nullptr;
};

/// Sorted by name.
std::span<const Command* const> all_commands();

inline constexpr int kExitFine = 0, kExitFindings = 1, kExitFailed = 2;

}  // namespace whyzero::cli
