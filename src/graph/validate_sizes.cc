// F003: tensors between operators that no runtime can index.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "base/checked.h"
#include "graph/validate.h"

namespace whyzero::graph {

void validate_sizes(const Model& model, int subgraph, std::vector<Defect>& defects) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  for (const Tensor& tensor : graph.tensors) {
    // Kernels count elements in 32 bits. Only constants may be larger: they are looked up by rows.
    const auto elements = checked_elements(tensor.shape);
    if (tensor.constant || (elements && *elements <= size_t{std::numeric_limits<int32_t>::max()})) continue;
    defects.push_back({"F003",
                       fmt::format("tensor {} has shape [{}]: more than the {} elements that a runtime can index; convert the "
                                   "model again with the shapes it is to run with",
                                   tensor.label(), fmt::join(tensor.shape, ", "), std::numeric_limits<int32_t>::max()),
                       subgraph, tensor.index});
    return;
  }
}

}  // namespace whyzero::graph
