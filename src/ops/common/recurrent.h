// What the recurrent operators share: weight matrices in floats or int8, states, and activations of floats.
#pragma once

#include <vector>

#include "ops/common/weights.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// A matrix [rows, columns] of floats or of int8 with one scale.
struct WeightMatrix {
  const float* real = nullptr;
  const int8_t* quantized = nullptr;
  float scale = 1.0f;
  size_t rows = 0, columns = 0;
  explicit operator bool() const { return real || quantized; }
};

/// Whether other nodes compute weights, as where they are stored in float16: those have their values in eval only, where prepare
/// must be called again to find them. `others` are the inputs behind the first that are no weights.
bool has_computed_weights(const Context& ctx, std::initializer_list<int> others);

/// In prepare: input k, a constant or floats that are computed, as a matrix of that size.
Result<void> read_matrix(const Context& ctx, int k, size_t rows, size_t columns, WeightMatrix& matrix);
/// In prepare: input k has so many elements of that type, and is a constant where that is asked for and they are no floats.
Result<void> expect_elements(const Context& ctx, int k, size_t elements, DType dtype, bool constant = true);
/// In prepare: input k is a variable tensor with so many floats.
Result<void> expect_state(const Context& ctx, int k, size_t elements);

/// out += matrix * x; `scratch` takes the quantized x.
void accumulate(const WeightMatrix& matrix, const float* x, bool asymmetric, std::vector<int8_t>& scratch, float* out);
/// `activation` is a schema::ActivationFunctionType.
float activated(float x, int activation);

}  // namespace whyzero::ops
