#include "diagnosis/found_again.h"

#include <algorithm>

namespace whyzero::diagnosis {

using evidence::Finding;

std::string found_again(const std::vector<Finding>& before, const std::vector<Finding>& after) {
  for (const Finding& left : after) {
    // Calls and captured tensors are of the app as it was: no patch changes what they show.
    const bool of_before = left.proof == evidence::Proof::kCalls || left.proof == evidence::Proof::kTensor;
    if (left.severity == evidence::Severity::kNote || of_before) continue;
    const bool mended = std::any_of(before.begin(), before.end(), [&](const Finding& f) {
      return f.code == left.code && f.fix && f.severity != evidence::Severity::kNote;
    });
    if (mended) return left.code + " is found in the mended app again: " + left.message;
  }
  return "";
}

}  // namespace whyzero::diagnosis
