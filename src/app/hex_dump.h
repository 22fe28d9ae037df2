// Tensors out of the log of a serial console or of logcat: the lines that include/whyzero_capture.h prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trace/npz.h"
#include "whyzero/result.h"

namespace whyzero::app {

struct DumpedArray {
  std::string name;  // "in"
  std::string sample;  // "0003"
  trace::Array array;
};

/// All arrays of a log, in order. Lines without the word WHYZERO are of no interest. kMalformed naming the line where bytes are
/// missing, out of order or changed on the way.
Result<std::vector<DumpedArray>> parse_dump(std::string_view log);

}  // namespace whyzero::app
