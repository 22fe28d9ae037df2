// Counts allocations of the whole test program, so that a kernel that allocates in eval is seen.
#include <atomic>
#include <cstdlib>
#include <new>

#include "fast/test_support.h"

namespace {
std::atomic<size_t> allocations{0};
}

// Not inlined: the compiler would see malloc and delete meet and warn.
[[gnu::noinline]] void* operator new(size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(size_t bytes, std::align_val_t alignment) {
  ++allocations;
  const auto to = static_cast<size_t>(alignment);
  if (void* memory = std::aligned_alloc(to, (bytes + to - 1) / to * to)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

namespace whyzero::fast::test {
namespace {

TEST(FastSteadyState, InvokeAllocatesNothing) {
  for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kUInt8})
    for (auto op : {schema::BuiltinOperator_CONV_2D, schema::BuiltinOperator_DEPTHWISE_CONV_2D,
                    schema::BuiltinOperator_FULLY_CONNECTED}) {
      Layer layer;
      layer.op = op;
      layer.dtype = dtype;
      if (op == schema::BuiltinOperator_DEPTHWISE_CONV_2D) {
        layer.filter = {1, 3, 3, 3};
        layer.output = {1, 5, 5, 3};
      } else if (op == schema::BuiltinOperator_FULLY_CONNECTED) {
        layer.input = {2, 9};
        layer.filter = {5, 9};
        layer.output = {2, 5};
      }
      Random random(1);
      auto interpreter = runtime::Interpreter::create(build(layer, random));
      ASSERT_TRUE(interpreter);
      ASSERT_TRUE((*interpreter)->invoke());
      const size_t before = allocations;
      for (int k = 0; k < 3; ++k) ASSERT_TRUE((*interpreter)->invoke());
      EXPECT_EQ(allocations - before, 0u) << (*interpreter)->kernel_name(0);
      EXPECT_NE((*interpreter)->kernel_name(0), "");
    }
}

}  // namespace
}  // namespace whyzero::fast::test
