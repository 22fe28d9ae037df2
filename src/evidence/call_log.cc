#include "evidence/call_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace whyzero::evidence {
namespace {

using app::Call;

const std::vector<int>& model_inputs(const Case& a_case) { return a_case.model->main().inputs; }

bool concerns_interpreter(const Call& call) {
  for (std::string_view name : {"allocate_tensors", "set_tensor", "invoke", "get_tensor", "tensor", "resize_tensor_input", "reset_all_variables"})
    if (call.call == name) return true;
  return false;
}

void advance(InterpreterState& state, const Call& call) {
  if (call.failed()) {
    state.failed = &call;
    return;
  }
  const bool again = state.failed && state.failed->call == call.call && (call.call != "set_tensor" || call.tensor == state.failed->tensor);
  if (again) state.failed = nullptr;
  if (call.call == "set_tensor") {
    ++state.sets;
    state.waiting = true;
  } else if (call.call == "invoke") {
    ++state.invocations;
    state.waiting = state.read = false;
  } else if (is_read(call)) {
    state.read = true;
  }
}

}  // namespace

void replay(const std::vector<Call>& calls, const std::function<void(const Call&, const InterpreterState&)>& visit) {
  std::map<int64_t, InterpreterState> states;
  for (const Call& call : calls) {
    if (!concerns_interpreter(call)) continue;
    InterpreterState& state = states[call.interpreter];
    visit(call, state);
    advance(state, call);
  }
}

bool is_read(const Call& call) { return call.call == "get_tensor" || call.call == "tensor"; }

bool is_input(const Case& a_case, int tensor) {
  return std::find(model_inputs(a_case).begin(), model_inputs(a_case).end(), tensor) != model_inputs(a_case).end();
}

bool is_output(const Case& a_case, int tensor) {
  const auto& outputs = a_case.model->main().outputs;
  return std::find(outputs.begin(), outputs.end(), tensor) != outputs.end();
}

bool sets_input(const Case& a_case, const Call& call) { return call.call == "set_tensor" && !call.failed() && is_input(a_case, call.tensor); }

std::string line_of(const std::vector<Call>& calls, const Call& call) {
  return call.line.empty() ? fmt::format("call {}", &call - calls.data() + 1) : call.line;
}

}  // namespace whyzero::evidence
