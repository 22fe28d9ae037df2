// Many runs of one model over all cores: one session a worker, opened when the worker first needs it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/progress.h"
#include "runtime/session.h"

namespace whyzero::runtime {

class BatchRunner {
 public:
  /// `max_memory_bytes` of the options holds for each worker.
  BatchRunner(std::shared_ptr<const Runtime> runtime, std::shared_ptr<const graph::Model> model, SessionOptions options, int workers);

  int workers() const { return static_cast<int>(sessions_.size()); }
  /// The worker's session. Different workers may ask at the same time; one worker is one thread at a time.
  Result<Session*> worker(int index);

  using Work = std::function<Result<void>(Session& session, size_t index)>;
  /// Calls work for every index in [0, count), each once and in any order. After an error or a cancellation no new index
  /// begins; of several errors the one of the lowest index is returned.
  Result<void> run(size_t count, const Work& work, const Progress* progress = nullptr);

 private:
  std::shared_ptr<const Runtime> runtime_;
  std::shared_ptr<const graph::Model> model_;
  SessionOptions options_;
  std::vector<std::unique_ptr<Session>> sessions_;
};

}  // namespace whyzero::runtime
