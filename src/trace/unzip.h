// Reading zips whose directory is not trusted, by libzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "whyzero/result.h"

struct zip;

namespace whyzero::trace {

std::string zip_error_text(int code);

/// One entry, unpacked; reads no more than `limit` bytes whatever the directory of the zip claims. `what` names it in messages.
Result<std::vector<uint8_t>> read_zip_entry(zip* archive, uint64_t index, const std::string& what, size_t limit);

struct UnzipLimits {
  size_t entries = 256;
  size_t entry_bytes = size_t{16} << 20, total_bytes = size_t{64} << 20;
};

/// All entries of a zip in memory, by name.
Result<std::map<std::string, std::vector<uint8_t>>> unzip(std::span<const uint8_t> bytes, const UnzipLimits& limits = {});

}  // namespace whyzero::trace
