// Other orders of a label list: the conventions that lists are sorted by, and the one that the answers themselves fit best.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/case.h"
#include "rules/rule.h"

namespace whyzero::rules {

/// The label of every class as the app reads it; without a label file the classes' numbers. Nothing where labels and classes are
/// not of one number, or two classes have the same label.
std::optional<std::vector<std::string>> labels_of(const evidence::Case& a_case);

struct LabelOrder {
  std::string text;
  std::vector<std::string> labels;
  double prior = 1;
};
/// Alphabetical, reversed, and the orders in which 1, 10, 2 and 1, 2, 10 take each other's place.
std::vector<LabelOrder> usual_orders(const std::vector<std::string>& labels);

struct FittedOrder {
  std::vector<std::string> labels;
  int right = 0, before = 0, samples = 0;  // of samples that the order was not fitted on
  double p_value = 1;
};
/// The assignment of labels to classes that fits the answers best, each half of the samples judged by the order fitted on the other.
/// Nothing with more than one class for two samples.
std::optional<FittedOrder> fitted_order(const evidence::Case& a_case, const app::Evaluation& evaluation, const std::vector<std::string>& labels);

/// Where the label list has not one of the truth's labels: the truth's own names, one a class, in the order that the answers fit best. Nothing where
/// they hardly fit any.
std::optional<FittedOrder> fitted_names(const evidence::Case& a_case);

/// Where the app shows probabilities, a wrong label shown with a low one scores better than a right label: leaves out the rule's hypotheses under which
/// fewer of the app's answers are right.
void drop_flattering(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses);

}  // namespace whyzero::rules
