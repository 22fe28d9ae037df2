#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace whyzero {

int default_threads() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

void parallel_for(size_t count, int threads, const std::function<void(int, size_t)>& work) {
  const int workers = static_cast<int>(std::min<size_t>(std::max(1, threads), count));
  if (workers <= 1) {
    for (size_t i = 0; i < count; ++i) work(0, i);
    return;
  }
  std::atomic<size_t> next{0};
  auto loop = [&](int worker) {
    for (size_t i; (i = next.fetch_add(1)) < count;) work(worker, i);
  };
  std::vector<std::jthread> pool;
  for (int worker = 1; worker < workers; ++worker) pool.emplace_back(loop, worker);
  loop(0);
}

}  // namespace whyzero
