// A tensor while a model runs: where its bytes are and what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "whyzero/dtype.h"

namespace whyzero::ops {

using Shape = std::vector<int32_t>;

/// Elements of a shape whose product is known to fit; 1 for a scalar.
inline size_t element_count(std::span<const int32_t> shape) {
  size_t count = 1;
  for (int32_t dim : shape) count *= static_cast<size_t>(dim);
  return count;
}

struct Tensor {
  const graph::Tensor* info = nullptr;
  DType dtype = DType::kFloat32;
  Shape shape;
  const graph::Quantization* quantization = nullptr;  // never null while a model runs
  uint8_t* data = nullptr;    // constants point into the file and must not be written; int4 stays packed, low nibble first
  size_t bytes = 0;
  bool constant = false;
  bool dynamic = false;       // shape known only while running; operators then call Context::resize_output in eval
  std::vector<uint8_t> owned; // storage of dynamic tensors and of strings (TFLite's string buffer format)

  int rank() const { return static_cast<int>(shape.size()); }
  int dim(int axis) const { return shape[static_cast<size_t>(axis)]; }
  size_t elements() const { return element_count(shape); }
  template <class T>
  T* as() { return reinterpret_cast<T*>(data); }
  template <class T>
  const T* as() const { return reinterpret_cast<const T*>(data); }
  /// Scale and zero point of a tensor quantized as a whole; 0 where it has none.
  float scale() const { return quantization->scales.empty() ? 0.0f : quantization->scales[0]; }
  int32_t zero_point() const {
    return quantization->zero_points.empty() ? 0 : static_cast<int32_t>(quantization->zero_points[0]);
  }
  std::string label() const { return info ? info->label() : std::string("temporary"); }
};

}  // namespace whyzero::ops
