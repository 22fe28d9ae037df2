#include "runtime/child.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "ops/common/memory.h"

namespace whyzero::runtime {
namespace {

constexpr int kSocket = 3;  // in the child: the first descriptor after the standard ones

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

bool read_all(int from, void* to, size_t bytes) {
  for (auto* at = static_cast<uint8_t*>(to); bytes > 0;) {
    const ssize_t got = ::read(from, at, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    bytes -= static_cast<size_t>(got);
  }
  return true;
}

bool send_all(int to, const void* from, size_t bytes) {
  for (const auto* at = static_cast<const uint8_t*>(from); bytes > 0;) {
    const ssize_t sent = ::send(to, at, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    bytes -= static_cast<size_t>(sent);
  }
  return true;
}

void limit(int resource, size_t value) {
  const struct rlimit both = {value, value};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// The child's life. Never returns, skips the exit handlers, which belong to the parent, and an exception ends it.
[[noreturn]] void live(int socket, int log, const Child::Limits& limits, const Child::Serve& serve) noexcept {
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, 0);
  ::dup2(log >= 0 ? log : nothing, 1);
  ::dup2(log >= 0 ? log : nothing, 2);
  ::dup2(socket, kSocket);
  ::close_range(kSocket + 1, ~0u, 0);
  ::signal(SIGINT, SIG_IGN);  // the parent decides
  limit(RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__  // its shadow memory is larger than any limit
  limit(RLIMIT_AS, limits.max_memory_bytes);
#endif
  // Ends the process even where the parent is gone.
  const auto most = static_cast<unsigned>(std::clamp(std::ceil(limits.max_seconds) + 5, 1.0, 1e6));
  for (uint64_t size = 0; read_all(kSocket, &size, sizeof size);) {
    std::vector<uint8_t> request;
    if (!ops::try_resize(request, size) || !read_all(kSocket, request.data(), size)) break;
    ::alarm(most);
    const std::vector<uint8_t> reply = serve(request);
    ::alarm(0);
    size = reply.size();
    if (!send_all(kSocket, &size, sizeof size) || !send_all(kSocket, reply.data(), reply.size())) break;
  }
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(std::string name, const Limits& limits, Serve serve) {
  std::unique_ptr<Child> child(new Child(std::move(name), limits));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(ErrorCode::kIo, fmt::format("no connection to a process for {}: {}", child->name_, ::strerror(errno)));
  child->socket_ = ends[0];
  child->log_ = ::memfd_create("whyzero-log", MFD_CLOEXEC);
  child->process_ = ::fork();
  if (child->process_ == 0) live(ends[1], child->log_, limits, serve);
  const int why = errno;
  ::close(ends[1]);
  if (child->process_ < 0) return fail(ErrorCode::kIo, fmt::format("no process for {}: {}", child->name_, ::strerror(why)));
  return child;
}

Child::~Child() {
  if (socket_ >= 0) ::close(socket_);
  if (log_ >= 0) ::close(log_);
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {}
  }
}

Unexpected Child::end_with(Error error) {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {}
    process_ = -1;
  }
  over_ = error;
  return fail(std::move(error));
}

std::string Child::last_words() const {
  char tail[4096];
  const off_t size = log_ >= 0 ? ::lseek(log_, 0, SEEK_END) : 0;
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(sizeof tail));
  const ssize_t got = size > 0 ? ::pread(log_, tail, sizeof tail, from) : 0;
  std::string_view rest(tail, static_cast<size_t>(std::max<ssize_t>(0, got))), last, last_error;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty()) continue;
    last = line;
    if (line.find("ERROR") != std::string_view::npos) last_error = line;
  }
  const std::string_view words = last_error.empty() ? last : last_error;
  return words.empty() ? std::string() : fmt::format("; its last words: {}", words.substr(0, 400));
}

Unexpected Child::ended() {
  int status = 0;
  pid_t done;
  while ((done = ::waitpid(process_, &status, 0)) < 0 && errno == EINTR) {}
  if (done == process_) process_ = -1;
  std::string how = "ended";
  if (done > 0 && WIFSIGNALED(status)) {
    const char* word = ::sigabbrev_np(WTERMSIG(status));
    how = fmt::format("crashed with signal {} (SIG{})", WTERMSIG(status), word ? word : "?");
    if (WTERMSIG(status) == SIGALRM) how = fmt::format("gave no answer within {} s and was stopped", limits_.max_seconds);
  }
  return end_with({ErrorCode::kUnsupported, fmt::format("{} {} on this model and these inputs{}", name_, how, last_words()), {}});
}

Result<void> Child::receive(std::span<uint8_t> bytes, double deadline, const Progress* progress) {
  while (!bytes.empty()) {
    if (progress && progress->cancelled()) return end_with({ErrorCode::kCancelled, "cancelled while the model ran", {}});
    const double left = deadline - now();
    if (left <= 0)
      return end_with({ErrorCode::kUnsupported, fmt::format("{} gave no answer within {} s and was stopped", name_, limits_.max_seconds), {}});
    struct pollfd ready = {socket_, POLLIN, 0};
    const int events = ::poll(&ready, 1, static_cast<int>(std::min(left, 0.1) * 1000) + 1);
    if (events < 0 && errno != EINTR) return ended();
    if (events <= 0) continue;
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return ended();
    bytes = bytes.subspan(static_cast<size_t>(got));
  }
  return {};
}

Result<std::vector<uint8_t>> Child::call(std::span<const uint8_t> request, const Progress* progress) {
  if (over_) return fail(*over_);
  const uint64_t size = request.size();
  if (!send_all(socket_, &size, sizeof size) || !send_all(socket_, request.data(), request.size())) return ended();
  const double deadline = now() + limits_.max_seconds;
  uint64_t length = 0;
  WHYZERO_TRY(receive({reinterpret_cast<uint8_t*>(&length), sizeof length}, deadline, progress));
  std::vector<uint8_t> reply;
  if (length > limits_.max_reply_bytes || !ops::try_resize(reply, length))
    return end_with({ErrorCode::kOutOfMemory, fmt::format("{} answers with {} bytes, which is more than allowed", name_, length), {}});
  WHYZERO_TRY(receive(reply, deadline, progress));
  return reply;
}

}  // namespace whyzero::runtime
