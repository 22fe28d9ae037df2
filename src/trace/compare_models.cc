#include "trace/compare_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "base/random.h"
#include "numerics/half.h"
#include "ops/common/memory.h"
#include "ops/common/quantized.h"
#include "trace/run_model.h"

namespace whyzero::trace {
namespace {

/// Compares what each node computes with what the other side computed, then lets the run go on with the other side's values, so
/// that every node is fed with the other side's inputs.
class Isolation final : public runtime::Observer {
 public:
  /// `other` by tensor index of the observed graph. `first_observed`: the observed run is the comparison's first side.
  Isolation(std::map<int, const TensorValue*> other, bool first_observed, bool twins)
      : other_(std::move(other)), first_observed_(first_observed), twins_(twins) {}

  void node_end(int subgraph, const graph::Node& node, std::span<ops::Tensor* const> outputs) override {
    if (subgraph != 0) return;
    for (size_t k = 0; k < outputs.size() && k < node.outputs.size(); ++k) {
      const auto found = other_.find(node.outputs[k]);
      if (found == other_.end() || !outputs[k]) continue;
      auto array = array_from_tensor(*outputs[k]);
      if (!array) continue;
      TensorValue own{std::move(*array), 0, 0};
      if (outputs[k]->quantization->scales.size() == 1) {
        own.scale = static_cast<double>(outputs[k]->scale());
        own.zero_point = outputs[k]->zero_point();
      }
      errors_[node.outputs[k]] = first_observed_ ? difference(own, *found->second, twins_) : difference(*found->second, own, twins_);
      put(*outputs[k], *found->second, own);
    }
  }
  const std::map<int, Difference>& errors() const { return errors_; }

 private:
  static void put(ops::Tensor& tensor, const TensorValue& value, const TensorValue& own) {
    if (tensor.constant || value.array.shape != own.array.shape) return;
    const bool same = value.array.dtype == own.array.dtype && value.scale == own.scale && value.zero_point == own.zero_point;
    const auto bytes = same ? tensor_bytes_from_array(value.array, tensor.dtype)
                            : bytes_of_numbers(numbers_of(value, true), tensor.dtype, own.scale, own.zero_point);
    if (bytes && bytes->size() == tensor.bytes && tensor.bytes > 0) std::memcpy(tensor.data, bytes->data(), tensor.bytes);
  }

  std::map<int, const TensorValue*> other_;
  bool first_observed_, twins_;
  std::map<int, Difference> errors_;
};

std::optional<runtime::Kernels> own_kernels(const runtime::Runtime& runtime) {
  if (runtime.name() == "fast") return runtime::Kernels::kFast;
  if (runtime.name() == "reference") return runtime::Kernels::kReference;
  return std::nullopt;
}

/// Isolated errors of all pairs by position, from one run of the side that is ours.
Result<std::map<size_t, Difference>> isolate(const Side& observed, bool first_observed, const Trace& own, const Trace& other,
                                             const std::vector<Pair>& pairs, const std::vector<std::vector<uint8_t>>& inputs, bool twins) {
  std::map<int, const TensorValue*> values;
  for (const Pair& pair : pairs) {
    const size_t here = first_observed ? pair.first : pair.second, there = first_observed ? pair.second : pair.first;
    values[own.tensors[here].index] = &other.tensors[there].value;
  }
  Isolation isolation(std::move(values), first_observed, twins);
  WHYZERO_ASSIGN(const auto session, runtime::own_runtime(*own_kernels(*observed.runtime), &isolation)->open(observed.model, {.keep_all = true}));
  for (size_t k = 0; k < inputs.size(); ++k) WHYZERO_TRY(session->set_input(static_cast<int>(k), inputs[k]));
  WHYZERO_TRY(session->invoke());
  std::map<size_t, Difference> result;
  for (size_t p = 0; p < pairs.size(); ++p) {
    const auto found = isolation.errors().find(own.tensors[first_observed ? pairs[p].first : pairs[p].second].index);
    if (found != isolation.errors().end()) result[p] = found->second;
  }
  return result;
}

/// Whether the weights of two models are stored in different types: one is a quantized or shortened copy of the other.
bool stored_differently(const graph::Model& first, const graph::Model& second) {
  const auto types = [](const graph::Model& model) {
    std::set<DType> result;
    for (const graph::Tensor& tensor : model.main().tensors)
      if (!tensor.data.empty() && tensor.dtype != DType::kInt32 && tensor.dtype != DType::kInt64) result.insert(tensor.dtype);
    return result;
  };
  return types(first) != types(second);
}

/// The first side's inputs as the second takes them.
Result<std::vector<std::vector<uint8_t>>> inputs_for(const graph::Subgraph& from, const graph::Subgraph& to,
                                                     const std::vector<std::vector<uint8_t>>& inputs) {
  if (from.inputs.size() != to.inputs.size())
    return fail(ErrorCode::kShapeMismatch, fmt::format("the models have {} and {} inputs", from.inputs.size(), to.inputs.size()));
  std::vector<std::vector<uint8_t>> result;
  for (size_t k = 0; k < inputs.size(); ++k) {
    const graph::Tensor &a = from.tensors[static_cast<size_t>(from.inputs[k])], &b = to.tensors[static_cast<size_t>(to.inputs[k])];
    if (a.shape != b.shape) return fail(ErrorCode::kShapeMismatch, fmt::format("inputs {} and {} have different shapes", a.label(), b.label()));
    const auto whole = [](const graph::Tensor& t) { return t.quantization.scales.size() == 1; };
    const bool same_meaning = a.dtype == b.dtype && a.quantization.scales == b.quantization.scales && a.quantization.zero_points == b.quantization.zero_points;
    if (same_meaning) {
      result.push_back(inputs[k]);
      continue;
    }
    TensorValue value;
    value.array.dtype = a.dtype;
    value.array.data = inputs[k];
    if (whole(a)) {
      value.scale = static_cast<double>(a.quantization.scales[0]);
      value.zero_point = a.quantization.zero_points[0];
    }
    WHYZERO_ASSIGN(auto bytes, bytes_of_numbers(numbers_of(value, true), b.dtype, whole(b) ? static_cast<double>(b.quantization.scales[0]) : 0,
                                                whole(b) ? b.quantization.zero_points[0] : 0));
    result.push_back(std::move(bytes));
  }
  return result;
}

/// Making every tensor an output may keep a runtime from fusing operators: whether its own outputs stay the same.
Result<void> check_cut(const Side& side, const Trace& cut, const std::vector<std::vector<uint8_t>>& inputs, std::vector<std::string>& notes) {
  if (own_kernels(*side.runtime)) return {};
  WHYZERO_ASSIGN(const auto session, side.runtime->open(side.model, {}));
  WHYZERO_ASSIGN(const Trace whole, trace_run(*session, inputs));
  WHYZERO_ASSIGN(const Comparison outputs, compare(whole, cut, align(whole, cut, true)));
  const auto differs = std::any_of(outputs.rows.begin(), outputs.rows.end(), [](const Row& row) { return row.accumulated.agreement != Agreement::kEqual; });
  notes.push_back(differs ? fmt::format("{}: to see inside, every tensor was made an output; this keeps it from fusing operators and changes its own outputs, "
                                        "so that what it does inside an app may differ from these rows", side.label)
                          : fmt::format("{}: to see inside, every tensor was made an output; its own outputs stay the same to the bit", side.label));
  return {};
}

/// Why a side has no answer where the other has one; empty where both are as complete.
std::vector<std::string> not_run(const Side& first, const runtime::Session& a, const Side& second, const runtime::Session& b) {
  const auto missing = [](const runtime::Session& session) {
    std::vector<std::string> reasons;
    for (const int output : session.subgraph().outputs)
      if (const auto there = session.available(output); !there) reasons.push_back(there.error().text());
    return reasons;
  };
  const std::vector<std::string> of_a = missing(a), of_b = missing(b);
  std::vector<std::string> result;
  if (of_a.size() > of_b.size()) result.push_back(first.label + ": " + of_a.front());
  if (of_b.size() > of_a.size()) result.push_back(second.label + ": " + of_b.front());
  return result;
}

template <class T>
void put_rounded(std::span<const double> numbers, double scale, int64_t zero_point, uint8_t* to) {
  for (size_t k = 0; k < numbers.size(); ++k) {
    double value = scale > 0 ? numbers[k] / scale + static_cast<double>(zero_point) : numbers[k];
    if constexpr (std::is_integral_v<T>) {
      value = std::isnan(value) ? 0 : std::nearbyint(value);
      // The largest int64 is no double; what lies above it is clamped to what is below.
      value = std::clamp(value, static_cast<double>(std::numeric_limits<T>::lowest()),
                         std::nextafter(static_cast<double>(std::numeric_limits<T>::max()), sizeof(T) == 8 ? 0 : 1e300));
      if constexpr (sizeof(T) < 8) value = std::min(value, static_cast<double>(std::numeric_limits<T>::max()));
    }
    const T element = static_cast<T>(value);
    std::memcpy(to + k * sizeof(T), &element, sizeof(T));
  }
}

}  // namespace

Result<std::vector<uint8_t>> bytes_of_numbers(std::span<const double> numbers, DType dtype, double scale, int64_t zero_point) {
  std::vector<uint8_t> bytes;
  if (!ops::try_resize(bytes, numbers.size() * dtype_size(dtype))) return fail(ErrorCode::kOutOfMemory, "no memory for a converted tensor");
  switch (dtype) {
    case DType::kFloat32: put_rounded<float>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kFloat64: put_rounded<double>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kInt8: put_rounded<int8_t>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kUInt8: put_rounded<uint8_t>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kInt16: put_rounded<int16_t>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kInt32: put_rounded<int32_t>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kInt64: put_rounded<int64_t>(numbers, scale, zero_point, bytes.data()); break;
    case DType::kFloat16:
      for (size_t k = 0; k < numbers.size(); ++k) {
        const uint16_t half = half_from_float(static_cast<float>(numbers[k]));
        std::memcpy(bytes.data() + 2 * k, &half, 2);
      }
      break;
    default: return fail(ErrorCode::kUnsupported, fmt::format("numbers cannot be written as {}", dtype_name(dtype)));
  }
  return bytes;
}

Samples random_samples(const graph::Model& model, size_t count, uint64_t seed, const graph::Model* other) {
  /// What the other model's input can hold, where it is quantized and this one's is not.
  const auto range_of = [&](size_t k) {
    if (!other || k >= other->main().inputs.size()) return std::pair(-1.0, 1.0);
    const graph::Tensor& twin = other->main().tensors[static_cast<size_t>(other->main().inputs[k])];
    if (twin.quantization.scales.size() != 1 || dtype_size(twin.dtype) > 2 || !dtype_is_integer(twin.dtype)) return std::pair(-1.0, 1.0);
    const ops::Range<int32_t> stored = ops::storage_range(twin.dtype);
    const auto real = [&](int32_t q) { return static_cast<double>(twin.quantization.scales[0]) * static_cast<double>(q - twin.quantization.zero_points[0]); };
    return std::pair(real(stored.low), real(stored.high));
  };
  Random random(seed);
  Samples samples(count);
  for (auto& sample : samples)
    for (size_t input = 0; input < model.main().inputs.size(); ++input) {
      const int index = model.main().inputs[input];
      const graph::Tensor& tensor = model.main().tensors[static_cast<size_t>(index)];
      std::vector<uint8_t> bytes;
      const size_t size = ops::tensor_bytes(tensor.dtype, tensor.shape).value_or(0);
      if (ops::try_resize(bytes, size)) {
        if (tensor.dtype == DType::kFloat32) {
          const auto [low, high] = range_of(input);
          for (size_t k = 0; k + 4 <= size; k += 4) {
            const auto value = static_cast<float>(low + (high - low) * random.uniform());
            std::memcpy(bytes.data() + k, &value, 4);
          }
        } else if (tensor.dtype == DType::kBool) {
          for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.below(2));
        } else if (dtype_is_integer(tensor.dtype) && dtype_size(tensor.dtype) <= 2) {
          for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.below(256));
        }
      }
      sample.push_back(std::move(bytes));
    }
  return samples;
}

Result<ModelComparison> compare_models(const Side& first, const Side& second, const Samples& samples, const Progress* progress) {
  if (samples.empty()) return fail(ErrorCode::kNotFound, "no sample to compare with");
  const runtime::SessionOptions options{.keep_all = true, .progress = progress};
  WHYZERO_ASSIGN(const auto a, first.runtime->open(first.model, options));
  WHYZERO_ASSIGN(const auto b, second.runtime->open(second.model, options));
  const bool same_model = first.model == second.model || *first.model->bytes == *second.model->bytes;
  const bool twins = !same_model && stored_differently(*first.model, *second.model);
  std::vector<Pair> pairs;
  std::optional<ModelComparison> result;
  std::vector<std::string> notes, incomplete;
  for (size_t s = 0; s < samples.size(); ++s) {
    if (progress && progress->cancelled()) return fail(ErrorCode::kCancelled, "cancelled while models were compared");
    WHYZERO_ASSIGN(const auto inputs, inputs_for(first.model->main(), second.model->main(), samples[s]));
    WHYZERO_TRY(a->reset_state());
    WHYZERO_TRY(b->reset_state());
    WHYZERO_ASSIGN(Trace trace_a, trace_run(*a, samples[s]));
    WHYZERO_ASSIGN(Trace trace_b, trace_run(*b, inputs));
    trace_a.from = first.label;
    trace_b.from = second.label;
    if (s == 0) {
      pairs = align(trace_a, trace_b, same_model);
      incomplete = not_run(first, *a, second, *b);
      WHYZERO_TRY(check_cut(first, trace_a, samples[s], notes));
      WHYZERO_TRY(check_cut(second, trace_b, inputs, notes));
    }
    WHYZERO_ASSIGN(Comparison one, compare(trace_a, trace_b, pairs, twins));
    const bool observe_second = own_kernels(*second.runtime).has_value();
    if (observe_second || own_kernels(*first.runtime)) {
      WHYZERO_ASSIGN(const auto isolated, observe_second ? isolate(second, false, trace_b, trace_a, pairs, inputs, twins)
                                                         : isolate(first, true, trace_a, trace_b, pairs, samples[s], twins));
      for (const auto& [row, error] : isolated) one.rows[row].isolated = error;
      judge(one);
    }
    if (!result) {
      result = ModelComparison{std::move(one), std::move(trace_a), std::move(trace_b)};
      continue;
    }
    const bool worse = result->comparison.culprit() < 0 && one.culprit() >= 0;
    for (size_t r = 0; r < one.rows.size(); ++r) {
      Row& row = result->comparison.rows[r];
      row.accumulated.merge(one.rows[r].accumulated);
      if (row.isolated && one.rows[r].isolated) row.isolated->merge(*one.rows[r].isolated);
    }
    judge(result->comparison);
    if (worse) {
      result->first = std::move(trace_a);
      result->second = std::move(trace_b);
    }
  }
  result->comparison.samples = static_cast<int>(samples.size());
  result->comparison.notes = std::move(notes);
  result->comparison.not_run = std::move(incomplete);
  return std::move(*result);
}

}  // namespace whyzero::trace
