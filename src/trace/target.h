// What the writers of .npy and .npz share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "trace/npz.h"
#include "whyzero/result.h"

namespace whyzero::trace {

/// Exists and is no regular file: a device, a pipe. Renaming over it would replace it.
bool is_special(const std::filesystem::path& path);
Result<void> write_directly(const std::filesystem::path& path, std::span<const uint8_t> bytes);
/// The strings of an array, each padded to the longest; empty for other types.
Result<std::vector<uint8_t>> padded_strings(const Array& array);

}  // namespace whyzero::trace
