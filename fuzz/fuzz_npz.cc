// NumPy's files: an array that is as large as it says, or the reason why not. A zip is read from a file that is only in memory.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "trace/npz.h"
#include "trace/run_model.h"

namespace {

using namespace whyzero;

void check(const trace::Array& array) {
  if (array.dtype == DType::kString) {
    if (array.strings.size() != array.elements()) std::abort();
  } else if (array.data.size() != array.elements() * dtype_size(array.dtype)) {
    std::abort();
  }
  auto bytes = trace::tensor_bytes_from_array(array, array.dtype);
  if (!bytes && bytes.error().message.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const trace::NpzLimits limits{.array_bytes = 1 << 20, .total_bytes = 4 << 20, .arrays = 64};
  if (size < 2 || data[0] != 'P' || data[1] != 'K') {
    const auto array = trace::parse_npy({data, size}, limits);
    if (array) check(*array);
    else if (array.error().message.empty()) std::abort();
    return 0;
  }
  const int file = ::memfd_create("npz", MFD_CLOEXEC);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  const auto arrays = trace::read_npz("/proc/self/fd/" + std::to_string(file), limits);
  ::close(file);
  if (!arrays && arrays.error().message.empty()) std::abort();
  if (arrays)
    for (const auto& [name, array] : *arrays) check(array);
  return 0;
}
