// Collects what the parts find in each subgraph.
#include "graph/validate.h"

namespace whyzero::graph {

std::vector<Defect> validate(const Model& model) {
  std::vector<Defect> defects;
  for (int s = 0; s < static_cast<int>(model.subgraphs.size()); ++s) {
    validate_sizes(model, s, defects);
    validate_quantization(model, s, defects);
    validate_constants(model, s, defects);
  }
  return defects;
}

}  // namespace whyzero::graph
