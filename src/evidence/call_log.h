// A recorded run of the user's script, replayed: what each call found when it came, and which values belong together.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/calls.h"
#include "evidence/case.h"

namespace whyzero::evidence {

/// What is true of an interpreter just before a call on it.
struct InterpreterState {
  int invocations = 0;              // that succeeded
  int sets = 0;                     // input tensors that were set, in all
  bool waiting = false;             // inputs were set that no invocation has seen yet
  bool read = false;                // an output was read since the last invocation
  const app::Call* failed = nullptr;  // the latest call that failed and was not made again with success
};

/// Calls `visit` for every call on an interpreter, in order, with the state before it.
void replay(const std::vector<app::Call>& calls, const std::function<void(const app::Call&, const InterpreterState&)>& visit);

bool is_read(const app::Call& call);     // get_tensor, or a view of a tensor
bool is_input(const Case& a_case, int tensor);
bool is_output(const Case& a_case, int tensor);
/// An input is set for good: the call succeeded and the tensor is the model's.
bool sets_input(const Case& a_case, const app::Call& call);
/// `app.py:31`, or where the recorder named no line "call 7".
std::string line_of(const std::vector<app::Call>& calls, const app::Call& call);

/// Outputs that the script read, against what the model computes from the inputs set before each.
Reads compare_reads(const Case& a_case);

/// One entry an input of the app; samples = 0 where it is not captured.
std::vector<Captured> look_at_captured(const Case& a_case);

}  // namespace whyzero::evidence
