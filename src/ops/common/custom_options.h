// Options of custom operators: a map of named values (FlexBuffer) behind the node.
#pragma once

// Numbers in options are not spelled as text; without this the header wants the library for its locale.
#define FLATBUFFERS_LOCALE_INDEPENDENT 0
#include <flatbuffers/flexbuffers.h>

#include "ops/operator.h"

namespace whyzero::ops {

/// The node's options; kMalformed where the bytes are no such map. Values that are left out read as 0.
inline Result<flexbuffers::Map> options_map(const Context& ctx) {
  const auto bytes = ctx.node().custom_options;
  if (bytes.empty() || !flexbuffers::VerifyBuffer(bytes.data(), bytes.size(), nullptr) ||
      !flexbuffers::GetRoot(bytes.data(), bytes.size()).IsMap())
    return ctx.error(ErrorCode::kMalformed, "its options are no map of named values (FlexBuffer)");
  return flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap();
}

}  // namespace whyzero::ops
