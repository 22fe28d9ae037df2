// Which vector instructions the kernels may use: found once at run time, so that one library serves every x86-64 machine.
#pragma once

#if defined(__x86_64__)
#define WHYZERO_X86 1
#define WHYZERO_TARGET_AVX2 __attribute__((target("avx2")))
#define WHYZERO_TARGET_AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#else
#define WHYZERO_X86 0
#endif

// A body that several functions with different targets share must become part of each of them.
#define WHYZERO_INLINE [[gnu::always_inline]] inline

namespace whyzero::fast {

enum class Isa { kPlain, kAvx2, kAvx512 };  // kAvx512 includes BW, DQ, VL and VNNI

/// The best that this machine has and the limit allows. Kernels ask when they are prepared.
Isa isa();
/// For tests and benchmarks: nothing better than `most` from now on.
void limit_isa(Isa most);

}  // namespace whyzero::fast
