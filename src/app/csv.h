// Comma-separated values as RFC 4180 has them: quotes, doubled quotes, line breaks inside quotes, CRLF or LF, a BOM.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "whyzero/result.h"

namespace whyzero::app {

struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // blank lines left out; a row may be shorter or longer than the header

  /// Of several columns with one name the last, as Python's DictReader has it.
  std::optional<size_t> column(std::string_view name) const;
  /// The cell, empty where the row is too short.
  const std::string& cell(size_t row, size_t column) const;
};

/// kMalformed for a file without a header row or with a quote that never closes.
Result<CsvTable> parse_csv(std::string_view text);

}  // namespace whyzero::app
