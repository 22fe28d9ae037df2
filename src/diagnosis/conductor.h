// The course of one diagnosis: what it knows so far and the stages it goes through. diagnose.cc has the order of the stages and all
// that needs no experiment, experiments.cc the search, judge.cc what becomes of its results.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/diagnose.h"
#include "diagnosis/restore_gate.h"
#include "evidence/case.h"
#include "evidence/dead_units.h"
#include "evidence/lab.h"
#include "evidence/search.h"
#include "trace/npz.h"

namespace whyzero::diagnosis {

/// One diagnosis from beginning to end.
class Conductor {
 public:
  explicit Conductor(const DiagnoseOptions& options) : options_(options) {}

  Result<Diagnosis> run(app::App app);
  Result<Diagnosis> run(const std::filesystem::path& model);

 private:
  Result<void> read_model(const std::filesystem::path& path);
  void read_model(std::shared_ptr<const std::vector<uint8_t>> bytes);
  Result<void> open();
  app::EvaluateOptions evaluate_options() const;
  Result<void> measure();
  void look();
  void try_out();
  void compare_runtimes();
  bool proven_already() const;
  void point_at_lines();
  evidence::Finding* proven_by_bytes();
  Result<void> mend(evidence::Finding& proven);
  void apply_static_mends();
  void conclude();
  evidence::LabOptions lab_options() const;
  Result<void> acquit_model();
  std::vector<evidence::Hypothesis> propose() const;
  Result<void> search();
  Result<bool> look_behind_labels(const std::vector<evidence::Hypothesis>& hypotheses);
  Result<void> search_label_free(evidence::Lab& lab, const evidence::LabOptions& lab_options, const std::vector<evidence::Hypothesis>& hypotheses);
  void rule_out(const std::vector<evidence::RuledOut>& ruled_out);
  struct Woken {
    evidence::DeadUnits units;  // that died in training
    double louder = 0;          // how many times as loud the numbers are that wake some
  };
  std::optional<Woken> woken_by(const nlohmann::json& document) const;
  bool only_wakes_the_dead(const evidence::Explanation& explanation);
  void name_quantization(const evidence::QuantizationEvidence& evidence);
  bool captured() const;
  void judge(const evidence::Explanation& explanation);
  void mend_model();
  /// The mended app afresh; `expected`: the metric that the experiment promised.
  void verify(std::optional<double> expected);
  Result<std::vector<evidence::Finding>> look_again(std::shared_ptr<const std::vector<uint8_t>> model, app::Evaluation evaluation) const;
  void decide();
  std::optional<app::Binding> binding_of(const nlohmann::json& document) const;
  Diagnosis finish();

  DiagnoseOptions options_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  evidence::Case case_;
  Diagnosis diagnosis_;
  bool has_app_ = false;
  bool worrying_lead_ = false;
  trace::Arrays recorded_;  // inputs that lie beside a model without an app
  nlohmann::json deployed_;  // the app document as given
  nlohmann::json unmended_;  // the document of the experiments before static mends
};

/// The same text with its first letter in upper case.
std::string capitalized(std::string text);
/// A change of the app file as old and new parts: "In place of … put …".
std::string change_in_words(const nlohmann::json& before, const nlohmann::json& after);

}  // namespace whyzero::diagnosis
