// Comma-separated values as RFC 4180 has them.
#include "app/csv.h"

#include <fmt/format.h>

namespace whyzero::app {
namespace {

struct Parser {
  std::string_view text;
  size_t at = 0, line = 1;

  bool done() const { return at >= text.size(); }
  bool at_line_end() const { return done() || text[at] == '\n' || text[at] == '\r'; }

  void skip_line_end() {
    if (!done() && text[at] == '\r') ++at;
    if (!done() && text[at] == '\n') ++at;
    ++line;
  }

  Result<std::string> quoted() {
    std::string cell;
    const size_t opened = line;
    for (++at; !done(); ++at) {
      if (text[at] == '\n') ++line;
      if (text[at] != '"') {
        cell += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += text[at++];
      } else {
        ++at;
        return cell;
      }
    }
    return fail(ErrorCode::kMalformed, fmt::format("the quote that opens in line {} never closes", opened));
  }

  Result<std::vector<std::string>> row() {
    std::vector<std::string> cells;
    while (true) {
      std::string cell;
      if (!done() && text[at] == '"') {
        WHYZERO_ASSIGN(cell, quoted());
      }
      while (!at_line_end() && text[at] != ',') cell += text[at++];
      cells.push_back(std::move(cell));
      if (at_line_end()) break;
      ++at;
    }
    skip_line_end();
    return cells;
  }
};

}  // namespace

std::optional<size_t> CsvTable::column(std::string_view name) const {
  for (size_t k = header.size(); k-- > 0;)
    if (header[k] == name) return k;
  return std::nullopt;
}

const std::string& CsvTable::cell(size_t row, size_t column) const {
  static const std::string kEmpty;
  return column < rows[row].size() ? rows[row][column] : kEmpty;
}

Result<CsvTable> parse_csv(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos)
    return fail(ErrorCode::kMalformed, "the file has zero bytes: no text, or UTF-16; save it as UTF-8");
  Parser parser{text};
  CsvTable table;
  bool first = true;
  while (!parser.done()) {
    if (parser.at_line_end()) {
      parser.skip_line_end();
      continue;
    }
    WHYZERO_ASSIGN(std::vector<std::string> cells, parser.row());
    if (first)
      table.header = std::move(cells);
    else
      table.rows.push_back(std::move(cells));
    first = false;
  }
  if (first) return fail(ErrorCode::kMalformed, "the table is empty; a header row is needed");
  return table;
}

}  // namespace whyzero::app
