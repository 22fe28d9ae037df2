// The log of a recorded script → its calls, or the reason why not.
#include <cstdlib>
#include <string_view>

#include "app/calls.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace whyzero::app;
  const auto calls = parse_calls({reinterpret_cast<const char*>(data), size});
  if (!calls && calls.error().message.empty()) std::abort();
  if (calls && calls->size() > kMaxCalls) std::abort();
  return 0;
}
