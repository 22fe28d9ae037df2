// Resources: values that outlive an invocation and are reached by name, from every subgraph. A resource tensor holds the name.
#pragma once

#include <any>
#include <string>

#include "ops/common/memory.h"
#include "ops/operator.h"

namespace whyzero::ops {

/// In prepare: output k of a node that makes a resource.
Result<void> prepare_handle(Context& ctx, int k);
/// In eval: the name that the resource tensor at input k holds.
Result<std::string> resource_name(const Context& ctx, int k);

/// The value of a variable; no dtype before the first assignment.
struct Variable {
  bool assigned = false;
  DType dtype = DType::kFloat32;
  Shape shape;
  std::vector<uint8_t> bytes;
};

/// The resource at input k as a T, made where it does not exist and `make` says so; null where it is none.
template <class T>
Result<T*> find_resource(Context& ctx, int k, bool make) {
  WHYZERO_ASSIGN(const std::string name, resource_name(ctx, k));
  std::any& place = ctx.host().resource(name);
  if (!place.has_value() && make) place.emplace<T>();
  return std::any_cast<T>(&place);
}

}  // namespace whyzero::ops
