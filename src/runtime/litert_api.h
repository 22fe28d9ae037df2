// The functions of LiteRT's C interface that are used, looked up in the shared library. Declared here as far as needed, because
// nothing of LiteRT is needed to build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "whyzero/result.h"

namespace whyzero::runtime::litert {

using Handle = void*;  // all objects of the library are opaque

inline constexpr int kMaxRank = 8;

/// Shape and, optionally, strides of a tensor.
struct Layout {
  uint32_t rank_and_flags = 0;  // low 7 bits: rank; bit 7: strides are given
  int32_t dims[kMaxRank] = {};
  uint32_t strides[kMaxRank] = {};

  int rank() const { return static_cast<int>(rank_and_flags & 0x7f); }
};
static_assert(sizeof(Layout) == 68);

struct RankedType {
  int32_t element_type = 0;
  Layout layout;
};

inline constexpr int kOk = 0, kAcceleratorCpu = 1, kLockRead = 0, kLockWrite = 1;

struct Api {
  int (*CreateEnvironment)(int options, const void* values, Handle* environment);
  void (*DestroyEnvironment)(Handle environment);
  int (*CreateModelFromBuffer)(Handle environment, const void* bytes, size_t size, Handle* model);
  void (*DestroyModel)(Handle model);
  int (*CreateOptions)(Handle* options);
  int (*SetOptionsHardwareAccelerators)(Handle options, int set);
  int (*CreateOpaqueOptions)(const char* identifier, void* payload, void (*free_payload)(void*), Handle* opaque);
  int (*AddOpaqueOptions)(Handle options, Handle opaque);  // takes it over
  void (*DestroyOptions)(Handle options);
  int (*CreateCompiledModel)(Handle environment, Handle model, Handle options, Handle* compiled);
  void (*DestroyCompiledModel)(Handle compiled);
  int (*GetModelSignature)(Handle model, size_t index, Handle* signature);
  int (*GetNumSignatureInputs)(Handle signature, size_t* count);
  int (*GetNumSignatureOutputs)(Handle signature, size_t* count);
  int (*GetSignatureInputTensorByIndex)(Handle signature, size_t index, Handle* tensor);
  int (*GetSignatureOutputTensorByIndex)(Handle signature, size_t index, Handle* tensor);
  int (*GetRankedTensorType)(Handle tensor, RankedType* type);
  int (*GetCompiledModelInputBufferRequirements)(Handle compiled, size_t signature, size_t index, Handle* requirements);
  int (*GetCompiledModelOutputBufferRequirements)(Handle compiled, size_t signature, size_t index, Handle* requirements);
  int (*GetCompiledModelOutputTensorLayouts)(Handle compiled, size_t signature, size_t count, Layout* layouts, bool allocate);
  int (*CompiledModelResizeInputTensorNonStrict)(Handle compiled, size_t signature, size_t index, const int* dims, size_t rank);
  int (*CreateManagedTensorBufferFromRequirements)(Handle environment, const RankedType* type, Handle requirements, Handle* buffer);
  void (*DestroyTensorBuffer)(Handle buffer);
  int (*GetTensorBufferSize)(Handle buffer, size_t* bytes);
  int (*LockTensorBuffer)(Handle buffer, void** address, int mode);
  int (*UnlockTensorBuffer)(Handle buffer);
  int (*RunCompiledModel)(Handle compiled, size_t signature, size_t inputs, Handle* in, size_t outputs, Handle* out);
};

/// Loads the library into this process, for good. kNotFound where it cannot be loaded, kUnsupported where it lacks a function.
Result<Api> load_api(const std::filesystem::path& library);

/// Where the library is: `given` (file or folder), else the variable WHYZERO_LITERT, else the Python package ai-edge-litert of
/// ./.venv, $VIRTUAL_ENV, $CONDA_PREFIX, the python3 on PATH, the user or the system. kNotFound with all that was tried.
Result<std::filesystem::path> find_library(const std::filesystem::path& given);

}  // namespace whyzero::runtime::litert
