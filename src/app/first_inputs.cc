#include "app/first_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/evaluate.h"
#include "app/source.h"
#include "base/parallel.h"

namespace whyzero::app {

using Bytes = std::vector<std::vector<uint8_t>>;  // by input

Result<std::vector<Bytes>> first_inputs(const App& app, const graph::Model& model, size_t count) {
  WHYZERO_ASSIGN(const Binding binding, bind(app, model));
  std::vector<std::unique_ptr<Source>> sources;
  size_t there = SIZE_MAX;
  for (const Input& input : app.inputs) {
    WHYZERO_ASSIGN(auto source, open_source(app, input));
    there = std::min(there, source->size());
    sources.push_back(std::move(source));
  }
  // What the source itself cannot give is passed over; what the pipeline makes of it must fit.
  const auto read = [&](size_t i) -> Result<std::optional<Bytes>> {
    Bytes inputs(app.inputs.size());
    for (size_t k = 0; k < app.inputs.size(); ++k) {
      auto value = input_value(*sources[k], app.inputs[k], i, binding.tensors[k]);
      if (!value && !sources[k]->first_value(i, decode_like(app.inputs[k].pipeline), binding.tensors[k])) return std::nullopt;
      if (!value) return fail(std::move(value).error(), fmt::format("sample {} ({})", i, sources[k]->name(i)));
      inputs[static_cast<size_t>(binding.input_of[k])] = std::move(value->bytes);
    }
    return inputs;
  };
  std::vector<Bytes> samples;
  for (size_t next = 0; next < there && samples.size() < count;) {
    std::vector<Result<std::optional<Bytes>>> batch(std::min(count - samples.size(), there - next), std::nullopt);
    parallel_for(batch.size(), default_threads(), [&](int, size_t i) { batch[i] = read(next + i); });
    for (auto& one : batch) {
      if (!one) return fail(std::move(one).error());
      if (*one) samples.push_back(std::move(**one));
    }
    next += batch.size();
  }
  if (samples.empty()) return fail(ErrorCode::kNotFound, fmt::format("none of the app's {} samples can be read", there));
  return samples;
}

}  // namespace whyzero::app
