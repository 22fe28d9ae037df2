#include "runtime/litert_api.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <string>

namespace whyzero::runtime::litert {

Result<Api> load_api(const std::filesystem::path& library) {
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char* why = ::dlerror();
    return fail(ErrorCode::kNotFound, fmt::format("the LiteRT library cannot be loaded: {}", why ? why : "no reason given"));
  }
  Api api{};
  std::string missing;
  const auto look_up = [&]<class F>(F*& function, const char* name) {
    function = reinterpret_cast<F*>(::dlsym(handle, name));
    if (!function) missing += (missing.empty() ? "" : ", ") + std::string(name);
  };
#define WHYZERO_LITERT_FUNCTION(name) look_up(api.name, "LiteRt" #name)
  WHYZERO_LITERT_FUNCTION(CreateEnvironment);
  WHYZERO_LITERT_FUNCTION(DestroyEnvironment);
  WHYZERO_LITERT_FUNCTION(CreateModelFromBuffer);
  WHYZERO_LITERT_FUNCTION(DestroyModel);
  WHYZERO_LITERT_FUNCTION(CreateOptions);
  WHYZERO_LITERT_FUNCTION(SetOptionsHardwareAccelerators);
  WHYZERO_LITERT_FUNCTION(CreateOpaqueOptions);
  WHYZERO_LITERT_FUNCTION(AddOpaqueOptions);
  WHYZERO_LITERT_FUNCTION(DestroyOptions);
  WHYZERO_LITERT_FUNCTION(CreateCompiledModel);
  WHYZERO_LITERT_FUNCTION(DestroyCompiledModel);
  WHYZERO_LITERT_FUNCTION(GetModelSignature);
  WHYZERO_LITERT_FUNCTION(GetNumSignatureInputs);
  WHYZERO_LITERT_FUNCTION(GetNumSignatureOutputs);
  WHYZERO_LITERT_FUNCTION(GetSignatureInputTensorByIndex);
  WHYZERO_LITERT_FUNCTION(GetSignatureOutputTensorByIndex);
  WHYZERO_LITERT_FUNCTION(GetRankedTensorType);
  WHYZERO_LITERT_FUNCTION(GetCompiledModelInputBufferRequirements);
  WHYZERO_LITERT_FUNCTION(GetCompiledModelOutputBufferRequirements);
  WHYZERO_LITERT_FUNCTION(GetCompiledModelOutputTensorLayouts);
  WHYZERO_LITERT_FUNCTION(CompiledModelResizeInputTensorNonStrict);
  WHYZERO_LITERT_FUNCTION(CreateManagedTensorBufferFromRequirements);
  WHYZERO_LITERT_FUNCTION(DestroyTensorBuffer);
  WHYZERO_LITERT_FUNCTION(GetTensorBufferSize);
  WHYZERO_LITERT_FUNCTION(LockTensorBuffer);
  WHYZERO_LITERT_FUNCTION(UnlockTensorBuffer);
  WHYZERO_LITERT_FUNCTION(RunCompiledModel);
#undef WHYZERO_LITERT_FUNCTION
  if (!missing.empty())
    return fail(ErrorCode::kUnsupported, fmt::format("{} lacks {}; take the library of ai-edge-litert 2.3 or newer", library.string(), missing));
  return api;
}

}  // namespace whyzero::runtime::litert
