// Ranges of pixel values that models are trained on, and the ways in which apps store them in a tensor.
#include <algorithm>
#include <cmath>

#include "app/convention.h"
#include "app/edit.h"
#include "rules/common/picture.h"

namespace whyzero::rules {
namespace {

using app::StepRole;
using nlohmann::json;

struct Convention {
  std::string text;
  json steps;
  double prior;
  bool declared = false;
  std::string reason = {};  // in the model file
};

/// A hint that counts like a declaration.
constexpr double kStrongHint = 0.6;

json normalize(double scale, double offset) { return {{"normalize", {{"scale", scale}, {"offset", offset}}}}; }

/// Two spellings of one convention: 127 and 128 for 127.5 are a step of half a level.
bool same_range(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size() || a.empty()) return false;
  const size_t channels = a.size() / 2;
  for (size_t i = 0; i < a.size(); ++i)
    if (std::fabs(a[i] - b[i]) > 0.005 * std::fabs(b[i % channels + channels] - b[i % channels])) return false;
  return true;
}

/// What the common training pipelines feed, from uint8 pixels. Constants: Keras' "tf", "torch" and "caffe" modes, the
/// MNIST mean and deviation of torchvision's examples.
std::vector<Convention> conventions(int channels) {
  std::vector<Convention> list = {
      {"-1…1 (x/127.5 - 1)", json::array({normalize(1 / 127.5, -1)}), 0.35},
      {"0…1 (x/255)", json::array({normalize(1 / 255.0, 0)}), 0.3},
      {"0…255 as they are", json::array({{{"cast", "float32"}}}), 0.15},
      {"1…0 (1 - x/255, inverted)", json::array({normalize(-1 / 255.0, 1)}), 0.03},
      {"1…-1 (1 - x/127.5, inverted)", json::array({normalize(-1 / 127.5, 1)}), 0.02},
      {"-0.5…0.5 (x/255 - 0.5)", json::array({normalize(1 / 255.0, -0.5)}), 0.03},
      {"-128…127 (x - 128)", json::array({normalize(1, -128)}), 0.02},
  };
  if (channels == 3) {
    list.push_back({"ImageNet mean and deviation (torchvision)",
                    json::array({{{"normalize", {{"mean", {123.675, 116.28, 103.53}}, {"std", {58.395, 57.12, 57.375}}}}}}), 0.1});
    list.push_back({"ImageNet mean taken away, RGB",
                    json::array({{{"normalize", {{"mean", {123.68, 116.779, 103.939}}, {"std", 1}}}}}), 0.02});
    list.push_back({"ImageNet mean taken away, BGR (Caffe)",
                    json::array({{{"normalize", {{"mean", {103.939, 116.779, 123.68}}, {"std", 1}}}}}), 0.03});
  } else {
    list.push_back({"MNIST mean and deviation", json::array({{{"normalize", {{"mean", 33.3285}, {"std", 78.5655}}}}}), 0.05});
  }
  return list;
}

/// The list with what the model file itself hints at: its metadata, its first layers.
std::vector<Convention> conventions_for(const evidence::Case& a_case, size_t k, int channels) {
  std::vector<Convention> list = conventions(channels);
  for (const app::Convention& hint : app::input_conventions(*a_case.model, static_cast<size_t>(a_case.binding->input_of[k]))) {
    // The order of channels is another axis.
    const json steps = app::steps_of(hint.steps, {StepRole::kRange, StepRole::kStore});
    const auto range = black_and_white(steps, channels, {});
    if (steps.empty() || range.empty()) continue;
    const bool strong = hint.declared || hint.weight >= kStrongHint;
    auto known = std::find_if(list.begin(), list.end(), [&](const Convention& c) { return same_range(black_and_white(c.steps, channels, {}), range); });
    if (known == list.end()) {
      list.push_back({hint.text, steps, 0});
      known = list.end() - 1;
    }
    known->prior = std::max(known->prior, hint.weight);
    known->declared = known->declared || strong;
    if (known->reason.empty() && hint.declared) known->reason = hint.reason;
  }
  return list;
}

/// Quantized, the range comes to the bytes 0…255 as they are, or moved to -128…127 (within the rounding of scale and zero point).
bool stores_bytes(const Convention& c, int channels, const app::TensorInfo& tensor) {
  const auto range = black_and_white(c.steps, channels, {});
  const double low = tensor.dtype == DType::kInt8 ? -128 : 0;
  if (dtype_size(tensor.dtype) != 1 || range.empty()) return false;
  for (size_t i = 0; i < range.size(); ++i) {
    const double byte = low + (i < range.size() / 2 ? 0 : 255);
    if (std::fabs(range[i] / tensor.scale + tensor.zero_point - byte) > 1.5) return false;
  }
  return true;
}

/// What the deployed pipeline does to numbers.
struct Deployed {
  bool normalizes = false;    // real arithmetic
  bool only_shifts = true;    // …or at most integer shifts of the bytes
  int normalizations = 0;
  bool quantizes = false, truncates = false, casts = false;
  bool other_size = false;    // bytes of one size read as another
  bool same_size = false;     // uint8 bytes read as int8, or the other way round
  bool big_endian = false;
};

Deployed look_at(const json& pipeline) {
  Deployed d;
  size_t size = 1;  // bytes of an element so far
  const auto size_of = [](const json& name) { return name.is_string() ? dtype_size(dtype_from_name(name.get<std::string>()).value_or(DType::kUInt8)) : 1; };
  for (const json& step : pipeline) {
    const std::string name = step.begin().key();
    const json& value = step.begin().value();
    switch (app::role_of(step)) {
      case StepRole::kRange: {
        ++d.normalizations;
        const json scale = value.value("scale", json(1)), offset = value.value("offset", json(0));
        const bool shift = name == "normalize" && !value.contains("mean") && !value.contains("std") && scale == 1 && offset.is_number() &&
                           std::floor(offset.get<double>()) == offset.get<double>();
        d.only_shifts = d.only_shifts && shift;
        d.normalizes = d.normalizes || !shift;
        size = 4;
        break;
      }
      case StepRole::kStore:
        d.quantizes = d.quantizes || name == "quantize";
        d.truncates = d.truncates || (name == "quantize" && value == "truncate");
        d.casts = d.casts || name == "cast";
        size = name == "cast" ? size_of(value) : 1;
        break;
      case StepRole::kMemory:
        if (name == "reinterpret") {
          (size_of(value) == size ? d.same_size : d.other_size) = true;
          size = size_of(value);
        }
        d.big_endian = d.big_endian || name == "byte_order";
        break;
      default: break;
    }
  }
  return d;
}

/// The graph itself rescales its input before anything else: an arithmetic operator with one number.
bool rescales_inside(const evidence::Case& a_case, size_t k) {
  const graph::Subgraph& graph = a_case.model->main();
  const int input = graph.inputs[static_cast<size_t>(a_case.binding->input_of[k])];
  for (const graph::Node& node : graph.nodes) {
    if (std::find(node.inputs.begin(), node.inputs.end(), input) == node.inputs.end()) continue;
    if (node.op_name != "MUL" && node.op_name != "DIV" && node.op_name != "SUB" && node.op_name != "ADD") return false;
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](int t) {
      if (t < 0 || t == input) return false;
      const graph::Tensor& tensor = graph.tensors[static_cast<size_t>(t)];
      return tensor.constant && tensor.data.size() <= 4 * sizeof(float);
    });
  }
  return false;
}

/// The cause that a change of range would mend, from what the deployed pipeline does.
std::string code_of(const Deployed& d, bool integer_tensor, bool dtype_failed, bool bytes_only, bool raw, bool inside) {
  if (dtype_failed) return "P016";
  if (d.other_size) return "P006";
  if (d.big_endian) return "P020";
  if (integer_tensor && d.normalizes && !d.quantizes) return "P004";
  // Numbers that are quantized rightly were in the wrong range before.
  if (integer_tensor && !d.normalizes && bytes_only && (!d.quantizes || d.truncates)) return "P005";
  if (d.normalizations >= 2 || (inside && raw && d.normalizes)) return "P003";
  return "P002";
}

std::string told(const Convention& c) { return c.reason.empty() ? c.text : c.text + "; " + c.reason; }

Change change_to(std::string code, json steps, std::string text, double prior, bool declared) {
  Change change;
  change.code = std::move(code);
  change.text = std::move(text);
  change.prior = prior;
  change.declared = declared;
  change.edit = [steps = std::move(steps)](const json& pipeline) -> std::optional<json> {
    // Rows too far apart are no matter of the numbers' range (P012).
    json kept = json::array();
    for (const json& step : app::steps_of(pipeline, {StepRole::kMemory}))
      if (step.contains("stride_bug")) kept.push_back(step);
    kept.insert(kept.end(), steps.begin(), steps.end());
    return app::replace_steps(pipeline, {StepRole::kRange, StepRole::kStore, StepRole::kMemory}, kept);
  };
  return change;
}

}  // namespace

std::vector<Change> range_changes(const evidence::Case& a_case, size_t k) {
  const auto picture = picture_of(a_case, k);
  if (!picture) return {};
  const app::TensorInfo& tensor = a_case.input_tensor(k);
  const json& deployed = a_case.input(k).pipeline;
  const Deployed d = look_at(deployed);
  const bool failed = a_case.symptom.failure && a_case.symptom.failure->code == ErrorCode::kDtypeMismatch;
  const json own = app::steps_of(deployed, {StepRole::kRange});
  std::vector<Change> changes;

  if (tensor.dtype == DType::kFloat32) {
    const bool inside = rescales_inside(a_case, k);
    for (const Convention& c : conventions_for(a_case, k, picture->channels)) {
      const bool raw = c.steps[0].contains("cast");
      changes.push_back(change_to(code_of(d, false, failed, false, raw, inside), c.steps, "feed " + told(c), raw && inside ? 1.0 : c.prior, c.declared || (raw && inside)));
    }
    // Each normalization left out, where there are several.
    for (size_t i = 0; own.size() >= 2 && i < own.size(); ++i) {
      json rest = own;
      rest.erase(i);
      changes.push_back(change_to(code_of(d, false, failed, false, false, inside), rest, "normalize once", 1.0, true));
    }
    return changes;
  }

  if (!dtype_is_integer(tensor.dtype) || dtype_size(tensor.dtype) == 0) return {};
  const std::string dtype(dtype_name(tensor.dtype));
  const json quantize = {{"quantize", "affine"}};
  const json stored = app::steps_of(deployed, {StepRole::kStore, StepRole::kMemory});
  if (d.normalizes && !(d.quantizes && !d.truncates && stored.size() == 1)) {
    json steps = own;
    steps.push_back(quantize);
    changes.push_back(change_to(d.truncates && !failed ? "P004" : code_of(d, true, failed, false, false, false), steps,
                                "quantize with the tensor's scale and zero point", 1.0, true));
  }
  if (tensor.dtype == DType::kUInt8)
    changes.push_back(change_to(code_of(d, true, failed, true, true, false), json::array(), "feed the bytes 0…255 as they are", 0.5, !failed && d.only_shifts && !own.empty()));
  if (tensor.dtype == DType::kInt8)
    changes.push_back(change_to(code_of(d, true, failed, true, true, false), json::array({normalize(1, -128), {{"cast", "int8"}}}),
                                "feed x - 128 as int8", 0.5, d.only_shifts));
  if (tensor.scale > 0)
    for (const Convention& c : conventions_for(a_case, k, picture->channels)) {
      json steps = c.steps;
      steps.push_back(quantize);
      // Where bytes fed as they are come to the same, they are the plainer change.
      changes.push_back(change_to(code_of(d, true, failed, stores_bytes(c, picture->channels, tensor), false, false), steps, "quantize " + told(c), std::min(0.6 * c.prior, 0.3), c.declared));
    }
  return changes;
}

}  // namespace whyzero::rules
