// What a pipeline step is. One file a step in steps/; the build lists them.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "app/value.h"
#include "whyzero/result.h"

namespace whyzero::app {

struct StepCall {
  const nlohmann::json& value;   // what stands behind the step's name in the app file
  const TensorInfo& tensor;      // the input tensor that the pipeline fills
  const nlohmann::json* next;    // the step after this one, null for the last
};

struct Step {
  std::string_view name;
  /// Asked once when an app file is read: unknown keys, wrong types, impossible numbers.
  Result<void> (*check)(const nlohmann::json& value) = nullptr;
  Result<void> (*apply)(Value& value, const StepCall& call) = nullptr;
};

std::span<const Step* const> all_steps();
const Step* find_step(std::string_view name);

/// Runs steps [first, last) of a checked pipeline; errors name the step ("step 2 (resize): …").
Result<void> run_steps(Value& value, const nlohmann::json& pipeline, size_t first, size_t last, const TensorInfo& tensor);

/// What the interpreter does with the last value: a missing batch axis is added, element count and dtype must be the
/// tensor's. kShapeMismatch or kDtypeMismatch naming expected and given. A crop waiting for a resize is cut here.
Result<void> finish_value(Value& value, const TensorInfo& tensor);

}  // namespace whyzero::app
