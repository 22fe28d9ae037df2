// The zip that metadata tools put behind a model file, with label files in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace whyzero::graph {

struct AppendedZip {
  size_t start = 0, directory = 0, end_record = 0, entries = 0;  // end_record 0: there is none
  size_t shift = 0;  // what must be added to the offsets that the zip states
};

/// Positions of the entries in the zip's directory; nothing where they do not fill it.
std::optional<std::vector<size_t>> directory_entries(std::span<const uint8_t> bytes, const AppendedZip& zip);
/// The zip at the very end of the bytes, if there is one whose directory is sound.
AppendedZip find_appended_zip(std::span<const uint8_t> bytes);

}  // namespace whyzero::graph
