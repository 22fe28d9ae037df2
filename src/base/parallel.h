// Work over all cores: each index once, in any order, results placed by index so that the answer does not depend on
// the number of threads.
#pragma once

#include <cstddef>
#include <functional>

namespace whyzero {

/// Number of threads to use where the user named none.
int default_threads();

/// Calls work(worker, index) for every index in [0, count). `worker` is in [0, threads) and no two calls with the
/// same worker overlap. Returns when all are done. An exception in `work` ends the program: library code has none.
void parallel_for(size_t count, int threads, const std::function<void(int worker, size_t index)>& work);

}  // namespace whyzero
