// The metric of an app: right answers, R², or how far a shown probability is from being right.
#include "app/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace whyzero::app {
namespace {

bool has_label(const Output& output, const std::string& truth) {
  return output.labels && std::find(output.labels->begin(), output.labels->end(), truth) != output.labels->end();
}

double number_or_nan(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : std::numeric_limits<double>::quiet_NaN();
}

double finite(double x) { return std::isnan(x) ? 1e9 : std::isinf(x) ? std::copysign(1e9, x) : x; }

void score_classes(const Output& output, const std::vector<std::optional<Answer>>& answers, const Truth& truth, Scored& scored) {
  double right = 0, distance = 0;
  int judged = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i] || !answers[i]->label) continue;
    const int label = *answers[i]->label;
    const auto text = label_text(output, label);
    ++scored.predictions[text ? *text : fmt::format("#{} (not in the label file)", label + output.label_offset)];
    if (i >= truth.labels.size() || !truth.labels[i]) continue;
    const bool correct = is_correct(output, label, *truth.labels[i]);
    scored.correct[i] = correct;
    const double off = shown_probability(*answers[i]) - correct;
    ++judged;
    right += correct;
    distance += off * off;
  }
  if (judged == 0) return;
  scored.value = scored.metric == Metric::kConfidence ? 1 - distance / judged : right / judged;
}

void score_numbers(const std::vector<std::optional<Answer>>& answers, const Truth& truth, Scored& scored) {
  std::vector<double> wanted, shown;
  for (size_t i = 0; i < answers.size() && i < truth.labels.size(); ++i) {
    if (!answers[i] || answers[i]->shown.empty() || !truth.labels[i]) continue;
    const double number = number_or_nan(*truth.labels[i]);
    if (!std::isfinite(number)) continue;
    wanted.push_back(number);
    shown.push_back(finite(answers[i]->shown[0]));
  }
  if (wanted.empty()) return;
  double mean = 0, around_mean = 0, around_shown = 0;
  for (double w : wanted) mean += w / static_cast<double>(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    around_mean += (wanted[i] - mean) * (wanted[i] - mean);
    around_shown += (wanted[i] - shown[i]) * (wanted[i] - shown[i]);
  }
  constexpr double kNoVariance = 1e-12;
  scored.value = 1 - around_shown / std::max(around_mean, kNoVariance);
}

}  // namespace

const char* metric_name(Metric metric) {
  switch (metric) {
    case Metric::kTop1:
      return "top1";
    case Metric::kR2:
      return "r2";
    case Metric::kConfidence:
      return "confidence";
  }
  return "unknown";
}

double shown_probability(const Answer& answer) {
  double shown = answer.scores.empty() ? 0 : answer.scores[0];
  if (answer.scores.size() > 1) {
    for (double score : answer.scores)
      if (score > shown || std::isnan(score)) shown = score;
  } else if (*answer.label == 0) {
    shown = 1 - shown;
  }
  return std::isnan(shown) ? 0 : std::clamp(shown, -1e3, 1e3);
}

bool is_correct(const Output& output, int label, const std::string& truth) {
  if (output.labels && has_label(output, truth)) return label_text(output, label) == truth;
  return std::to_string(int64_t{label} + output.label_offset) == truth;
}

std::vector<int> true_classes(const Output& output, const std::string& truth, int classes) {
  std::vector<int> right;
  if (output.labels && has_label(output, truth)) {
    for (int k = 0; k < classes; ++k)
      if (label_text(output, k) == truth) right.push_back(k);
    return right;
  }
  for (int k = 0; k < classes; ++k)
    if (is_correct(output, k, truth)) return {k};
  return right;
}

Scored score(const Output& output, const std::vector<std::optional<Answer>>& answers, const Truth& truth) {
  Scored scored;
  scored.correct.resize(answers.size());
  bool classifies = false;
  for (const auto& answer : answers) {
    scored.samples += answer.has_value();
    classifies = classifies || (answer && answer->label);
  }
  scored.metric = !classifies ? Metric::kR2 : output.reports == "probability" ? Metric::kConfidence : Metric::kTop1;
  if (classifies)
    score_classes(output, answers, truth, scored);
  else
    score_numbers(answers, truth, scored);
  return scored;
}

}  // namespace whyzero::app
