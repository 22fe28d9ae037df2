// What rules about recorded scripts share: findings that point at a line of the user's own source.
#pragma once

#include <string>

#include "evidence/call_log.h"
#include "rules/rule.h"

namespace whyzero::rules {

/// An error with proof `calls` at the line of a call.
evidence::Finding finding_at(const Rule& rule, const evidence::Case& a_case, const app::Call& call, std::string message);
/// What is to be written in the script, in Python. Shown, never applied.
evidence::Fix python_fix(std::string snippet);
/// `#3 "image"`, or `#3` where the model has no such tensor.
std::string tensor_label(const evidence::Case& a_case, int tensor);
/// `x = …` that turns real numbers into what a quantized tensor wants, or a plain cast for others.
std::string python_cast(const app::TensorInfo& tensor);
/// How the script gets an index from the runtime: `interpreter.get_input_details()[0]["index"]`.
std::string python_index(bool output, size_t place);
/// set_tensor calls that the runtime refused; the position of the tensor among the inputs.
struct Refused {
  const app::Call* call = nullptr;
  size_t input = 0;
  bool mended = false;  // the script set the same tensor with success afterwards
};
std::vector<Refused> refused_inputs(const evidence::Case& a_case);
/// Whether the call that failed was followed by a use of the interpreter as if nothing had happened.
bool went_on_after(const evidence::Case& a_case, const app::Call& failed);

/// Captured integers that are only -1, 0 and 1 in a tensor whose scale makes more of them: real numbers that were cast as they were.
bool looks_cast(const evidence::Case& a_case, size_t k);
/// Numbers cast without scale and zero point are mended at the cast, not where the tensor is set.
void point_at_cast(const evidence::Case& a_case, evidence::Finding& finding);
/// The script's own cast to the tensor's integer type, where a recorder saw one.
const app::Call* cast_in_script(const evidence::Case& a_case, size_t k);

}  // namespace whyzero::rules
