// Overwriting scalars inside a finished flatbuffer.
#pragma once

#include <cstdint>
#include <vector>

#include "tflite_schema_generated.h"

namespace whyzero::graph {

/// Stands for an offset that is not known yet, and is never a default, so that the field is written.
inline constexpr uint64_t kOffsetToCome = UINT64_MAX;

/// Where the field of a verified table is, as an index into `bytes`; 0 where the table does not have the field.
template <class T>
size_t field_position(const std::vector<uint8_t>& bytes, const T* table, flatbuffers::voffset_t field) {
  const auto* address = reinterpret_cast<const flatbuffers::Table*>(table)->GetAddressOf(field);
  return address ? static_cast<size_t>(address - bytes.data()) : 0;
}

/// Overwrites the field of a table that lies in `bytes`; false where the table does not have the field.
template <class V, class T>
bool set_scalar(std::vector<uint8_t>& bytes, const T* table, flatbuffers::voffset_t field, V value) {
  const size_t at = field_position(bytes, table, field);
  if (at == 0) return false;
  flatbuffers::WriteScalar(bytes.data() + at, value);
  return true;
}

}  // namespace whyzero::graph
