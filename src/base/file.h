// Whole files in and out. Writing goes to a temporary beside the target and is renamed, so nothing half-written stays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "whyzero/result.h"

namespace whyzero {

Result<std::vector<uint8_t>> read_file(const std::filesystem::path& path);
Result<std::string> read_text(const std::filesystem::path& path);
Result<void> write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes);
Result<void> write_text(const std::filesystem::path& path, std::string_view text);

}  // namespace whyzero
