// A node's options as the schema's typed table.
#pragma once

#include "graph/graph.h"
#include "tflite_schema_generated.h"

namespace whyzero::graph {

/// A table without fields: every accessor gives the schema's default.
inline const void* empty_table() {
  struct alignas(8) Empty {
    uint16_t vtable[2] = {4, 4};  // size of the vtable, size of the table
    int32_t to_vtable = 4;        // the table begins here and points back at its vtable
  };
  static constexpr Empty empty;
  return &empty.to_vtable;
}

/// The node's options as table T (schema::Conv2DOptions, …); all defaults where the file has none or another table.
template <class T>
const T& options(const Node& node) {
  const void* table = empty_table();
  if constexpr (requires { schema::BuiltinOptionsTraits<T>::enum_value; }) {
    if (schema::BuiltinOptionsTraits<T>::enum_value != schema::BuiltinOptions_NONE &&
        node.options_type == static_cast<int>(schema::BuiltinOptionsTraits<T>::enum_value) && node.options_table)
      table = node.options_table;
  }
  if constexpr (requires { schema::BuiltinOptions2Traits<T>::enum_value; }) {
    if (schema::BuiltinOptions2Traits<T>::enum_value != schema::BuiltinOptions2_NONE &&
        node.options2_type == static_cast<int>(schema::BuiltinOptions2Traits<T>::enum_value) && node.options2_table)
      table = node.options2_table;
  }
  return *static_cast<const T*>(table);
}

}  // namespace whyzero::graph
