// Sessions by worker and the error of the lowest index.
#include "runtime/batch.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "base/parallel.h"

namespace whyzero::runtime {

BatchRunner::BatchRunner(std::shared_ptr<const Runtime> runtime, std::shared_ptr<const graph::Model> model, SessionOptions options,
                         int workers)
    : runtime_(std::move(runtime)),
      model_(std::move(model)),
      options_(options),
      sessions_(static_cast<size_t>(std::max(1, workers))) {}

Result<Session*> BatchRunner::worker(int index) {
  auto& session = sessions_[static_cast<size_t>(index)];
  if (!session) {
    WHYZERO_ASSIGN(session, runtime_->open(model_, options_));
  }
  return session.get();
}

Result<void> BatchRunner::run(size_t count, const Work& work, const Progress* progress) {
  std::mutex guard;
  std::optional<Error> error;
  size_t error_index = 0;
  std::atomic<bool> stop{false};
  auto one = [&](int index_of_worker, size_t index) -> Result<void> {
    if (progress && progress->cancelled()) return fail(ErrorCode::kCancelled, "cancelled while the model ran");
    WHYZERO_ASSIGN(Session * session, worker(index_of_worker));
    return work(*session, index);
  };
  parallel_for(count, workers(), [&](int index_of_worker, size_t index) {
    if (stop.load(std::memory_order_relaxed)) return;
    auto done = one(index_of_worker, index);
    if (done) return;
    stop.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(guard);
    if (!error || index < error_index) {
      error = std::move(done).error();
      error_index = index;
    }
  });
  if (error) return fail(std::move(*error));
  return {};
}

}  // namespace whyzero::runtime
