// Each index once, no worker twice at a time, results that do not depend on the number of threads.
#include "base/parallel.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <vector>

namespace whyzero {
namespace {

TEST(Parallel, CallsEachIndexOnce) {
  for (int threads : {-1, 0, 1, 2, 5}) {
    constexpr size_t kCount = 500;
    std::array<std::atomic<int>, kCount> calls{};
    std::array<std::atomic<int>, 5> busy{};
    std::atomic<bool> fine{true};
    parallel_for(kCount, threads, [&](int worker, size_t i) {
      if (worker < 0 || worker >= std::max(1, threads) || busy[static_cast<size_t>(worker)].fetch_add(1) != 0) fine = false;
      ++calls[i];
      --busy[static_cast<size_t>(worker)];
    });
    EXPECT_TRUE(fine) << threads << " threads: a worker out of range, or twice at a time";
    for (size_t i = 0; i < kCount; ++i) EXPECT_EQ(calls[i], 1) << i;
  }
}

TEST(Parallel, DoesNothingForNothing) {
  int calls = 0;
  parallel_for(0, 4, [&](int, size_t) { ++calls; });
  EXPECT_EQ(calls, 0);
  parallel_for(1, 4, [&](int worker, size_t) { calls += worker == 0; });
  EXPECT_EQ(calls, 1);
}

TEST(Parallel, UsesSeveralThreads) {
  // Two calls that wait for each other end only where they run at the same time.
  std::atomic<int> waiting{0};
  parallel_for(2, 2, [&](int, size_t) {
    ++waiting;
    while (waiting < 2) {
    }
  });
  EXPECT_EQ(waiting, 2);
  EXPECT_GE(default_threads(), 1);
}

}  // namespace
}  // namespace whyzero
