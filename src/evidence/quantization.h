// Is the quantization of a model at fault, and whose? The model is run in real numbers with the rounding of all, of some or of
// none of its activations, on the same samples as all other experiments.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evidence/desk.h"
#include "evidence/lab.h"
#include "quantize/activation_range.h"
#include "quantize/coarse_weights.h"
#include "quantize/float_twin.h"

namespace whyzero::evidence {

/// An activation whose rounding makes a large error.
struct RoundedTensor {
  int tensor = -1, node = -1;      // node that writes it; -1 for an input of the graph
  quantize::Grid grid;
  quantize::ActivationRange range; // of its real values
  std::optional<double> cost;      // what the metric loses where only this tensor is rounded; nothing where it was not tried
};

struct QuantizationEvidence {
  int samples = 0;
  bool lifting_helps = false;                 // at fault for its activations; otherwise weights or desk say so
  std::optional<std::pair<double, double>> information;  // without truth: of the answers as deployed and lifted, share of the most
  std::optional<double> as_deployed, lifted;  // the metric; lifted: no activation rounded
  double p_value = 1;
  std::vector<RoundedTensor> inputs;          // tensors that take what the app feeds
  std::vector<RoundedTensor> suspects;        // the costliest first, then by error
  std::vector<quantize::ActivationRange> ranges;  // by tensor of the main graph
  int activations = 0;                        // that are quantized
  std::optional<Desk> desk;                   // what the float model answered, where that is recorded
  std::vector<quantize::CoarseWeights> weights;  // layers with too few levels for many channels …
  double changed = 0;                            // … and the share of samples whose answer turns with what was rounded away
};

/// Experiments on the quantization of a case's model.
class QuantizationTrial {
 public:
  /// kUnsupported where the model has no quantized activation or its real twin cannot run. `options` as the deployed lab's.
  static Result<std::unique_ptr<QuantizationTrial>> create(const Case& a_case, const LabOptions& options);

  /// Runs apps with no activation rounded.
  Lab& lifted() { return *lifted_; }
  struct Gain {
    Lab::Comparison comparison;
    double p_value = 1;
    bool harmful(double error) const;
  };
  /// What an app gains over `deployed`, a variant of a lab of the same case and seed, where no activation is rounded.
  Result<Gain> gain(const nlohmann::json& document, const Variant& deployed);
  /// Activations that an app's samples would fill badly, the worst first.
  Result<std::vector<RoundedTensor>> suspects(const nlohmann::json& document) const;
  struct Redrawn {
    std::vector<quantize::CoarseWeights> weights;
    double changed = 0;  // share of the samples that become right or wrong
    bool harmful = false;
  };
  /// Draws the weights of coarse channels anew within their rounding: where that turns answers, what they were is lost.
  Result<Redrawn> redraw_weights(const nlohmann::json& document);
  /// Ranges, suspects and what each of the worst costs, for an app that is otherwise right.
  Result<QuantizationEvidence> localize(const nlohmann::json& document, const Lab& deployed, int deployed_id);

 private:
  QuantizationTrial(const Case& a_case, const LabOptions& options) : case_(a_case), options_(options) {}
  Result<std::vector<quantize::ActivationRange>> measure_ranges(const nlohmann::json& document) const;
  std::vector<RoundedTensor> suspects_of(const std::vector<quantize::ActivationRange>& ranges) const;
  RoundedTensor rounded_tensor(size_t tensor, const quantize::ActivationRange& range) const;

  const Case& case_;
  LabOptions options_;
  std::shared_ptr<const quantize::FloatTwin> twin_;
  std::unique_ptr<Lab> lifted_;
};

}  // namespace whyzero::evidence
