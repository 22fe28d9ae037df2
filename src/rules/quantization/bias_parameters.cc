// Q007 bias-parameters: a bias whose scale or zero point is not what its operator takes it for, or that does not fit its integers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

#include "graph/patch.h"
#include "graph/tflite_writer.h"
#include "quantize/float_twin.h"
#include "rules/common/defects.h"
#include "rules/rule.h"

namespace whyzero::rules {
namespace {

/// Scales written by converters agree to the last digits of a float; official kernels let two percent pass.
constexpr double kScaleSlack = 0.02;
/// Of the output: a smaller shift is within the rounding of its integers.
constexpr double kLeastShift = 1;

struct Bias {
  int tensor = -1, node = -1;
  double scale = 0, expected = 0;  // of the element that is farthest off
  int64_t zero_point = 0;
  bool saturated = false;
  double shift = 0;  // steps of the output by which the operator's reading differs from the file's, at most
};

Bias examine(const graph::Subgraph& graph, const graph::Node& node, const quantize::BiasPlace& place) {
  const graph::Tensor& bias = graph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.bias)])];
  Bias found{.tensor = bias.index, .node = node.index};
  const graph::Quantization& q = bias.quantization;
  const size_t size = dtype_size(bias.dtype);
  if (!bias.constant || bias.sparse || !q.present() || (bias.dtype != DType::kInt32 && bias.dtype != DType::kInt64) || node.outputs.empty() || node.outputs[0] < 0) return found;
  const quantize::Grid output = quantize::grid_of(graph.tensors[static_cast<size_t>(node.outputs[0])]);
  if (!output.present()) return found;
  for (size_t k = 0; (k + 1) * size <= bias.data.size(); ++k) {
    const double expected = quantize::operator_bias_scale(graph, node, place, k);
    if (expected <= 0) break;
    const size_t c = q.scales.size() > k ? k : 0;
    const auto stored = static_cast<double>(quantize::stored_integer(bias, k)), scale = static_cast<double>(q.scales[c]);
    const auto zero_point = static_cast<double>(q.zero_points[c]);
    found.saturated = found.saturated || (bias.dtype == DType::kInt32 && std::fabs(stored) >= std::numeric_limits<int32_t>::max());
    const double shift = std::fabs(stored * expected - (stored - zero_point) * scale) / static_cast<double>(output.scale);
    if ((std::fabs(scale / expected - 1) > kScaleSlack || zero_point != 0) && (shift > found.shift || found.expected == 0)) {
      found.scale = scale;
      found.expected = expected;
      found.zero_point = q.zero_points[c];
      found.shift = shift;
    }
  }
  return found;
}

/// The same real numbers on the scale that the operator takes the bias for; nothing where an integer would not fit.
std::optional<graph::GraphPatch> on_the_operators_scale(const graph::Subgraph& graph, const graph::Node& node, const quantize::BiasPlace& place) {
  const graph::Tensor& bias = graph.tensors[static_cast<size_t>(node.inputs[static_cast<size_t>(place.bias)])];
  const graph::Quantization& q = bias.quantization;
  const size_t size = dtype_size(bias.dtype), count = bias.data.size() / size;
  if (bias.dtype != DType::kInt32 || count == 0) return std::nullopt;  // of int64 every double is not exact
  std::vector<float> scales;
  std::vector<uint8_t> bytes(count * size);
  for (size_t k = 0; k < count; ++k) {
    const size_t c = q.scales.size() > k ? k : 0;
    const double expected = quantize::operator_bias_scale(graph, node, place, k);
    const double real = static_cast<double>(quantize::stored_integer(bias, k) - q.zero_points[c]) * static_cast<double>(q.scales[c]);
    const double integer = expected > 0 ? std::nearbyint(real / expected) : INFINITY;
    if (!(std::fabs(integer) < std::numeric_limits<int32_t>::max())) return std::nullopt;
    const auto stored = static_cast<int32_t>(integer);
    std::memcpy(bytes.data() + k * size, &stored, size);
    scales.push_back(static_cast<float>(expected));
  }
  if (std::all_of(scales.begin(), scales.end(), [&](float scale) { return scale == scales.front(); })) scales.resize(1);
  std::vector<int64_t> zero_points(scales.size(), 0);
  return graph::GraphPatch{graph::SetData{0, bias.index, std::move(bytes)}, graph::SetQuantization{0, bias.index, std::move(scales), std::move(zero_points), 0}};
}

void look(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings) {
  if (!a_case.model || broken_constants(a_case)) return;
  const graph::Subgraph& graph = a_case.model->main();
  Bias worst;
  int count = 0;
  std::optional<graph::GraphPatch> mend = graph::GraphPatch{};
  for (const graph::Node& node : graph.nodes) {
    const quantize::BiasPlace place = quantize::bias_place(node);
    if (place.bias < 0) continue;
    const Bias bias = examine(graph, node, place);
    if (!bias.saturated && bias.shift <= kLeastShift) continue;
    if (auto edits = bias.saturated ? std::nullopt : on_the_operators_scale(graph, node, place); edits && mend) mend->insert(mend->end(), edits->begin(), edits->end());
    else mend.reset();
    if (count++ == 0 || bias.shift > worst.shift) worst = bias;
  }
  if (count == 0) return;
  const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(worst.tensor)];
  std::string message = fmt::format("The bias {} of {} ", tensor.label(), graph.nodes[static_cast<size_t>(worst.node)].label());
  if (worst.saturated && worst.shift <= kLeastShift)
    message += "has elements at the end of int32: the real bias did not fit. Give the weights' channels a larger scale, or quantize the bias to int64";
  else if (worst.zero_point != 0)
    message += fmt::format("has zero point {}: operators add its integers as they are, so that it is off by up to {:.3g} steps of the output. Write 0 and subtract it from the integers", worst.zero_point, worst.shift);
  else
    message += fmt::format("has scale {:.4g}, but input scale × weight scale is {:.4g}: operators add its integers on that scale, so that it is off by up to {:.3g} steps of the output. "
                           "Multiply the integers by {:.4g} and write scale {:.4g}",
                           worst.scale, worst.expected, worst.shift, worst.scale / worst.expected, worst.expected);
  message += count > 1 ? fmt::format(" (and {} more biases of the kind).", count - 1) : ".";
  evidence::Finding finding = finding_of(rule, evidence::Severity::kError, evidence::Proof::kStatic, std::move(message));
  finding.confidence = 0.97;
  finding.where = {.stage = "model", .pointer = "/model", .tensor = worst.tensor, .node = worst.node};
  finding.fix.emplace().safety = evidence::Safety::kDisplay;
  if (mend)
    if (auto bytes = graph::apply_patch(*a_case.model, *mend)) {
      finding.fix->safety = evidence::Safety::kSafe;
      finding.fix->model = std::make_shared<const std::vector<uint8_t>>(std::move(*bytes));
    }
  // Sums that are shifted out of their range make a constant output: this is why.
  if (std::erase_if(findings, [](const evidence::Finding& f) { return f.code == "M006"; }) > 0) finding.alternatives = {"M006"};
  findings.push_back(std::move(finding));
}

}  // namespace

extern constinit const Rule unit_bias_parameters{
    .code = "Q007",
    .name = "bias-parameters",
    .summary = "bias scale or zero point not input × weight, or a bias that does not fit its integers",
    .documentation = R"(## What it finds
An integer bias whose scale is not input scale × weight scale, whose zero point is not 0, or whose elements stand at the end of
int32, where that shifts the operator's output by more than a step.

## Why it hurts
Operators add the bias to sums of integer products and never look at its parameters: a bias written on another scale is
taken for a multiple of itself.

## Evidence
The file: scales of input, weights and bias, and by how many steps of the output the two readings differ.

## Example
A bias that was kept on its old scale when the ranges of the layer before were changed.

## Fix safety
Safe: the model with the same real numbers on the operator's scale. Where an integer would not fit, or stands at the end of int32
already, the change is only shown.

## When to ignore it
Never, where it is an error: every runtime computes the shifted sums.
)",
    .look = &look,
};

}  // namespace whyzero::rules
