// The samples of one input: names, truth, and each sample's first value before the pipeline.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/value.h"
#include "image/decode.h"

namespace whyzero::app {

class Source {
 public:
  virtual ~Source() = default;
  size_t size() const { return names_.size(); }
  /// The path as written or found, or the row's number.
  const std::string& name(size_t i) const { return names_[i]; }
  /// The same for messages: a row's number says nothing without its file.
  std::string place(size_t i) const { return file_.empty() ? names_[i] : "row " + names_[i] + " of " + file_; }
  /// Labels that come with the source itself (folders a class, a table's label column), by sample; empty where none.
  const std::map<std::string, std::string>& own_truth() const { return truth_; }
  /// Sample i before the pipeline: decoded pixels, a row, … `like` says which library decodes photos. For captured tensors
  /// the final value; `reinterpreted` is set where its dtype was another than the tensor's.
  /// Thread-safe. An Error is a sample that cannot be read: skipped and counted by callers (D003).
  virtual Result<Value> first_value(size_t i, image::DecodeLike like, const TensorInfo& tensor) const = 0;
  virtual bool captured() const { return false; }

 protected:
  std::vector<std::string> names_;
  std::string file_;  // that all samples are rows of; empty where each has its own
  std::map<std::string, std::string> truth_;
};

/// Opens the source of an input: lists files, reads tables and arrays (kept in memory), checks folders.
Result<std::unique_ptr<Source>> open_source(const App& app, const Input& input);

/// `decode` step's library where the pipeline begins with one, else Pillow.
image::DecodeLike decode_like(const nlohmann::json& pipeline);

}  // namespace whyzero::app
