// CALL_ONCE: runs a subgraph that sets up variables and tables, only in the first invocation and in the first after a reset.
#include <string>

#include "graph/options.h"
#include "ops/operator.h"

namespace whyzero::ops {
namespace {

Result<void> prepare(Context& ctx) { return ctx.expect_arity(0, 0, 0, 0); }

Result<void> eval(Context& ctx) {
  const int subgraph = ctx.options<schema::CallOnceOptions>().init_subgraph_index();
  std::any& done = ctx.host().resource("called once/" + std::to_string(subgraph));
  if (done.has_value()) return {};
  std::vector<Tensor> results;
  if (auto called = ctx.host().call(subgraph, {}, results); !called) return fail(std::move(called).error(), ctx.node().label());
  if (!results.empty())
    return ctx.error(ErrorCode::kMalformed, "calls subgraph " + std::to_string(subgraph) + ", which has outputs; it must have none");
  done = true;
  return {};
}

}  // namespace

extern constinit const Operator unit_call_once{
    .name = "CALL_ONCE", .builtin = schema::BuiltinOperator_CALL_ONCE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
