#include "fix/verify.h"

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "app/evaluate_on.h"
#include "app/rebase.h"
#include "base/file.h"
#include "graph/tflite_reader.h"

namespace whyzero::fix {
namespace {

namespace fs = std::filesystem;

/// The reference kernels are slow; this many decisions must agree.
constexpr size_t kReferenceSamples = 16;

/// A folder of its own that goes when the scope ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "whyzero-XXXXXX").string();
    if (!error && ::mkdtemp(name.data())) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

Verification verify(const evidence::Case& a_case, const nlohmann::json& document, const VerifyOptions& options) {
  Verification result;
  const auto reject = [&](std::string gate) {
    result.rejected_by = std::move(gate);
    return result;
  };
  const TemporaryFolder folder;
  if (folder.path().empty()) return reject("no temporary folder could be made");
  const fs::path file = folder.path() / "app.json";
  nlohmann::json fresh_document = app::rebase(document, a_case.app.base, folder.path());
  if (options.model) {
    if (auto written = write_file(folder.path() / "model.tflite", *options.model); !written) return reject(written.error().text());
    fresh_document["model"] = "model.tflite";
  }
  if (auto written = write_text(file, fresh_document.dump(2)); !written)
    return reject(written.error().text());
  const auto fresh = app::load_app(file);
  if (!fresh) return reject("the mended app file cannot be read: " + fresh.error().text());
  const auto reading = graph::read_tflite(fresh->model);
  if (!reading || !reading->model) return reject("the model of the mended app cannot be read");

  app::EvaluateOptions run;
  run.threads = options.threads;
  run.max_memory_bytes = options.max_memory_bytes;
  auto mended = app::evaluate(*fresh, reading->model, run, options.progress);
  if (!mended) return reject("the mended app does not run: " + mended.error().text());
  result.value = mended->scored.value;
  result.samples = mended->scored.samples;
  if (options.expected && (!result.value || *result.value < *options.expected - 1e-6))
    return reject("the fresh run is worse than the experiment");

  run.limit = kReferenceSamples;
  struct Judge {
    std::shared_ptr<const runtime::Runtime> runtime;
    std::string who;
    int close_calls;  // decisions that may differ
  };
  std::vector<Judge> judges = {{runtime::own_runtime(runtime::Kernels::kReference), "the reference kernels", 0}};
  // Another runtime's integer kernels round otherwise: on healthy quantized models one photo in twenty or more changes its answer.
  if (options.second_runtime) judges.push_back({options.second_runtime, "the runtime " + std::string(options.second_runtime->name()), 1});
  for (const Judge& judge : judges) {
    const auto other = app::evaluate_on(judge.runtime, *fresh, reading->model, run, options.progress);
    if (!other) return reject("the mended app does not run on " + judge.who + ": " + other.error().text());
    int otherwise = 0;
    for (size_t i = 0; i < other->answers.size() && i < mended->answers.size(); ++i) {
      const auto &a = other->answers[i], &b = mended->answers[i];
      if (a.has_value() == b.has_value() && (!a || a->label == b->label)) continue;
      if (++otherwise > judge.close_calls) return reject(mended->names[i] + " is decided otherwise by " + judge.who);
    }
  }
  result.verified = true;
  result.evaluation = std::move(*mended);
  return result;
}

}  // namespace whyzero::fix
