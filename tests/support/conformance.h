// Operator cases recorded from the official runtime: one-node (or small) models with inputs and expected outputs. Runs them with
// any set of kernels and compares by the rules of the recording.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "graph/tflite_reader.h"
#include "numerics/half.h"
#include "ops/registry.h"
#include "trace/npz.h"
#include "trace/run_model.h"

namespace whyzero::conformance {

struct Case {
  std::string name, op;
  bool optimized_first = false;  // where the official reference kernel is wrong
  bool either = false;           // where the official kernels disagree on integers
  double slack = 0;              // what they differ by on floats
};

/// Empty where the folder is absent.
inline std::vector<Case> read_cases(const std::filesystem::path& folder) {
  std::vector<Case> cases;
  const auto text = read_text(folder / "index.json");
  if (!text) return cases;
  const auto index = nlohmann::json::parse(*text, nullptr, false);
  for (const auto& entry : index) {
    const auto number = entry.value("max_abs_diff_ref_nodelegate", nlohmann::json());
    const std::string prefer = entry.value("prefer", "");
    cases.push_back({entry.value("name", ""), entry.value("op", ""), prefer == "opt",
                     prefer == "either" || entry.value("exact_class", "") == "int_ref_opt_differ",
                     number.is_number() ? number.get<double>() : 0.0});
  }
  return cases;
}

/// The elements as doubles, two for a complex one.
inline std::vector<double> numbers(const trace::Array& a) {
  std::vector<double> result;
  auto take = [&]<class T>(T) {
    const auto* values = reinterpret_cast<const T*>(a.data.data());
    for (size_t k = 0; k < a.data.size() / sizeof(T); ++k) result.push_back(static_cast<double>(values[k]));
  };
  switch (a.dtype) {
    case DType::kFloat64:
    case DType::kComplex128:
      take(double{});
      break;
    case DType::kFloat16:
      for (size_t k = 0; k < a.data.size() / 2; ++k)
        result.push_back(static_cast<double>(float_from_half(reinterpret_cast<const uint16_t*>(a.data.data())[k])));
      break;
    default:
      take(float{});
  }
  return result;
}

/// Nothing where `got` is what was recorded, otherwise the difference. Integers, bools and strings: equal. Floats: within 1e-5 of
/// the largest expected magnitude (at least of 1), or four times what the official kernels differ by. A sum of n products rounds
/// n times by at most 2^-24 of a partial sum, so that up to 160 terms of like magnitude stay within 1e-5 in any order; longer
/// sums are measured by `slack`, the difference between two orders, of which ours is neither: hence the factor.
inline std::optional<std::string> difference(const trace::Array& got, const trace::Array& want, double slack) {
  if (got.shape != want.shape) return "another shape";
  if (got.dtype != want.dtype) return fmt::format("{} instead of {}", dtype_name(got.dtype), dtype_name(want.dtype));
  if (got.dtype == DType::kString)
    return got.strings == want.strings ? std::nullopt : std::optional<std::string>("other strings");
  const bool real = dtype_is_float(got.dtype) || got.dtype == DType::kComplex64 || got.dtype == DType::kComplex128;
  if (!real) return got.data == want.data ? std::nullopt : std::optional<std::string>("other integers");
  const auto a = numbers(got), b = numbers(want);
  double largest = 1.0, error = 0.0;
  for (size_t k = 0; k < a.size(); ++k) {
    if (std::isnan(a[k]) != std::isnan(b[k])) return "NaN in other places";
    if (std::isinf(b[k]) && a[k] != b[k]) return "infinities in other places";
    if (!std::isfinite(b[k])) continue;
    largest = std::max(largest, std::abs(b[k]));
    error = std::max(error, std::abs(a[k] - b[k]));
  }
  const double limit = std::max(1e-5 * largest, 4 * slack);
  return error <= limit ? std::nullopt : std::optional(fmt::format("error {:.3g} over {:.3g}", error, limit));
}

struct Outcome {
  bool had = true;      // every operator of the model is among ours
  std::string failure;  // empty: passed
};

inline Outcome run_case(const std::filesystem::path& folder, const Case& c, runtime::Kernels kernels) {
  auto reading = graph::read_tflite(folder / (c.name + ".tflite"));
  if (!reading) return {true, reading.error().text()};
  if (!reading->model)
    return {true, "the reader rejects the file: " + (reading->defects.empty() ? "" : reading->defects[0].message)};
  for (const auto& subgraph : reading->model->subgraphs)
    for (const auto& node : subgraph.nodes)
      if (!ops::find_operator(node)) return {false, {}};
  const auto recorded = trace::read_npz(folder / (c.name + ".npz"));
  if (!recorded) return {true, recorded.error().text()};
  trace::Arrays inputs;
  for (const auto& [key, array] : *recorded)
    if (key.starts_with("in_") || key.find("_in_") != std::string::npos) inputs[key] = array;
  const auto run = trace::run_model(reading->model, inputs, {.interpreter = {.kernels = kernels}});
  if (!run) return {true, run.error().text()};
  if (!run->missing.empty()) return {true, run->missing[0].error.text()};
  size_t compared = 0;
  for (const auto& [key, array] : *recorded) {
    const size_t at = key.find("ref_") != std::string::npos ? key.find("ref_") : key.find("opt_");
    if (at == std::string::npos) continue;
    // A later invocation without inputs of its own cannot be asked for by arrays.
    const std::string step = key.substr(0, at);
    if (!step.empty() && std::none_of(inputs.begin(), inputs.end(), [&](const auto& in) { return in.first.starts_with(step); }))
      continue;
    auto other = [&](const char* word) { return key.substr(0, at) + word + key.substr(at + 4); };
    const auto got = run->arrays.find(other("out_"));
    if (got == run->arrays.end()) return {true, other("out_") + " is missing"};
    std::vector<const trace::Array*> wanted;
    for (const char* word : {c.optimized_first ? "opt_" : "ref_", c.optimized_first ? "ref_" : "opt_"})
      if (const auto found = recorded->find(other(word)); found != recorded->end()) wanted.push_back(&found->second);
    if (!c.either) wanted.resize(1);
    std::optional<std::string> first;
    const bool same = std::any_of(wanted.begin(), wanted.end(), [&](const trace::Array* want) {
      auto d = difference(got->second, *want, c.slack);
      if (d && !first) first = d;
      return !d;
    });
    if (!same) return {true, fmt::format("{}: {}", other("out_"), *first)};
    ++compared;
  }
  return {true, compared > 0 ? "" : "nothing was compared"};
}

}  // namespace whyzero::conformance
