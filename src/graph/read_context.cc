// Defects, limits and buffers for the reader.
#include "graph/read_context.h"

#include <fmt/format.h>

namespace whyzero::graph {
namespace {

constexpr size_t kMostDefects = 50;  // a file of noise must not make a report of megabytes
constexpr const char* kExportAgain = "; export or convert the model again, or fetch an undamaged copy";

}  // namespace

void ReadContext::add(const char* code, Place place, std::string message) {
  if (defects_.size() < kMostDefects) defects_.push_back({code, std::move(message), place.subgraph, place.tensor, place.node});
}

void ReadContext::contradiction(Place place, const std::string& what) {
  usable_ = false;
  add("F003", place, what + kExportAgain);
}

void ReadContext::blemish(Place place, const std::string& what) { add("F003", place, what + kExportAgain); }

void ReadContext::truncated(Place place, const std::string& what) {
  usable_ = false;
  add("F002", place, what + "; fetch or copy the file again and compare its size");
}

bool ReadContext::spend(size_t elements) {
  if (elements <= budget_) {
    budget_ -= elements;
    return true;
  }
  if (usable_) contradiction({}, "the same lists are used again and again, far beyond the size of the file");
  return false;
}

bool ReadContext::range(Place place, const std::string& of, uint64_t offset, uint64_t size, std::span<const uint8_t>& out) {
  if (offset > bytes.size() || size > bytes.size() - offset) {
    truncated(place, fmt::format("{} should be {} bytes from byte {} on, but the file has only {} bytes", of, size, offset,
                                 bytes.size()));
    return false;
  }
  out = bytes.subspan(static_cast<size_t>(offset), static_cast<size_t>(size));
  return true;
}

bool ReadContext::read_buffers() {
  if (!file.buffers()) {
    contradiction({}, "the model has no list of buffers");
    return false;
  }
  buffers_.resize(file.buffers()->size());
  for (flatbuffers::uoffset_t i = 0; i < file.buffers()->size(); ++i) {
    const schema::Buffer& buffer = *file.buffers()->Get(i);
    // An offset of 0 or 1 is how writers mark "inside the flatbuffer".
    if (buffer.offset() > 1) {
      if (!range({}, fmt::format("buffer {}", i), buffer.offset(), buffer.size(), buffers_[i])) return false;
    } else if (buffer.data()) {
      buffers_[i] = {buffer.data()->data(), buffer.data()->size()};
    }
  }
  return true;
}

}  // namespace whyzero::graph
