// Finds which array feeds which input of which invocation, runs, and collects the outputs.
#include "trace/run_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>

namespace whyzero::trace {
namespace {

constexpr int kMostInvocations = 100000;

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || value < 0) return std::nullopt;
  return value;
}

/// The input that a key without step prefix names.
std::optional<int> input_of(const graph::Model& model, int subgraph, std::string_view key) {
  const graph::Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  const int count = static_cast<int>(graph.inputs.size());
  for (int k = 0; k < count; ++k)
    if (graph.tensors[static_cast<size_t>(graph.inputs[static_cast<size_t>(k)])].name == key) return k;
  if (key.starts_with("in_"))
    if (const auto k = whole_number(key.substr(3)); k && *k < count) return k;
  for (const graph::Signature& signature : model.signatures) {
    if (signature.subgraph != subgraph) continue;
    for (const graph::SignatureEntry& entry : signature.inputs)
      if (entry.name == key)
        for (int k = 0; k < count; ++k)
          if (graph.inputs[static_cast<size_t>(k)] == entry.tensor) return k;
  }
  return std::nullopt;
}

struct Feed {
  int input;
  const std::string* key;
  const Array* array;
};

/// The feeds of every invocation, by its number.
std::map<int, std::vector<Feed>> assign(const graph::Model& model, int subgraph, const Arrays& arrays,
                                        std::vector<std::string>& unused) {
  std::map<int, std::vector<Feed>> steps;
  for (const auto& [key, array] : arrays) {
    int step = 0;
    auto input = input_of(model, subgraph, key);
    const size_t underscore = key.find('_');
    if (!input && key.starts_with('s') && underscore != std::string::npos)
      if (const auto number = whole_number(std::string_view(key).substr(1, underscore - 1));
          number && *number < kMostInvocations) {
        step = *number;
        input = input_of(model, subgraph, std::string_view(key).substr(underscore + 1));
      }
    if (input)
      steps[step].push_back({*input, &key, &array});
    else
      unused.push_back(key);
  }
  return steps;
}

Result<void> feed(runtime::Session& session, const Feed& one) {
  auto told = [&](Error error) {
    return fail(std::move(error),
                fmt::format("array {} for input {} ({})", *one.key, one.input, session.input(one.input).label()));
  };
  ops::Shape shape;
  for (int64_t dim : one.array->shape) {
    if (dim > std::numeric_limits<int32_t>::max())
      return told({ErrorCode::kShapeMismatch, fmt::format("a dimension of {} is more than a model can have", dim), {}});
    shape.push_back(static_cast<int32_t>(dim));
  }
  auto bytes = tensor_bytes_from_array(*one.array, session.input(one.input).dtype);
  if (!bytes) return told(std::move(bytes).error());
  if (auto sized = session.resize_input(one.input, shape); !sized) return told(std::move(sized).error());
  if (auto set = session.set_input(one.input, *bytes); !set) return told(std::move(set).error());
  return {};
}

Result<void> collect(const runtime::Session& session, const std::string& prefix, bool all_tensors, RunResult& result) {
  for (int k = 0; k < session.outputs(); ++k) {
    const std::string key = fmt::format("{}out_{}", prefix, k);
    Result<void> there = session.available(session.subgraph().outputs[static_cast<size_t>(k)]);
    if (there) {
      auto array = array_from_tensor(session.output(k));
      if (array) {
        result.arrays[key] = std::move(*array);
        continue;
      }
      there = fail(std::move(array).error());
    }
    result.missing.push_back({key, std::move(there).error()});
  }
  if (!all_tensors) return {};
  for (size_t k = 0; k < session.subgraph().tensors.size(); ++k) {
    if (!session.available(static_cast<int>(k))) continue;
    const ops::Tensor& tensor = session.tensor(static_cast<int>(k));
    if (!tensor.data) continue;
    auto array = array_from_tensor(tensor);
    if (!array && array.error().code == ErrorCode::kOutOfMemory) return fail(std::move(array).error());
    if (array) result.arrays[fmt::format("{}t_{}", prefix, k)] = std::move(*array);
  }
  return {};
}

/// The subgraph that a signature runs.
Result<int> subgraph_of(const graph::Model& model, const std::string& key) {
  std::vector<std::string> known;
  for (const graph::Signature& signature : model.signatures) {
    if (signature.key == key) return signature.subgraph;
    known.push_back(signature.key);
  }
  return fail(ErrorCode::kNotFound,
              fmt::format("the model has no signature \"{}\"; {}", key,
                          known.empty() ? "it has none" : fmt::format("it has {}", fmt::join(known, ", "))));
}

}  // namespace

Result<RunResult> run_model(std::shared_ptr<const graph::Model> model, const Arrays& inputs, const RunOptions& options) {
  runtime::SessionOptions settings = options.session;
  settings.keep_all = settings.keep_all || options.all_tensors;
  if (!options.signature.empty() && model) {
    WHYZERO_ASSIGN(settings.subgraph, subgraph_of(*model, options.signature));
  }
  const auto runtime = options.runtime ? options.runtime : runtime::own_runtime(runtime::Kernels::kFast);
  WHYZERO_ASSIGN(auto session, runtime->open(model, settings));
  RunResult result;
  const auto steps = assign(*model, settings.subgraph, inputs, result.unused);
  if (steps.empty() && !inputs.empty())
    return fail(
        ErrorCode::kNotFound,
        fmt::format("none of the {} arrays given (first: {}) names an input; the model has inputs in_0 to in_{}{}", inputs.size(),
                    inputs.begin()->first, session->inputs() - 1,
                    session->inputs() > 0 ? fmt::format(", the first is {}", session->input(0).label()) : std::string()));
  // No array can ask for a second invocation of a model without inputs, and only there one sees whether it draws random numbers or
  // keeps a state.
  const int last = session->inputs() == 0 ? 1 : steps.empty() ? 0 : steps.rbegin()->first;
  for (int step = 0; step <= last; ++step) {
    if (const auto found = steps.find(step); found != steps.end())
      for (const Feed& one : found->second) WHYZERO_TRY(feed(*session, one));
    WHYZERO_TRY(session->invoke());
    WHYZERO_TRY(collect(*session, step == 0 ? std::string() : fmt::format("s{}_", step), options.all_tensors, result));
  }
  result.coverage = session->coverage();
  return result;
}

}  // namespace whyzero::trace
