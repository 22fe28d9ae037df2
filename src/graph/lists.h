// Lists of numbers as they lie in a file.
#pragma once

#include <cstring>
#include <vector>

#include "tflite_schema_generated.h"

namespace whyzero::graph {

/// Element i < list.size(). The verifier aligns a list's length, not its elements: 64-bit numbers of a hostile file may lie anywhere.
template <class T>
T element(const flatbuffers::Vector<T>& list, size_t i) {
  if constexpr (sizeof(T) <= sizeof(flatbuffers::uoffset_t)) {
    return list.Get(static_cast<flatbuffers::uoffset_t>(i));
  } else {
    T value;
    std::memcpy(&value, list.Data() + i * sizeof(T), sizeof(T));
    return flatbuffers::EndianScalar(value);
  }
}

/// None where the list is left out.
template <class T>
std::vector<T> elements(const flatbuffers::Vector<T>* list) {
  std::vector<T> values(list ? list->size() : 0);
  for (size_t i = 0; i < values.size(); ++i) values[i] = element(*list, i);
  return values;
}

}  // namespace whyzero::graph
