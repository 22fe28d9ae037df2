// How the program talks: results to standard output, everything else to standard error, colour only on a terminal.
#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "cli/command.h"
#include "whyzero/result.h"

namespace whyzero::cli {

/// Whether text on standard output may carry colour: a terminal, NO_COLOR unset or empty, TERM not "dumb".
bool colour_wanted();

/// Terminal styles; plain text where colour is not wanted.
enum class Style { kBold, kRed, kYellow, kGreen, kDim };
std::string styled(std::string_view text, Style style);

/// Text from files as a terminal may see it: control characters are written as \xNN.
std::string printable(std::string_view text);

/// Writes to standard output; false where that failed (a full disk, a closed pipe).
bool print_text(std::string_view text);
/// The document, indented, with a final newline. Text that is not UTF-8 is replaced, never an error.
bool print_json(const nlohmann::json& document);
/// A remark on standard error; nothing with --quiet.
void note(const Context& context, std::string_view text);

/// Reports why the command could not do its job (standard error; with --format json also a document on standard output) and
/// returns the exit status. `so_far` holds keys that the document gets beside "error".
int fail_with(const Context& context, const Error& error, nlohmann::json so_far = nlohmann::json::object());

/// The exit status `status`, or that of a failure where standard output could not be written.
int finish(const Context& context, bool written, int status = kExitFine);

/// A bar on standard error once the work has taken longer than a second; silent where standard error is no terminal.
class TerminalProgress : public Progress {
 public:
  explicit TerminalProgress(bool quiet);
  ~TerminalProgress() override;
  void update(std::string_view phase, size_t done, size_t total) override;
  /// Removes the bar, so that a result can be written.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  const bool enabled_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  Clock::time_point drawn_at_{};
  bool drawn_ = false;
};

/// Most memory that this process has held so far.
uint64_t peak_rss_bytes();

}  // namespace whyzero::cli
