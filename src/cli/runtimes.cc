#include "cli/runtimes.h"

#include <fmt/format.h>

namespace whyzero::cli {
namespace {

constexpr std::string_view kLiteRtWithPath = "litert:";

}  // namespace

std::string check_runtime(const std::string& text) {
  if (text == "fast" || text == "reference" || text == "litert" || (text.starts_with(kLiteRtWithPath) && text.size() > kLiteRtWithPath.size()))
    return {};
  return fmt::format("no runtime is called '{}'; known: fast, reference, litert, litert:PATH", text);
}

Result<std::shared_ptr<const runtime::Runtime>> runtime_from(const std::string& text) {
  if (text == "fast") return runtime::own_runtime(runtime::Kernels::kFast);
  if (text == "reference") return runtime::own_runtime(runtime::Kernels::kReference);
  return runtime::litert_runtime(text.starts_with(kLiteRtWithPath) ? text.substr(kLiteRtWithPath.size()) : std::string());
}

Result<std::shared_ptr<const runtime::Runtime>> runtime_of(const Context& context) {
  if (context.runtime == Runtime::kLiteRT) return runtime::litert_runtime(context.litert_library);
  return runtime::own_runtime(context.runtime == Runtime::kReference ? runtime::Kernels::kReference : runtime::Kernels::kFast);
}

}  // namespace whyzero::cli
