// Running a pipeline: which step, in which order, with errors that name the step.
#include "app/step.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/check.h"
#include "app/grid.h"

namespace whyzero::app {

const Step* find_step(std::string_view name) {
  const auto steps = all_steps();
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step* step) { return step->name == name; });
  return found == steps.end() ? nullptr : *found;
}

Result<void> run_steps(Value& value, const nlohmann::json& pipeline, size_t first, size_t last, const TensorInfo& tensor) {
  if (!pipeline.is_array()) return {};
  last = std::min(last, pipeline.size());
  for (size_t i = first; i < last; ++i) {
    const nlohmann::json& entry = pipeline[i];
    const Step* step = entry.is_object() && entry.size() == 1 ? find_step(entry.begin().key()) : nullptr;
    if (!step)
      return fail(ErrorCode::kInvalidArgument, fmt::format("step {} is no object with one known step: {}", i, shown(entry)));
    const nlohmann::json* next = i + 1 < pipeline.size() ? &pipeline[i + 1] : nullptr;
    Result<void> done = step->name == "onehot" ? Result<void>{} : make_numbers(value);
    if (done) done = step->apply(value, StepCall{entry.begin().value(), tensor, next});
    if (!done) return fail(std::move(done).error(), fmt::format("step {} ({})", i, step->name));
  }
  return {};
}

Result<void> finish_value(Value& value, const TensorInfo& tensor) {
  WHYZERO_TRY(make_numbers(value));
  if (value.box) {
    const image::Box box = *value.box;
    value.box.reset();
    WHYZERO_TRY(crop_to_rounded_box(value, box));
  }
  if (value.elements() != tensor.elements())
    return fail(
        ErrorCode::kShapeMismatch,
        fmt::format("input tensor #{} \"{}\" wants shape {}, the app gives {}; add or mend the resize, crop or channels step",
                    tensor.index, tensor.name, shape_text(tensor.shape), shape_text(value.shape)));
  if (value.dtype != tensor.dtype)
    return fail(
        ErrorCode::kDtypeMismatch,
        fmt::format("input tensor #{} \"{}\" wants {}, the app gives {}; add or mend the normalize, quantize or cast step",
                    tensor.index, tensor.name, dtype_name(tensor.dtype), dtype_name(value.dtype)));
  value.shape = tensor.shape;
  return {};
}

}  // namespace whyzero::app
