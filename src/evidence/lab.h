// Where variants of an app are run: many changed app documents over the same samples, their work shared. A photo is decoded once,
// each step of a pipeline computed once for all variants that begin alike, the model run once for equal input bytes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/progress.h"
#include "evidence/case.h"
#include "evidence/spread.h"
#include "quantize/emulator.h"
#include "runtime/interpreter.h"

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
  Spread spread;                  // of the answers, where nothing has truth
  std::optional<Error> failure;   // the variant could not run
  std::shared_ptr<const std::vector<std::vector<int>>> true_classes;  // by sample: classes that count as right
};

struct LabOptions {
  int threads = 0;
  uint64_t seed = 0;
  runtime::InterpreterOptions interpreter;
  Progress* progress = nullptr;
  std::optional<quantize::Emulation> emulation;  // runs in place of the model as deployed
};

class Lab {
 public:
  /// Samples are those with truth, shuffled by the seed. The case must have a model and a binding, and outlive the lab.
  Lab(const Case& a_case, const LabOptions& options);
  ~Lab();

  size_t samples() const { return order_.size(); }
  size_t sample_at(size_t k) const { return order_[k]; }
  /// The id of a document: the same for equal documents. An Error where it is no app that fits the model.
  Result<int> add(const nlohmann::json& document);
  const Variant& operator[](int id) const { return *variants_[static_cast<size_t>(id)]; }
  /// Runs these variants on the lab's samples [0, count), skipping what is known. kCancelled when the user stopped.
  Result<void> measure(std::span<const int> ids, size_t count);

  /// Mean difference of score, metric and T over the samples that both know.
  struct Comparison {
    double mean = 0, t = 0;                      // of the score
    double standing = 0, standing_t = 0;         // of the standing
    double standing_squares = 0;                 // sum of the squared differences
    double gain = 0;  // of the metric (share of right answers, or of the loss taken away)
    int samples = 0, gained = 0, lost = 0;
  };
  Comparison compare(int id, int against) const { return compare((*this)[id], (*this)[against]); }
  /// The same for variants of two labs of one case and seed: their samples have the same order.
  static Comparison compare(const Variant& variant, const Variant& against);
  enum class Measure { kScore, kStanding };
  /// By sample; NaN where either is not known.
  std::vector<float> differences(int id, int against, Measure measure) const;
  /// Metric over what has been measured of a variant.
  std::optional<double> metric(int id) const;
  /// Model runs so far.
  size_t runs() const { return runs_; }

 private:
  struct Group;   // variants with the same input pipelines
  struct Worker;  // one thread's interpreter and scratch
  struct Job;     // a group and those of its variants that are asked for
  using OutputsByHash = std::unordered_map<size_t, std::shared_ptr<const std::vector<uint8_t>>>;
  /// What tells whether two apps feed the same: their inputs' sources and pipelines.
  static std::string pipelines_of(const app::App& app, const app::Binding& binding);
  /// The outputs of the app as deployed are known where its evaluation kept them.
  void take_over(Group& group);
  /// The source that a variant's input reads: the case's own, or one opened for variants with other columns or arrays.
  Result<const app::Source*> source_of(const app::App& app, const app::Input& input);
  void run_sample(Worker& worker, std::span<const Job> jobs, size_t k);
  /// All outputs of the model, one after the other, for one sample through a group's pipelines.
  Result<std::shared_ptr<const std::vector<uint8_t>>> compute(Worker& worker, const Group& group, const Group* next, size_t sample,
                                                              OutputsByHash& by_bytes);
  void score(Variant& variant, size_t k, std::span<const uint8_t> outputs);

  const Case& case_;
  LabOptions options_;
  std::vector<size_t> order_;
  double error_scale_ = 1;  // median absolute deviation of true numbers
  std::vector<std::unique_ptr<Variant>> variants_;
  std::map<std::string, int> by_document_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::map<std::string, int> by_pipelines_;
  std::map<std::string, std::shared_ptr<const std::vector<std::vector<int>>>> classes_by_labels_;
  std::map<std::string, std::unique_ptr<app::Source>> opened_;
  std::map<std::string, int> prefixes_;  // "source|decoder|step|step" → number, for sharing beginnings
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<size_t> output_bytes_;
  size_t cached_bytes_ = 0;
  size_t runs_ = 0;
  std::mutex mutex_;
};

}  // namespace whyzero::evidence
