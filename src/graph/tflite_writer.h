// GRAPH + PATCH → MODEL FILE. The original bytes are edited, so that everything the patch does not mention stays as it
// is: unknown fields of newer schemas, metadata, an appended zip.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "graph/graph.h"
#include "graph/patch.h"
#include "whyzero/result.h"

namespace whyzero::graph {

/// The bytes of the changed model. An empty patch gives the bytes of the model. kInvalidArgument where an edit names
/// something that is not there or does not fit, kUnsupported where the file has no room for it in place.
Result<std::vector<uint8_t>> apply_patch(const Model& model, const GraphPatch& patch);

/// The changed model, read and checked again: kMalformed where the patch contradicts the rest of the model.
Result<std::shared_ptr<const Model>> patched(const Model& model, const GraphPatch& patch);

}  // namespace whyzero::graph
