// Standard output, standard error, the progress bar.
#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace whyzero::cli {

bool colour_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return !(no_color && *no_color) && isatty(STDOUT_FILENO) && term && std::strcmp(term, "dumb") != 0;
}

std::string styled(std::string_view text, Style style) {
  static const bool wanted = colour_wanted();
  if (!wanted) return std::string(text);
  int code = 0;
  switch (style) {
    case Style::kBold:
      code = 1;
      break;
    case Style::kDim:
      code = 2;
      break;
    case Style::kRed:
      code = 31;
      break;
    case Style::kGreen:
      code = 32;
      break;
    case Style::kYellow:
      code = 33;
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out;
}

bool print_text(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

bool print_json(const nlohmann::json& document) {
  return print_text(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void note(const Context& context, std::string_view text) {
  if (!context.quiet) fmt::print(stderr, "{}\n", printable(text));
}

int fail_with(const Context& context, const Error& error, nlohmann::json so_far) {
  if (context.json()) {
    so_far["error"] = {{"code", error_code_name(error.code)}, {"message", error.text()}};
    print_json(so_far);
  }
  fmt::print(stderr, "whyzero: {}\n", printable(error.text()));
  return kExitFailed;
}

int finish(const Context&, bool written, int status) {
  if (written) return status;
  fmt::print(stderr, "whyzero: cannot write to standard output: {}\n", std::strerror(errno));
  return kExitFailed;
}

TerminalProgress::TerminalProgress(bool quiet) : enabled_(!quiet && isatty(STDERR_FILENO)) {}

TerminalProgress::~TerminalProgress() { clear(); }

void TerminalProgress::update(std::string_view phase, size_t done, size_t total) {
  if (!enabled_) return;
  const auto now = Clock::now();
  if (now - start_ < std::chrono::seconds(1)) return;
  std::unique_lock lock(mutex_, std::try_to_lock);  // who comes while another draws has nothing newer to show
  if (!lock || now - drawn_at_ < std::chrono::milliseconds(100)) return;
  constexpr size_t kWidth = 30;
  const size_t filled = total ? std::min(done, total) * kWidth / total : 0;
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  fmt::print(stderr, "\r\x1b[K{} [{}] {}/{}", printable(phase), bar, done, total);
  std::fflush(stderr);
  drawn_at_ = now;
  drawn_ = true;
}

void TerminalProgress::clear() {
  std::lock_guard lock(mutex_);
  if (drawn_) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
  }
  drawn_ = false;
}

uint64_t peak_rss_bytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts in KiB
}

}  // namespace whyzero::cli
