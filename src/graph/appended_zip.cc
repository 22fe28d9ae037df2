#include "graph/appended_zip.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>

namespace whyzero::graph {
namespace {

constexpr size_t kEndRecord = 22, kDirectoryEntry = 46, kLongestComment = 65535;

uint32_t word(std::span<const uint8_t> bytes, size_t at) { return flatbuffers::ReadScalar<uint32_t>(bytes.data() + at); }
uint16_t half(std::span<const uint8_t> bytes, size_t at) { return flatbuffers::ReadScalar<uint16_t>(bytes.data() + at); }

}  // namespace

std::optional<std::vector<size_t>> directory_entries(std::span<const uint8_t> bytes, const AppendedZip& zip) {
  std::vector<size_t> entries;
  size_t at = zip.directory;
  for (size_t i = 0; i < zip.entries; ++i) {
    if (at + kDirectoryEntry > zip.end_record || word(bytes, at) != 0x02014b50) return std::nullopt;
    entries.push_back(at);
    at += kDirectoryEntry + half(bytes, at + 28) + half(bytes, at + 30) + half(bytes, at + 32);
  }
  if (at != zip.end_record) return std::nullopt;
  return entries;
}

AppendedZip find_appended_zip(std::span<const uint8_t> bytes) {
  const size_t size = bytes.size();
  if (size < kEndRecord) return {};
  const size_t lowest = size - std::min(size, kEndRecord + kLongestComment);
  for (size_t at = size - kEndRecord + 1; at-- > lowest;) {
    if (word(bytes, at) != 0x06054b50 || at + kEndRecord + half(bytes, at + 20) != size) continue;
    const size_t length = word(bytes, at + 12), stated = word(bytes, at + 16);
    if (length > at || stated > at - length) return {};
    AppendedZip zip{at, at - length, at, half(bytes, at + 10), at - length - stated};
    const auto entries = directory_entries(bytes, zip);
    if (!entries) return {};
    for (size_t entry : *entries) {
      const size_t local = word(bytes, entry + 42) + zip.shift;
      if (local + 4 > zip.directory || word(bytes, local) != 0x04034b50) return {};
      zip.start = std::min(zip.start, local);
    }
    return zip;
  }
  return {};
}

}  // namespace whyzero::graph
