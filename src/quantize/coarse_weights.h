// Weights with one scale for channels of very different magnitude: the small channels are left with a few levels, and what they
// were before is lost.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace whyzero::quantize {

struct CoarseWeights {
  int tensor = -1, node = -1;
  int axis = 0;              // of the output channels
  std::vector<bool> coarse;  // by channel: fewer than 8 levels, but not all zero
  int few = 0;               // channels with fewer than 8 levels, those that are all zero too
};

/// Layers of the main graph where at least a fifth of the channels has fewer than 8 levels.
std::vector<CoarseWeights> find_coarse_weights(const graph::Model& model);

/// Whether stored_integer knows the type.
bool can_store_integers(DType dtype);
/// Element k of an integer constant whose bytes are known to hold it; int4 is packed.
int64_t stored_integer(const graph::Tensor& tensor, size_t k);
/// Elements that lie together in one channel of `axis`.
size_t inner_elements(const graph::Tensor& tensor, int axis);

}  // namespace whyzero::quantize
