// One changed app and what is known of its answers, and how two of them differ.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "app/app.h"
#include "app/value.h"
#include "evidence/spread.h"
#include "whyzero/result.h"

namespace whyzero::evidence {

/// One changed app and what is known of it so far, by sample in the lab's order.
struct Variant {
  app::App app;
  int input_group = 0;            // variants with equal pipelines share a group and all runs of the model
  int output_index = 0;           // of the model's outputs
  app::TensorInfo output_tensor;
  std::vector<float> score;       // log p(true) + 1 where right, -|error| for numbers; NaN: not measured
  std::vector<float> standing;    // -log rank of the truth + 1 where right; what the search is led by
  std::vector<int8_t> right;      // 1, 0; -1: not measured, or no truth
  std::vector<float> shown;       // first number shown, for regressions; 1 - (shown - correct)² for probabilities
  Spread spread;                  // of the answers, where nothing has truth or LabOptions::spread asks for it
  std::optional<Error> failure;   // the variant could not run
  std::shared_ptr<const std::vector<std::vector<int>>> true_classes;  // by sample: classes that count as right
};

/// Mean difference of score, metric and T over the samples that two variants know.
struct Comparison {
  double mean = 0, t = 0;                      // of the score
  double standing = 0, standing_t = 0;         // of the standing
  double standing_squares = 0;                 // sum of the squared differences
  double gain = 0;  // of the metric (share of right answers, or of the loss taken away)
  int samples = 0, gained = 0, lost = 0;
};

/// Both have their samples in the same order: of one lab, or of two of one case and seed.
Comparison compare(const Variant& variant, const Variant& against);

}  // namespace whyzero::evidence
