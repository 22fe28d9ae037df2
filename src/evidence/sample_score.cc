#include "evidence/sample_score.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

namespace whyzero::evidence {
namespace {

std::optional<double> number_of(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool has_step(const app::Output& output, const char* name) {
  return std::any_of(output.decode.begin(), output.decode.end(), [&](const nlohmann::json& step) { return step.contains(name); });
}

/// Rank of the likeliest of some classes, 1 for the first; ties share their mean rank.
double rank_of_best(const std::vector<double>& p, std::span<const int> classes) {
  double best = -1;
  for (int c : classes)
    if (c >= 0 && static_cast<size_t>(c) < p.size()) best = std::max(best, p[static_cast<size_t>(c)]);
  double above = 0, equal = 0;
  for (double x : p) {
    above += x > best;
    equal += x == best;
  }
  return best < 0 ? static_cast<double>(p.size()) : 1 + above + (equal - 1) / 2;
}

}  // namespace

std::vector<double> probabilities(const app::Output& output, const app::TensorInfo& tensor, const app::Answer& answer) {
  std::vector<double> p = answer.scores;
  for (double& x : p)
    if (!std::isfinite(x)) x = std::isnan(x) ? 0 : std::copysign(1e30, x);
  if (dtype_is_integer(tensor.dtype) && tensor.scale > 0 && !has_step(output, "dequantize") && !has_step(output, "scale"))
    for (double& x : p) x = (x - tensor.zero_point) * tensor.scale;
  if (p.size() == 1) {
    const double q = p[0] >= 0 && p[0] <= 1 ? p[0] : 1 / (1 + std::exp(-std::clamp(p[0], -50.0, 50.0)));
    return {1 - q, q};
  }
  double sum = 0, lowest = 0, highest = -std::numeric_limits<double>::infinity();
  for (double x : p) {
    sum += x;
    lowest = std::min(lowest, x);
    highest = std::max(highest, x);
  }
  // 1e-3 below zero and 10 % off one: what 8-bit probabilities need.
  if (lowest < -1e-3 || sum < 0.9 || sum > 1.1) {
    sum = 0;
    for (double& x : p) sum += x = std::exp(x - highest);
  }
  for (double& x : p) x = std::max(0.0, x / sum);
  return p;
}

SampleScore score_sample(const app::Output& output, const app::TensorInfo& tensor, const app::Answer& answer,
                         std::span<const int> classes, const std::optional<std::string>& truth, double error_scale) {
  SampleScore result;
  result.shown = answer.shown.empty() ? 0.0f : static_cast<float>(answer.shown[0]);
  if (!truth) return result;
  if (!answer.label) {
    const auto number = number_of(*truth);
    if (!number) return result;
    const double shown = std::isfinite(result.shown) ? result.shown : 1e9;
    // Clipped where the error is a thousand deviations: beyond that it is only "absurd".
    result.score = result.standing = static_cast<float>(-std::min(1e3, std::abs(shown - *number) / error_scale));
    return result;
  }
  const std::vector<double> p = probabilities(output, tensor, answer);
  double of_true = 0;
  for (int c : classes)
    if (c >= 0 && static_cast<size_t>(c) < p.size()) of_true += p[static_cast<size_t>(c)];
  result.right = std::find(classes.begin(), classes.end(), *answer.label) != classes.end();
  result.score = std::max(kLowestScore, static_cast<float>(std::log(std::max(of_true, 1e-30)))) + static_cast<float>(result.right);
  result.standing = static_cast<float>(-std::log(rank_of_best(p, classes))) + static_cast<float>(result.right);
  if (output.reports == "probability") {
    const double off = app::shown_probability(answer) - result.right;
    result.shown = static_cast<float>(1 - off * off);
    // Clipped where what is shown is ten away from any probability: beyond that it is only absurd.
    result.standing = static_cast<float>(-std::min(100.0, off * off));
  }
  return result;
}

std::shared_ptr<const std::vector<std::vector<int>>> true_classes_of_samples(const app::Output& output, const app::Truth& truth,
                                                                             std::span<const size_t> order, int classes) {
  auto result = std::make_shared<std::vector<std::vector<int>>>();
  std::map<std::string, std::vector<int>> known;
  for (size_t sample : order) {
    const auto& label = truth.labels[sample];
    if (!label) {
      result->emplace_back();
      continue;
    }
    auto [it, is_new] = known.try_emplace(*label);
    if (is_new) it->second = app::true_classes(output, *label, std::max(classes, 2));
    result->push_back(it->second);
  }
  return result;
}

double truth_deviation(const app::Truth& truth) {
  std::vector<double> numbers;
  for (const auto& label : truth.labels)
    if (label)
      if (const auto number = number_of(*label)) numbers.push_back(*number);
  if (numbers.empty()) return 1;
  const auto median = [](std::vector<double> v) {
    std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
    return v[v.size() / 2];
  };
  const double centre = median(numbers);
  for (double& x : numbers) x = std::abs(x - centre);
  const double deviation = median(numbers);
  return deviation > 0 ? deviation : 1;
}

std::optional<double> r_squared(std::span<const float> shown, const app::Truth& truth, std::span<const size_t> order) {
  double sum = 0, squares = 0, residual = 0;
  int n = 0;
  for (size_t k = 0; k < order.size(); ++k) {
    const auto& label = truth.labels[order[k]];
    if (!label || std::isnan(shown[k])) continue;
    const auto number = number_of(*label);
    if (!number) continue;
    ++n;
    sum += *number;
    squares += *number * *number;
    residual += (shown[k] - *number) * (shown[k] - *number);
  }
  if (n == 0) return std::nullopt;
  return 1 - residual / std::max(squares - sum * sum / n, 1e-12);
}

}  // namespace whyzero::evidence
