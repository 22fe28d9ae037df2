// The pipeline that made captured tensors of photos, found by undoing memory, geometry and arithmetic one after the other, and
// proven by running it forward.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/source.h"
#include "base/progress.h"

namespace whyzero::recover {

/// How a sample's captured tensor stands to what the pipeline makes of its photo.
enum class Verdict { kExact, kNear, kConstant, kStale, kDiffers, kUnreadable };
const char* verdict_name(Verdict verdict);

struct SampleResidual {
  Verdict verdict = Verdict::kDiffers;
  double largest = 0, mean = 0;  // distance of the elements, in the tensor's numbers
  std::optional<size_t> like;    // kStale: the sample whose photo, or tensor, it holds
};

/// What the tensors show without their photos; each fact with the cause that it speaks for.
struct Fact {
  std::string code, text;
  double confidence = 1;
};

struct Recovery {
  nlohmann::json pipeline = nlohmann::json::array();  // the steps, as an app file has them; null where photos are missing or unlike
  nlohmann::json believed = nlohmann::json::array();  // what the author writes beside the tensors
  bool exact = false;                                 // every filled tensor to the bit
  bool near = false;                                  // … or within what float32 resizers differ by
  double explained = 0;                               // share of the variance that the picture explains
  std::vector<SampleResidual> samples;
  size_t late = 0;                                    // tensors that are, to the bit, what the pipeline makes of the photo before
  std::vector<Fact> facts;
  nlohmann::json fragment = nlohmann::json::array();  // steps that the tensors alone prove, from the colours on
};

struct Options {
  int threads = 0;
  Progress* progress = nullptr;
};

/// `originals`: null where the app file names none; otherwise as many as tensors. An Error only where nothing can be read.
Result<Recovery> recover(const app::Input& input, const app::Source& captured, const app::Source* originals, const app::TensorInfo& tensor,
                         const Options& options = {});

/// The photos behind captured tensors ("original_images"); null where the app file names none. kInvalidArgument where their number
/// is not the tensors'.
Result<std::unique_ptr<app::Source>> open_originals(const app::App& app, const app::Input& input, const app::Source& captured);

}  // namespace whyzero::recover
