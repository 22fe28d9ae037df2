// VAR_HANDLE: names a variable by its container and shared name; the same names mean the same variable in every subgraph.
#include <fmt/format.h>

#include "graph/options.h"
#include "ops/common/resource.h"

namespace whyzero::ops {
namespace {

std::string_view text(const flatbuffers::String* s) { return s ? std::string_view(s->c_str(), s->size()) : std::string_view(); }

Result<void> prepare(Context& ctx) {
  WHYZERO_TRY(ctx.expect_arity(0, 0, 1, 1));
  const auto& options = ctx.options<schema::VarHandleOptions>();
  ctx.make_state<std::string>() = fmt::format("variable/{}/{}", text(options.container()), text(options.shared_name()));
  return prepare_handle(ctx, 0);
}

Result<void> eval(Context& ctx) { return ctx.set_strings(0, {ctx.state<std::string>()}, {1}); }

}  // namespace

extern constinit const Operator unit_var_handle{
    .name = "VAR_HANDLE", .builtin = schema::BuiltinOperator_VAR_HANDLE, .max_version = 1, .prepare = prepare, .eval = eval};

}  // namespace whyzero::ops
