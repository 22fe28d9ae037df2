// A fix is called verified only after another path saw it work: the mended app file written, read afresh, run on all samples
// without any cache, and on some of them by the reference kernels with the same decisions.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/evaluate.h"
#include "evidence/case.h"
#include "runtime/session.h"

namespace whyzero::fix {

struct Verification {
  bool verified = false;
  std::string rejected_by;          // the gate that stopped it
  std::optional<double> value;      // the metric of the mended app on all samples
  int samples = 0;
  app::Evaluation evaluation;       // of the mended app
};

struct VerifyOptions {
  int threads = 0;
  std::optional<double> expected;   // what the experiment measured; the fresh run must not be worse
  size_t max_memory_bytes = runtime::InterpreterOptions{}.max_memory_bytes;
  Progress* progress = nullptr;
  std::shared_ptr<const std::vector<uint8_t>> model;  // written beside the app file in place of its own; null: it has its own
  std::shared_ptr<const runtime::Runtime> second_runtime;  // null: none; otherwise it must decide alike as well, one close call apart
};

/// `document` is the mended app with paths relative to the case's folder.
Verification verify(const evidence::Case& a_case, const nlohmann::json& document, const VerifyOptions& options);

}  // namespace whyzero::fix
