// Bytes out of plain hex dumps: what xxd, hexdump, od, logging functions of firmware, and a loop with printf give.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "whyzero/result.h"

namespace whyzero::app {

/// The pairs of hex digits at the end of each line, with or without 0x, \x, h, commas, braces, colons between. What stands before
/// them (a time stamp, a tag, an address), a column of characters behind them, and lines without any are left out. kMalformed naming the
/// line where digits are spoilt, or where addresses show that lines are missing.
Result<std::vector<uint8_t>> parse_plain_hex(std::string_view text);

}  // namespace whyzero::app
