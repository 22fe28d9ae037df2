// Truth and scoring: the metric that follows from the app, sample by sample.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/output.h"
#include "app/source.h"

namespace whyzero::app {

enum class Metric { kTop1, kR2, kConfidence };
const char* metric_name(Metric metric);

/// The truth of every sample of a source, in order; nothing where a sample has none.
struct Truth {
  std::vector<std::optional<std::string>> labels;
  std::vector<std::string> unmatched_rows;    // rows of the truth file that belong to no sample (D002)
  std::vector<std::string> unknown_labels;    // labels that are neither a text nor a line number of the label file (D002)
  bool any() const;
};
Result<Truth> load_truth(const App& app, const Source& source);

/// Whether the shown class is the true one (spec: a text of the label file, otherwise a line number compared after label_offset).
bool is_correct(const Output& output, int label, const std::string& truth);

/// The probability that the app shows for its class; what is no number or beyond all reason counts as bounded nonsense.
double shown_probability(const Answer& answer);

/// Class indices (before label_offset) that would be counted right for this truth under this output, of `classes` classes.
/// More than one where two classes have the same text. Empty: no class can be right.
std::vector<int> true_classes(const Output& output, const std::string& truth, int classes);

/// Top-1 share, R², or 1 - mean (shown - correct)²; nothing where no sample has truth. `answers` may hold fewer samples (unreadable ones are null).
struct Scored {
  Metric metric = Metric::kTop1;
  std::optional<double> value;
  int samples = 0;                          // that have an answer
  std::vector<std::optional<bool>> correct; // by sample, for classes with truth
  std::map<std::string, int> predictions;   // label text → count
};
Scored score(const Output& output, const std::vector<std::optional<Answer>>& answers, const Truth& truth);

}  // namespace whyzero::app
