// Any model that the reader accepts can be prepared and invoked within a limit of memory, by both kinds of kernels, and where only
// integers are involved both give the same bits.
#include <memory>
#include <vector>

#include "graph/tflite_reader.h"
#include "run_both.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto reading = whyzero::graph::read_tflite(std::make_shared<const std::vector<uint8_t>>(data, data + size));
  if (reading.model) whyzero::fuzz::run_both(reading.model);
  return 0;
}
