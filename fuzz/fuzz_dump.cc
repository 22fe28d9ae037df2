// The log of a serial console → tensors as large as they say, or the reason why not; plain hex → at most a byte for two digits, but for rows
// that hexdump leaves out.
#include <cstdlib>
#include <string_view>

#include "app/hex_dump.h"
#include "app/plain_hex.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace whyzero;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto arrays = app::parse_dump(text);
  if (!arrays && arrays.error().message.empty()) std::abort();
  if (arrays)
    for (const app::DumpedArray& dumped : *arrays)
      if (dumped.array.data.size() != dumped.array.elements() * dtype_size(dumped.array.dtype)) std::abort();
  const auto bytes = app::parse_plain_hex(text);
  if (bytes ? bytes->size() > size && text.find('*') == std::string_view::npos : bytes.error().message.empty()) std::abort();
  return 0;
}
