// How long work tells the outside how far it is and learns that it should stop. The library itself prints nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>

namespace whyzero {

class Progress {
 public:
  virtual ~Progress() = default;
  /// May be called from several threads. `total` may grow while work is found.
  virtual void update(std::string_view /*phase*/, size_t /*done*/, size_t /*total*/) {}
  /// True once the user asked to stop; long loops check it and return ErrorCode::kCancelled.
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace whyzero
