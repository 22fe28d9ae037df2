// Small well-formed models of many shapes, from which the fuzzers of model bytes start.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace whyzero::fuzz {

/// Name and file bytes of each.
std::vector<std::pair<std::string, std::vector<uint8_t>>> model_seeds();

}  // namespace whyzero::fuzz
