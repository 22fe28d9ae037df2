// NumPy's array files: .npy (one array) and .npz (a zip of them). Bytes from outside are not trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "whyzero/dtype.h"
#include "whyzero/result.h"

namespace whyzero::trace {

/// Elements in C order, in the host's byte order. Strings (NumPy's S<n>) are in `strings`, without padding, and `data` is empty.
struct Array {
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape;
  std::vector<uint8_t> data;
  std::vector<std::string> strings;

  size_t elements() const {
    size_t count = 1;
    for (int64_t dim : shape) count *= static_cast<size_t>(dim);
    return count;
  }
};

using Arrays = std::map<std::string, Array>;

struct NpzLimits {
  size_t array_bytes = size_t{1} << 30;  // one array, unpacked
  size_t total_bytes = size_t{2} << 30;  // all arrays of a file
  size_t arrays = 65536;
};

/// Types b1, i1…i8, u1…u8, f2, f4, f8, c8, c16 and S<n>; either byte order, C or Fortran order. kMalformed where header and
/// size contradict each other, kUnsupported for other types (objects, unicode, records), kOutOfMemory past the limit.
Result<Array> parse_npy(std::span<const uint8_t> bytes, const NpzLimits& limits = {});
Result<Array> read_npy(const std::filesystem::path& path, const NpzLimits& limits = {});
/// Arrays by name, ".npy" taken off.
Result<Arrays> read_npz(const std::filesystem::path& path, const NpzLimits& limits = {});

/// The header that stands before the elements in a .npy file. Types that NumPy lacks are kUnsupported.
Result<std::string> npy_header(const Array& array);
/// The file appears complete or not at all; a target that is not a regular file (/dev/null, a pipe) is written directly.
Result<void> write_npy(const std::filesystem::path& path, const Array& array);
Result<void> write_npz(const std::filesystem::path& path, const Arrays& arrays, bool compress = false);

}  // namespace whyzero::trace
