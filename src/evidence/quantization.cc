#include "evidence/quantization.h"

#include <algorithm>
#include <cmath>

#include "app/step.h"
#include "base/parallel.h"
#include "evidence/race.h"
#include "evidence/search.h"
#include "numerics/sign_flip.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// Samples whose activations are looked at: ranges are settled long before.
constexpr size_t kRangeSamples = 32;
/// A calibrated int8 range keeps 30 to 45 dB; what keeps less than this may cost right answers.
constexpr double kSuspectDb = 25;
/// Draws of the weights, and the least share of answers that they must turn.
constexpr int kDraws = 2;
constexpr size_t kDrawnSamples = 64, kFirstDrawn = 24;
/// Samples of the first look at what lifting gains, and the T that would prove a harm (one-sided p of 0.01).
constexpr size_t kFirstLook = 48;
constexpr double kNeededT = 2.3;
constexpr double kLeastTurned = 0.1;
/// How many suspects are tried alone.
constexpr size_t kMostTried = 4;
/// Numbers must lose this share of their error where classes must lose kLeastHarm of the right answers.
constexpr double kLeastShareOfLoss = 0.2;

/// What a quantized model that is sound loses shows on few samples: no more is run where these leave no room for a harm.
bool may_matter(const Lab::Comparison& c, size_t all) {
  return gain_at_most(c) >= kLeastHarm && t_at_most(c, all) >= kNeededT;
}

bool has_numbers(const Variant& variant) {
  return std::all_of(variant.right.begin(), variant.right.end(), [](int8_t right) { return right < 0; });
}

}  // namespace

Result<std::unique_ptr<QuantizationTrial>> QuantizationTrial::create(const Case& a_case, const LabOptions& options) {
  std::unique_ptr<QuantizationTrial> trial(new QuantizationTrial(a_case, options));
  WHYZERO_ASSIGN(trial->twin_, quantize::make_float_twin(a_case.model));
  trial->options_.emulation = quantize::Emulation{trial->twin_, {}};
  trial->lifted_ = std::make_unique<Lab>(a_case, trial->options_);
  return trial;
}

bool QuantizationTrial::Gain::harmful(double error) const { return comparison.gain >= kLeastHarm && comparison.mean > 0 && p_value <= error; }

Result<QuantizationTrial::Gain> QuantizationTrial::gain(const json& document, const Variant& deployed) {
  WHYZERO_ASSIGN(const int id, lifted_->add(document));
  const Variant& variant = (*lifted_)[id];
  Gain gain;
  for (size_t samples : {kFirstLook, 2 * kFirstLook, lifted_->samples()}) {
    WHYZERO_TRY(lifted_->measure(std::span<const int>(&id, 1), samples));
    if (variant.failure) return fail(Error(*variant.failure));
    gain.comparison = compare(variant, deployed);
    if (!may_matter(gain.comparison, lifted_->samples()) && !has_numbers(variant)) break;
  }
  std::vector<float> differences(variant.score.size());
  for (size_t k = 0; k < differences.size(); ++k) differences[k] = variant.score[k] - deployed.score[k];
  gain.p_value = numerics::sign_flip_max_t({differences}, options_.seed).p[0];
  if (has_numbers(variant)) gain.comparison.gain *= kLeastHarm / kLeastShareOfLoss;
  return gain;
}

Result<QuantizationTrial::Redrawn> QuantizationTrial::redraw_weights(const json& document) {
  Redrawn redrawn{quantize::find_coarse_weights(*case_.model)};
  if (redrawn.weights.empty()) return redrawn;
  WHYZERO_ASSIGN(const int id, lifted_->add(document));
  std::vector<std::unique_ptr<Lab>> draws;
  for (int draw = 0; draw < kDraws; ++draw) {
    LabOptions options = options_;
    WHYZERO_ASSIGN(options.emulation->twin, quantize::make_float_twin(case_.model, {.redrawn = redrawn.weights, .seed = options_.seed + static_cast<uint64_t>(draw)}));
    draws.push_back(std::make_unique<Lab>(case_, options));
  }
  int samples = 0, turned = 0;
  for (size_t count : {kFirstDrawn, kDrawnSamples}) {
    samples = turned = 0;
    WHYZERO_TRY(lifted_->measure(std::span<const int>(&id, 1), count));
    for (const auto& lab : draws) {
      WHYZERO_ASSIGN(const int drawn, lab->add(document));
      WHYZERO_TRY(lab->measure(std::span<const int>(&drawn, 1), count));
      const Lab::Comparison comparison = compare((*lab)[drawn], (*lifted_)[id]);
      samples += comparison.samples;
      turned += comparison.gained + comparison.lost;
    }
    // Sound weights turn so few answers that more samples cannot tell otherwise.
    if (turned < kLeastTurned / 2 * samples) break;
  }
  if (samples == 0) return redrawn;
  redrawn.changed = static_cast<double>(turned) / samples;
  // The draws share their samples: they count once.
  redrawn.harmful = numerics::wilson_interval(redrawn.changed * samples / kDraws, static_cast<double>(samples) / kDraws).low > kLeastTurned;
  return redrawn;
}

Result<std::vector<quantize::ActivationRange>> QuantizationTrial::measure_ranges(const json& document) const {
  WHYZERO_ASSIGN(const app::App app, app::parse_app(document, case_.app.base));
  const size_t count = std::min(kRangeSamples, lifted_->samples());
  const int threads = std::max(1, options_.threads > 0 ? options_.threads : default_threads());
  std::vector<std::unique_ptr<quantize::Emulator>> emulators(static_cast<size_t>(threads));
  for (auto& emulator : emulators) {
    WHYZERO_ASSIGN(emulator, quantize::Emulator::create({twin_, {}}, options_.interpreter));
  }
  // By sample, added in their order afterwards: sums must not depend on the threads.
  std::vector<std::vector<quantize::ActivationRange>> by_sample(count);
  std::vector<std::optional<Error>> errors(count);
  const auto run = [&](quantize::Emulator& emulator, size_t k) -> Result<void> {
    std::vector<quantize::ActivationRange>& ranges = by_sample[k];
    ranges.resize(twin_->grids.size());
    emulator.reset_state();
    for (size_t input = 0; input < app.inputs.size(); ++input) {
      const app::TensorInfo& tensor = case_.binding->tensors[input];
      WHYZERO_ASSIGN(const app::Value value, app::input_value(*case_.sources[input], app.inputs[input], lifted_->sample_at(k), tensor));
      WHYZERO_TRY(emulator.set_input(case_.binding->input_of[input], value.bytes));
    }
    return emulator.invoke(&ranges);
  };
  parallel_for(count, threads, [&](int worker, size_t k) {
    if (auto done = run(*emulators[static_cast<size_t>(worker)], k); !done) errors[k] = std::move(done).error();
  });
  std::vector<quantize::ActivationRange> ranges(twin_->grids.size());
  for (size_t k = 0; k < count; ++k) {
    if (errors[k]) continue;
    for (size_t t = 0; t < ranges.size(); ++t) ranges[t].add(by_sample[k][t]);
  }
  return ranges;
}

RoundedTensor QuantizationTrial::rounded_tensor(size_t tensor, const quantize::ActivationRange& range) const {
  RoundedTensor rounded{static_cast<int>(tensor), -1, twin_->grids[tensor], range, std::nullopt};
  for (const graph::Node& node : case_.model->main().nodes)
    if (std::find(node.outputs.begin(), node.outputs.end(), rounded.tensor) != node.outputs.end()) rounded.node = node.index;
  return rounded;
}

std::vector<RoundedTensor> QuantizationTrial::suspects_of(const std::vector<quantize::ActivationRange>& ranges) const {
  std::vector<RoundedTensor> suspects;
  for (size_t t = 0; t < ranges.size(); ++t)
    if (ranges[t].count > 0 && ranges[t].sqnr_db() < kSuspectDb) suspects.push_back(rounded_tensor(t, ranges[t]));
  std::stable_sort(suspects.begin(), suspects.end(),
                   [](const RoundedTensor& a, const RoundedTensor& b) { return a.range.sqnr_db() < b.range.sqnr_db(); });
  return suspects;
}

Result<std::vector<RoundedTensor>> QuantizationTrial::suspects(const json& document) const {
  WHYZERO_ASSIGN(const auto ranges, measure_ranges(document));
  return suspects_of(ranges);
}

Result<QuantizationEvidence> QuantizationTrial::localize(const json& document, const Lab& deployed, int deployed_id) {
  QuantizationEvidence evidence;
  WHYZERO_ASSIGN(const Gain whole, gain(document, deployed[deployed_id]));
  WHYZERO_ASSIGN(const int lifted_id, lifted_->add(document));
  evidence.samples = whole.comparison.samples;
  evidence.p_value = whole.p_value;
  evidence.as_deployed = deployed.metric(deployed_id);
  evidence.lifted = lifted_->metric(lifted_id);
  evidence.activations = static_cast<int>(std::count_if(twin_->grids.begin(), twin_->grids.end(), [](const quantize::Grid& g) { return g.present(); }));
  WHYZERO_ASSIGN(evidence.ranges, measure_ranges(document));
  for (const graph::Node& node : case_.model->main().nodes)
    if (node.op == schema::BuiltinOperator_QUANTIZE && !node.inputs.empty() && !node.outputs.empty()) {
      const auto& fed = case_.model->main().inputs;
      if (std::find(fed.begin(), fed.end(), node.inputs[0]) != fed.end())
        evidence.inputs.push_back(rounded_tensor(static_cast<size_t>(node.outputs[0]), evidence.ranges[static_cast<size_t>(node.outputs[0])]));
    }
  evidence.desk = compare_with_desk(case_);
  evidence.suspects = suspects_of(evidence.ranges);
  const size_t tried = case_.labelled() ? std::min(kMostTried, evidence.suspects.size()) : 0;
  for (size_t s = 0; s < tried; ++s) {
    LabOptions options = options_;
    options.emulation->rounded.assign(twin_->grids.size(), false);
    options.emulation->rounded[static_cast<size_t>(evidence.suspects[s].tensor)] = true;
    Lab lab(case_, options);
    WHYZERO_ASSIGN(const int id, lab.add(document));
    WHYZERO_TRY(lab.measure(std::span<const int>(&id, 1), lab.samples()));
    evidence.suspects[s].cost = std::max(0.0, compare((*lifted_)[lifted_id], lab[id]).gain);
  }
  std::stable_sort(evidence.suspects.begin(), evidence.suspects.end(),
                   [](const RoundedTensor& a, const RoundedTensor& b) { return a.cost.value_or(-1) > b.cost.value_or(-1); });
  return evidence;
}

}  // namespace whyzero::evidence
