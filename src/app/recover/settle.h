// A candidate held against the exhibits: how far it explains their numbers, and the arithmetic that makes them of its picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "app/recover/search.h"

namespace whyzero::recover {

/// What candidates of one lead are held against.
struct Evidence {
  const SearchInput& input;
  const std::vector<Sights>& sights;
  std::span<const size_t> exhibits;  // that the lead sees
};

/// Compares with exhibits until `enough` numbers are seen. Returns how many pixels of photos were made into pictures.
uint64_t compare(Candidate& candidate, const Evidence& evidence, size_t enough);

/// Finds the numbers, a letterbox's fill and the place of a stride; true where every pair is met.
bool settle(Candidate& candidate, const Evidence& evidence);

}  // namespace whyzero::recover
