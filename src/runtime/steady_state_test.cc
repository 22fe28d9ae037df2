// Counts allocations of the whole test program, so that a run that allocates is seen.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "graph/builder.h"
#include "runtime/interpreter.h"

namespace {
std::atomic<size_t> allocations{0};
}

// Not inlined: the compiler would see malloc and delete meet and warn.
[[gnu::noinline]] void* operator new(size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(size_t bytes, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(bytes ? bytes : 1);
}
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace whyzero::runtime {
namespace {

TEST(SteadyStateTest, InvokeAllocatesNothing) {
  graph::ModelBuilder b;
  int x = b.input("x", DType::kFloat32, {8});
  for (int k = 0; k < 20; ++k) {
    const int y = b.tensor("y" + std::to_string(k), DType::kFloat32, {8});
    b.node(schema::BuiltinOperator_NEG, {x}, {y});
    x = y;
  }
  b.output(x);
  auto interpreter = Interpreter::create(b.build());
  ASSERT_TRUE(interpreter);
  ASSERT_TRUE((*interpreter)->invoke());
  const size_t before = allocations;
  for (int k = 0; k < 10; ++k) ASSERT_TRUE((*interpreter)->invoke());
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ((*interpreter)->coverage().run, 20);
}

}  // namespace
}  // namespace whyzero::runtime
