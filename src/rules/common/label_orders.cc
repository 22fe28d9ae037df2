#include "rules/common/label_orders.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>

#include "evidence/sample_score.h"
#include "numerics/assignment.h"
#include "numerics/sign_flip.h"

namespace whyzero::rules {
namespace {

using Order = std::vector<int>;  // class → place of its label in the list

/// Larger lists have no two samples a class in any set that people label.
constexpr int kMostClasses = 512;

std::vector<std::string> in_order(const std::vector<std::string>& labels, const Order& order) {
  std::vector<std::string> result;
  for (int place : order) result.push_back(labels[static_cast<size_t>(place)]);
  return result;
}

Order inverse(const Order& order) {
  Order result(order.size());
  for (size_t i = 0; i < order.size(); ++i) result[static_cast<size_t>(order[i])] = static_cast<int>(i);
  return result;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// "Red_Disc" and "red disc" are one.
std::string letters(const std::string& text) {
  std::string result;
  for (const char c : lower(text))
    if (std::isalnum(static_cast<unsigned char>(c))) result += c;
  return result;
}

/// Whether the truth only spells the labels otherwise, or gives codes ("n01440764") for words.
bool spelled_otherwise(const std::set<std::string>& names, const std::vector<std::string>& labels) {
  std::set<std::string> known;
  for (const std::string& label : labels) known.insert(letters(label));
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return known.contains(letters(name)) || std::count_if(name.begin(), name.end(), [](unsigned char c) { return c >= 0x80 || std::isalpha(c); }) < 2;
  });
}

/// A sample as the fit sees it.
struct Sample {
  std::vector<double> probabilities;
  int decided = 0, truth = 0;
};

std::vector<Sample> samples_of(const evidence::Case& a_case, const app::Evaluation& evaluation, const std::vector<std::string>& labels) {
  std::map<std::string, int> place_of;
  for (size_t i = 0; i < labels.size(); ++i) place_of[labels[i]] = static_cast<int>(i);
  std::vector<Sample> samples;
  const auto& answers = evaluation.answers;
  for (size_t i = 0; i < answers.size() && i < a_case.truth.labels.size(); ++i) {
    if (!answers[i] || !answers[i]->label || !a_case.truth.labels[i]) continue;
    const auto place = place_of.find(*a_case.truth.labels[i]);
    Sample sample{evidence::probabilities(a_case.app.output, a_case.binding->output_tensor, *answers[i]), *answers[i]->label, -1};
    if (place == place_of.end() || sample.probabilities.size() != labels.size() || sample.decided >= static_cast<int>(labels.size())) continue;
    sample.truth = place->second;
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// The order that gives the answers most to the true labels, decisions and probabilities alike; ties keep the order as it is.
Order fit(const std::vector<Sample>& samples, size_t classes, auto belongs) {
  std::vector<std::vector<double>> cost(classes, std::vector<double>(classes));
  for (size_t c = 0; c < classes; ++c) cost[c][c] = -1e-3;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!belongs(i)) continue;
    const auto truth = static_cast<size_t>(samples[i].truth);
    for (size_t c = 0; c < classes; ++c) cost[c][truth] -= samples[i].probabilities[c];
    cost[static_cast<size_t>(samples[i].decided)][truth] -= 1;
  }
  return numerics::least_assignment(cost);
}

}  // namespace

std::optional<std::vector<std::string>> labels_of(const evidence::Case& a_case) {
  const app::Output& output = a_case.app.output;
  std::vector<std::string> labels;
  if (output.labels) {
    if (output.label_offset != 0) return std::nullopt;
    labels = *output.labels;
  } else {
    if (output.label_offset != 0 || a_case.classes > kMostClasses) return std::nullopt;
    for (int c = 0; c < a_case.classes; ++c) labels.push_back(std::to_string(c));
  }
  const std::set<std::string> distinct(labels.begin(), labels.end());
  if (labels.size() != static_cast<size_t>(a_case.classes) || distinct.size() != labels.size() || labels.size() < 2) return std::nullopt;
  return labels;
}

std::vector<LabelOrder> usual_orders(const std::vector<std::string>& labels) {
  std::vector<LabelOrder> orders;
  const auto add = [&](std::string text, std::vector<std::string> list, double prior) {
    const bool known = std::any_of(orders.begin(), orders.end(), [&](const LabelOrder& o) { return o.labels == list; });
    if (list != labels && !known) orders.push_back({std::move(text), std::move(list), prior});
  };
  std::vector<std::string> sorted = labels;
  std::stable_sort(sorted.begin(), sorted.end());
  add("sort the labels alphabetically, as folders are listed", sorted, 0.5);
  std::stable_sort(sorted.begin(), sorted.end(), [](const std::string& a, const std::string& b) { return lower(a) < lower(b); });
  add("sort the labels alphabetically, capitals like small letters", sorted, 0.3);
  std::vector<std::string> reversed(labels.rbegin(), labels.rend());
  add(labels.size() == 2 ? "exchange the two labels" : "reverse the order of the labels", reversed, labels.size() == 2 ? 1.0 : 0.2);
  if (labels.size() > 10) {
    // Folders named by class numbers are listed as 0, 1, 10, 11, 2, …
    Order by_text(labels.size());
    std::iota(by_text.begin(), by_text.end(), 0);
    std::stable_sort(by_text.begin(), by_text.end(), [](int a, int b) { return std::to_string(a) < std::to_string(b); });
    add("order the labels as the class numbers 0, 1, 10, 11, …, 2 are sorted as texts", in_order(labels, by_text), 0.3);
    add("undo an order of class numbers as texts (0, 1, 10, 11, …, 2)", in_order(labels, inverse(by_text)), 0.3);
  }
  return orders;
}

std::optional<FittedOrder> fitted_order(const evidence::Case& a_case, const app::Evaluation& evaluation, const std::vector<std::string>& labels) {
  const std::vector<Sample> samples = samples_of(a_case, evaluation, labels);
  if (labels.size() > static_cast<size_t>(kMostClasses) || samples.size() < 2 * labels.size()) return std::nullopt;
  // Every other sample of each class: both halves know the classes alike.
  std::vector<int> seen(labels.size(), 0);
  std::vector<int> half(samples.size());
  for (size_t i = 0; i < samples.size(); ++i) half[i] = seen[static_cast<size_t>(samples[i].truth)]++ % 2;
  FittedOrder result;
  int gained = 0, lost = 0;
  for (int judged : {0, 1}) {
    const Order order = fit(samples, labels.size(), [&](size_t i) { return half[i] != judged; });
    for (size_t i = 0; i < samples.size(); ++i) {
      if (half[i] != judged) continue;
      const bool before = samples[i].decided == samples[i].truth, after = order[static_cast<size_t>(samples[i].decided)] == samples[i].truth;
      ++result.samples;
      result.before += before;
      result.right += after;
      gained += after && !before;
      lost += before && !after;
    }
  }
  result.p_value = numerics::mcnemar_exact(gained, lost);
  result.labels = in_order(labels, fit(samples, labels.size(), [](size_t) { return true; }));
  return result;
}

std::optional<FittedOrder> fitted_names(const evidence::Case& a_case) {
  constexpr double kAboveChance = 0.2;
  std::set<std::string> distinct;
  for (const auto& label : a_case.truth.labels)
    if (label) distinct.insert(*label);
  const auto classes = static_cast<size_t>(std::max(a_case.classes, 0));
  if (!a_case.app.output.labels || distinct.size() < 2 || distinct.size() > classes || a_case.truth.unknown_labels.size() != distinct.size()) return std::nullopt;
  if (spelled_otherwise(distinct, *a_case.app.output.labels)) return std::nullopt;
  std::vector<std::string> names(distinct.begin(), distinct.end());
  while (names.size() < classes) names.push_back("class without a name " + std::to_string(names.size()));
  auto fitted = fitted_order(a_case, a_case.symptom.evaluation, names);
  if (!fitted || fitted->right < (1.0 / static_cast<double>(classes) + kAboveChance) * fitted->samples) return std::nullopt;
  fitted->before = 0;
  return fitted;
}

void drop_flattering(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses) {
  if (!a_case.labelled() || a_case.symptom.failure || a_case.symptom.evaluation.scored.metric != app::Metric::kConfidence) return;
  const auto& answers = a_case.symptom.evaluation.answers;
  std::vector<size_t> order(answers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto right = [&](const app::Output& output) {
    const auto wanted = evidence::true_classes_of_samples(output, a_case.truth, order, a_case.classes);
    int count = 0;
    for (size_t i = 0; i < answers.size() && i < wanted->size(); ++i)
      count += answers[i] && answers[i]->label && std::count((*wanted)[i].begin(), (*wanted)[i].end(), *answers[i]->label) > 0;
    return count;
  };
  const int as_deployed = right(a_case.app.output);
  std::erase_if(hypotheses, [&](const evidence::Hypothesis& h) {
    if (h.code != rule.code || h.axis != "labels") return false;
    const auto document = h.edit(a_case.app.document);
    const auto changed = document ? app::parse_app(*document, a_case.app.base) : fail(ErrorCode::kNotFound, "no change");
    return changed && right(changed->output) < as_deployed;
  });
}

}  // namespace whyzero::rules
