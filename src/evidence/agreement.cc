#include "evidence/agreement.h"

#include <algorithm>
#include <map>
#include <vector>

#include "app/edit.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// Enough to tell a tenth from three tenths, and a small part of what the experiments run.
constexpr size_t kSamples = 60;
constexpr double kNearer = 0.92;

/// The answers in order; nothing where the app cannot run.
std::optional<app::Evaluation> answers_of(const Case& a_case, const json& document, app::EvaluateOptions options, Progress* progress) {
  const auto app = app::parse_app(document, a_case.app.base);
  if (!app) return std::nullopt;
  options.limit = kSamples;
  auto evaluation = app::evaluate(*app, a_case.model, options, progress);
  if (!evaluation) return std::nullopt;
  return std::move(*evaluation);
}

}  // namespace

std::optional<json> from_nearer(const Case& a_case, const json& document) {
  json nearer = document;
  bool resizes = false;
  for (const app::Input& input : a_case.app.inputs) {
    if (input.kind != app::SourceKind::kImages && input.kind != app::SourceKind::kFrames) continue;
    json pipeline = app::pipeline_at(document, input.pointer);
    const auto resize = std::find_if(pipeline.begin(), pipeline.end(), [](const json& step) { return step.contains("resize") || step.contains("letterbox"); });
    if (resize == pipeline.end()) continue;
    pipeline.insert(resize, json{{"crop", {{"central", kNearer}}}});
    app::set_pipeline(nearer, input.pointer, std::move(pipeline));
    resizes = true;
  }
  if (!resizes) return std::nullopt;
  return nearer;
}

std::optional<Agreement> agreement(const Case& a_case, const json& document, const app::EvaluateOptions& options, Progress* progress) {
  const auto nearer = from_nearer(a_case, document);
  if (!nearer) return std::nullopt;
  const auto one = answers_of(a_case, document, options, progress), other = answers_of(a_case, *nearer, options, progress);
  if (!one || !other) return std::nullopt;
  Agreement result;
  std::map<int, int> of_one, of_other;
  for (size_t i = 0; i < std::min(one->answers.size(), other->answers.size()); ++i) {
    const auto &a = one->answers[i], &b = other->answers[i];
    if (!a || !b || !a->label || !b->label) continue;
    ++result.samples;
    result.alike += *a->label == *b->label;
    ++of_one[*a->label];
    ++of_other[*b->label];
  }
  if (result.samples == 0) return std::nullopt;
  const double n = result.samples;
  double by_chance = 0;
  for (const auto& [label, count] : of_one) by_chance += count / n * (of_other.contains(label) ? of_other[label] / n : 0);
  if (by_chance < 1) result.above_chance = (result.alike / n - by_chance) / (1 - by_chance);
  return result;
}

}  // namespace whyzero::evidence
