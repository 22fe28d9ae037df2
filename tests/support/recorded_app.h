// The toy app as a recorder would have seen a script that runs it: captured tensors, the answers read, and the log of calls.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/toy_app.h"

namespace whyzero::toy {

using Calls = std::vector<nlohmann::json>;

inline constexpr int kImage = 0, kLogits = 3;  // tensors of the toy's model

/// One call of the script `app.py`; line numbers are: set_tensor 10, invoke 11, get_tensor 12.
nlohmann::json set_call(int sample);
nlohmann::json invoke_call();
/// Reads the answer; the value is the model's to sample `of`.
nlohmann::json get_call(int of);
/// set, invoke, get for every sample.
Calls healthy_calls();
/// What the runtime says to a value of another dtype or shape.
nlohmann::json refused_call(const std::string& dtype, const std::vector<int>& shape);

/// The standard toy with captured tensors and this log. `tensors` are sample numbers, -1 is a tensor of zeros; all where empty.
nlohmann::json recorded(const Calls& calls, const std::vector<int>& tensors = {});
/// How many samples the standard toy has.
int recorded_samples();

}  // namespace whyzero::toy
