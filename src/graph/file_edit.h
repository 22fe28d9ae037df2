// A model file under change: scalars are overwritten where they are, everything larger is appended behind the flatbuffer and
// the offset to it redirected. Offsets only lead forward, so what is appended brings all it refers to along.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/flatbuffer_edit.h"
#include "tflite_schema_generated.h"
#include "whyzero/result.h"

namespace whyzero::graph {

class FileEdit {
 public:
  /// `bytes` passed the reader.
  explicit FileEdit(const std::vector<uint8_t>& bytes);

  /// Pointers into the file hold until the next append.
  const schema::Model& model() const { return *schema::GetModel(bytes_.data()); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  std::vector<uint8_t>& bytes() { return bytes_; }
  size_t position(const void* pointer) const { return static_cast<size_t>(static_cast<const uint8_t*>(pointer) - bytes_.data()); }

  /// Appends a vector of scalars and returns its position.
  size_t append_vector(std::span<const uint8_t> elements, size_t element_size);
  template <class T>
  size_t append_vector(const std::vector<T>& values) {
    return append_vector({reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)}, sizeof(T));
  }
  /// Appends a small finished flatbuffer and returns the position of its root table.
  size_t append_table(const flatbuffers::FlatBufferBuilder& finished);
  /// Appends a copy of a table that holds scalars only, with one more field, and returns its position. kMalformed where the table
  /// says that it is larger than the file or has no room for the field; the reader looks at fields alone.
  Result<size_t> append_table_with(size_t table, flatbuffers::voffset_t field, std::span<const uint8_t> value);
  /// Lets the offset at `at` lead to `target`, which lies behind it.
  void redirect(size_t at, size_t target);

  /// The new file, with an appended zip at its end again. Fails where offsets would no longer fit.
  Result<std::vector<uint8_t>> finish() &&;

 private:
  void align(size_t alignment, size_t lead = 0);

  std::vector<uint8_t> bytes_;  // without the appended zip
  std::vector<uint8_t> zip_;
  size_t zip_start_ = 0;
  bool appended_ = false;
};

}  // namespace whyzero::graph
