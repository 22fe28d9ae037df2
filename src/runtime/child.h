// A function in a process of its own: what crashes, hangs or eats memory there is an error here. Requests and replies are bytes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "whyzero/result.h"

namespace whyzero::runtime {

/// One request at a time. The process begins as a copy of this one and sees its memory as it was then; it is made by fork without
/// exec, also where threads run: the C library leaves its own locks usable in the copy, and `serve` takes no other lock of this
/// program. It ends with the Child.
class Child {
 public:
  using Serve = std::function<std::vector<uint8_t>(std::span<const uint8_t> request)>;

  struct Limits {
    double max_seconds = 600;  // one call
    size_t max_memory_bytes = size_t{4} << 30;
    size_t max_reply_bytes = size_t{2} << 30;
  };

  /// `name` is what messages call the process.
  static Result<std::unique_ptr<Child>> start(std::string name, const Limits& limits, Serve serve);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// kUnsupported where the process ended or did not answer in time: the message names the signal and the last that the process wrote
  /// on standard error. Every later call fails in the same way. kCancelled when the user stopped.
  Result<std::vector<uint8_t>> call(std::span<const uint8_t> request, const Progress* progress = nullptr);

  /// "; its last words: …" with the last line that the process wrote on standard error or output, of several the last that says ERROR;
  /// empty where it wrote nothing.
  std::string last_words() const;

 private:
  Child(std::string name, const Limits& limits) : name_(std::move(name)), limits_(limits) {}
  Result<void> receive(std::span<uint8_t> bytes, double deadline, const Progress* progress);
  Unexpected ended();
  Unexpected end_with(Error error);

  std::string name_;
  Limits limits_;
  pid_t process_ = -1;
  int socket_ = -1, log_ = -1;
  std::optional<Error> over_;
};

}  // namespace whyzero::runtime
