#include "evidence/finding.h"

namespace whyzero::evidence {

const char* severity_name(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  return "note";
}

const char* proof_name(Proof proof) {
  switch (proof) {
    case Proof::kBytes: return "bytes";
    case Proof::kFile: return "file";
    case Proof::kStatic: return "static";
    case Proof::kTensor: return "tensor";
    case Proof::kCalls: return "calls";
    case Proof::kRun: return "run";
    case Proof::kExperiment: return "experiment";
    case Proof::kStatistics: return "statistics";
    case Proof::kRetraining: return "retraining";
  }
  return "experiment";
}

const char* safety_name(Safety safety) {
  switch (safety) {
    case Safety::kSafe: return "safe";
    case Safety::kUnsafe: return "unsafe";
    case Safety::kDisplay: return "display";
  }
  return "display";
}

}  // namespace whyzero::evidence
