// Appending to a model file, before the zip that metadata tools put behind it.
#include "graph/file_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "graph/appended_zip.h"

namespace whyzero::graph {
namespace {

constexpr size_t kAlignment = 16;

uint32_t word(std::span<const uint8_t> bytes, size_t at) { return flatbuffers::ReadScalar<uint32_t>(bytes.data() + at); }
uint16_t half(std::span<const uint8_t> bytes, size_t at) { return flatbuffers::ReadScalar<uint16_t>(bytes.data() + at); }

/// Whether the model lies in the first `size` bytes alone: a zip may also be what a buffer at the end of the model holds.
bool ends_before(const std::vector<uint8_t>& bytes, size_t size) {
  flatbuffers::Verifier verifier(bytes.data(), std::min<size_t>(size, FLATBUFFERS_MAX_BUFFER_SIZE - 1));
  if (!schema::VerifyModelBuffer(verifier)) return false;
  const schema::Model& model = *schema::GetModel(bytes.data());
  const auto inside = [&](uint64_t offset, uint64_t length) {
    return offset <= 1 || (offset <= size && length <= size - offset);
  };
  for (const schema::Buffer* buffer : *model.buffers())
    if (!inside(buffer->offset(), buffer->size())) return false;
  for (const schema::SubGraph* graph : *model.subgraphs())
    for (flatbuffers::uoffset_t i = 0; graph->operators() && i < graph->operators()->size(); ++i) {
      const schema::Operator* node = graph->operators()->Get(i);
      if (!inside(node->large_custom_options_offset(), node->large_custom_options_size())) return false;
    }
  return true;
}

void put_word(std::vector<uint8_t>& bytes, size_t at, size_t value) {
  flatbuffers::WriteScalar(bytes.data() + at, static_cast<uint32_t>(value));
}

}  // namespace

FileEdit::FileEdit(const std::vector<uint8_t>& bytes) : bytes_(bytes) {
  const AppendedZip zip = find_appended_zip(bytes_);
  if (zip.end_record == 0 || !ends_before(bytes_, zip.start)) return;
  zip_start_ = zip.start;
  zip_.assign(bytes_.begin() + static_cast<ptrdiff_t>(zip.start), bytes_.end());
  bytes_.resize(zip.start);
}

void FileEdit::align(size_t alignment, size_t lead) {
  appended_ = true;
  while ((bytes_.size() + lead) % alignment != 0) bytes_.push_back(0);
}

size_t FileEdit::append_vector(std::span<const uint8_t> elements, size_t element_size) {
  align(std::max(element_size, sizeof(uint32_t)), sizeof(uint32_t));
  const size_t at = bytes_.size();
  bytes_.resize(at + sizeof(uint32_t));
  put_word(bytes_, at, elements.size() / element_size);
  bytes_.insert(bytes_.end(), elements.begin(), elements.end());
  return at;
}

size_t FileEdit::append_table(const flatbuffers::FlatBufferBuilder& finished) {
  align(kAlignment);
  const size_t at = bytes_.size();
  const uint8_t* from = finished.GetBufferPointer();
  bytes_.insert(bytes_.end(), from, from + finished.GetSize());
  return at + word(bytes_, at);
}

Result<size_t> FileEdit::append_table_with(size_t table, flatbuffers::voffset_t field, std::span<const uint8_t> value) {
  const auto vtable = static_cast<size_t>(static_cast<int64_t>(table) - flatbuffers::ReadScalar<int32_t>(bytes_.data() + table));
  const size_t vtable_size = half(bytes_, vtable), table_size = half(bytes_, vtable + 2);
  if (table + table_size > bytes_.size() || table_size + kAlignment + value.size() > std::numeric_limits<uint16_t>::max())
    return fail(ErrorCode::kMalformed, fmt::format("the table at byte {} says that it has {} bytes; no field can be added", table, table_size));
  const size_t new_vtable_size = std::max<size_t>(vtable_size, field + sizeof(uint16_t));
  align(2);
  const size_t new_vtable = bytes_.size();
  bytes_.resize(new_vtable + new_vtable_size);
  std::memcpy(bytes_.data() + new_vtable, bytes_.data() + vtable, vtable_size);
  // Fields are aligned in the file, so the copy keeps the table's place modulo the largest alignment.
  while (bytes_.size() % kAlignment != table % kAlignment) bytes_.push_back(0);
  const size_t new_table = bytes_.size();
  bytes_.resize(new_table + table_size);
  std::memcpy(bytes_.data() + new_table, bytes_.data() + table, table_size);
  align(value.size());
  const size_t new_field = bytes_.size();
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  flatbuffers::WriteScalar(bytes_.data() + new_vtable, static_cast<uint16_t>(new_vtable_size));
  flatbuffers::WriteScalar(bytes_.data() + new_vtable + 2, static_cast<uint16_t>(bytes_.size() - new_table));
  flatbuffers::WriteScalar(bytes_.data() + new_vtable + field, static_cast<uint16_t>(new_field - new_table));
  flatbuffers::WriteScalar(bytes_.data() + new_table, static_cast<int32_t>(new_table - new_vtable));
  return new_table;
}

void FileEdit::redirect(size_t at, size_t target) { put_word(bytes_, at, target - at); }

Result<std::vector<uint8_t>> FileEdit::finish() && {
  if (appended_ && bytes_.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
    return fail(ErrorCode::kUnsupported,
                fmt::format("the model has {} bytes; offsets in its format reach only 2 GB, so nothing can be added behind",
                            bytes_.size()));
  if (!zip_.empty()) {
    const size_t start = bytes_.size();
    bytes_.insert(bytes_.end(), zip_.begin(), zip_.end());
    // Readers differ in whether they forgive offsets that do not count what stands before the zip.
    const AppendedZip zip = find_appended_zip(bytes_);
    const size_t moved = start - zip_start_;
    if (moved != 0 && zip.end_record != 0) {
      if (const auto entries = directory_entries(bytes_, zip))
        for (size_t entry : *entries) put_word(bytes_, entry + 42, word(bytes_, entry + 42) + moved);
      put_word(bytes_, zip.end_record + 16, word(bytes_, zip.end_record + 16) + moved);
    }
  }
  return std::move(bytes_);
}

}  // namespace whyzero::graph
