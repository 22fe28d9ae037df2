// Looks up the vector instructions of this machine.
#include "fast/common/isa.h"

#include <algorithm>
#include <atomic>

namespace whyzero::fast {
namespace {

std::atomic<Isa> limit{Isa::kAvx512};

Isa detect() {
#if WHYZERO_X86
  if (!__builtin_cpu_supports("avx2")) return Isa::kPlain;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512vnni");
  return wide ? Isa::kAvx512 : Isa::kAvx2;
#else
  return Isa::kPlain;
#endif
}

}  // namespace

Isa isa() {
  static const Isa found = detect();
  return std::min(found, limit.load(std::memory_order_relaxed));
}

void limit_isa(Isa most) { limit.store(most, std::memory_order_relaxed); }

}  // namespace whyzero::fast
