// Which operator runs a node: the builtin code and version, or the custom operator's name.
#include "ops/registry.h"

namespace whyzero::ops {

const Operator* find_operator(const graph::Node& node) {
  for (const Operator* op : all_operators()) {
    const bool same =
        node.custom() ? op->builtin < 0 && op->name == node.custom_code : op->builtin >= 0 && op->builtin == node.op;
    if (same && node.version <= op->max_version) return op;
  }
  return nullptr;
}

}  // namespace whyzero::ops
