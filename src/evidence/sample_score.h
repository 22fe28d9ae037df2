// How right one answer is, finer than right or wrong: the log of the probability given to the truth.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/output.h"
#include "app/score.h"

namespace whyzero::evidence {

/// log 1e-4, where log p is clipped: an answer cannot be worse than sure of something else.
inline constexpr float kLowestScore = -9.2103404f;

struct SampleScore {
  float score = 0;   // log p(true), clipped, plus 1 where the app's own decision is right; -|error| / deviation for numbers
  float standing = 0;  // -log rank of the true class, plus 1 where right; unlike log p it cannot gain by being less sure;
                       // where the app shows a probability: -(shown - correct)²
  signed char right = -1;
  float shown = 0;   // the number shown; where the app shows a probability: how near it is to being right
};

/// `classes`: those that count as right. Integers that the app reads as they are get the tensor's parameters; what sums to one
/// is taken as probabilities, all else as logits.
SampleScore score_sample(const app::Output& output, const app::TensorInfo& tensor, const app::Answer& answer,
                         std::span<const int> classes, const std::optional<std::string>& truth, double error_scale);

/// Probabilities of an answer's scores, as score_sample takes them; two for a single unit (1 - p, p).
std::vector<double> probabilities(const app::Output& output, const app::TensorInfo& tensor, const app::Answer& answer);

/// For every sample of `order` the classes that count as right under an output's labels.
std::shared_ptr<const std::vector<std::vector<int>>> true_classes_of_samples(const app::Output& output, const app::Truth& truth,
                                                                             std::span<const size_t> order, int classes);

/// Median absolute deviation of the true numbers; 1 where they are no numbers.
double truth_deviation(const app::Truth& truth);
std::optional<double> r_squared(std::span<const float> shown, const app::Truth& truth, std::span<const size_t> order);

}  // namespace whyzero::evidence
