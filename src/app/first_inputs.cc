#include "app/first_inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/evaluate.h"
#include "app/source.h"

namespace whyzero::app {

Result<std::vector<std::vector<std::vector<uint8_t>>>> first_inputs(const App& app, const graph::Model& model, size_t count) {
  WHYZERO_ASSIGN(const Binding binding, bind(app, model));
  std::vector<std::unique_ptr<Source>> sources;
  size_t there = SIZE_MAX;
  for (const Input& input : app.inputs) {
    WHYZERO_ASSIGN(auto source, open_source(app, input));
    there = std::min(there, source->size());
    sources.push_back(std::move(source));
  }
  std::vector<std::vector<std::vector<uint8_t>>> samples;
  for (size_t i = 0; i < there && samples.size() < count; ++i) {
    std::vector<std::vector<uint8_t>> inputs(app.inputs.size());
    bool readable = true;
    for (size_t k = 0; k < app.inputs.size() && readable; ++k) {
      auto value = input_value(*sources[k], app.inputs[k], i, binding.tensors[k]);
      // What the source itself cannot give is passed over; what the pipeline makes of it must fit.
      readable = value || sources[k]->first_value(i, decode_like(app.inputs[k].pipeline), binding.tensors[k]);
      if (!value && readable) return fail(std::move(value).error(), fmt::format("sample {} ({})", i, sources[k]->name(i)));
      if (value) inputs[static_cast<size_t>(binding.input_of[k])] = std::move(value->bytes);
    }
    if (readable) samples.push_back(std::move(inputs));
  }
  if (samples.empty()) return fail(ErrorCode::kNotFound, fmt::format("none of the app's {} samples can be read", there));
  return samples;
}

}  // namespace whyzero::app
