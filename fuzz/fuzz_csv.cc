// Comma-separated text → a table, or the reason why not.
#include <cstdlib>
#include <string_view>

#include "app/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto table = whyzero::app::parse_csv({reinterpret_cast<const char*>(data), size});
  if (!table) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  if (table->header.empty()) std::abort();
  for (size_t row = 0; row < table->rows.size(); ++row)
    for (size_t column = 0; column < table->header.size(); ++column)
      if (table->cell(row, column).size() > size) std::abort();
  return 0;
}
