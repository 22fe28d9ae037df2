// Runs one model on two runtimes, or two models, on the same inputs and compares every tensor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/progress.h"
#include "runtime/session.h"
#include "trace/compare.h"

namespace whyzero::trace {

struct Side {
  std::shared_ptr<const graph::Model> model;
  std::shared_ptr<const runtime::Runtime> runtime;
  std::string label;  // what messages call it
};

/// Bytes of every input of the first side's model, one entry a sample.
using Samples = std::vector<std::vector<std::vector<uint8_t>>>;

struct ModelComparison {
  Comparison comparison;
  Trace first, second;  // of the last sample in which the culprit differed, otherwise of the first
};

/// Errors are the worst over all samples. Where the models differ, the second gets the first's inputs as the real numbers that they stand
/// for. Isolated errors are computed where at least one side runs on our own kernels: its nodes are fed with what the other side computed.
Result<ModelComparison> compare_models(const Side& first, const Side& second, const Samples& samples, const Progress* progress = nullptr);

/// Numbers for every input from a seed: floats in [-1, 1), whole range of 8 and 16 bits, zeros where integers may be indices, truth values.
/// `other`: where its input is quantized, floats span what that can hold.
Samples random_samples(const graph::Model& model, size_t count, uint64_t seed, const graph::Model* other = nullptr);

/// Real numbers as the bytes of a tensor: rounded to the nearest step and clamped where it is quantized. kUnsupported for strings and
/// packed types.
Result<std::vector<uint8_t>> bytes_of_numbers(std::span<const double> numbers, DType dtype, double scale, int64_t zero_point);

}  // namespace whyzero::trace
