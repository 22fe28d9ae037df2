// The conductor: load, look, measure, search, judge, mend, verify. Knows the order of things and no single cause.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/progress.h"
#include "diagnosis/diagnosis.h"
#include "runtime/session.h"

namespace whyzero::diagnosis {

struct DiagnoseOptions {
  int threads = 0;            // 0: all cores
  uint64_t seed = 1;
  double budget_seconds = 0;  // bounds the search; 0: as long as it takes
  bool reference_kernels = false;
  std::shared_ptr<const runtime::Runtime> second_runtime;  // compared with our kernels, and asked once more before a fix is called verified
  size_t max_memory_bytes = runtime::InterpreterOptions{}.max_memory_bytes;  // of each interpreter
  Progress* progress = nullptr;
};

/// An Error only where the job cannot be done (no such file, an app file with an unknown key); a bad model is a finding.
Result<Diagnosis> diagnose_app(const std::filesystem::path& app_file, const DiagnoseOptions& options);
/// The same for a document whose paths are relative to `base`.
Result<Diagnosis> diagnose_document(const nlohmann::json& document, const std::filesystem::path& base, const DiagnoseOptions& options);
/// A model alone: file, graph and its answer to noise. Where MODEL.tflite has a MODEL.npz beside it, with arrays in_0… as for
/// `whyzero run`, they are fed as well.
Result<Diagnosis> diagnose_model(const std::filesystem::path& model, const DiagnoseOptions& options);

}  // namespace whyzero::diagnosis
