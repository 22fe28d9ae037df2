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
#include "evidence/variant.h"
#include "quantize/emulator.h"
#include "runtime/interpreter.h"

namespace whyzero::evidence {

struct LabOptions {
  int threads = 0;
  uint64_t seed = 0;
  runtime::InterpreterOptions interpreter;
  Progress* progress = nullptr;
  bool spread = false;  // keeps the spread of the answers although there is truth
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

  using Comparison = evidence::Comparison;
  Comparison compare(int id, int against) const { return evidence::compare((*this)[id], (*this)[against]); }
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
  std::string deployed_pipelines_;
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
