// Photos and captured tensors for the tests of recover: the demo's photos, and pipelines run forward on them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/app.h"
#include "app/recover/recover.h"
#include "app/source_kinds.h"
#include "app/step.h"

namespace whyzero::recover {

/// Tensors that lie in memory; one without bytes cannot be read.
class HeldTensors final : public app::Source {
 public:
  explicit HeldTensors(std::vector<std::vector<uint8_t>> memories) : memories_(std::move(memories)) {
    for (size_t i = 0; i < memories_.size(); ++i) names_.push_back(std::to_string(i) + ".npy");
  }
  bool captured() const override { return true; }
  Result<app::Value> first_value(size_t i, image::DecodeLike, const app::TensorInfo& tensor) const override {
    if (memories_[i].empty()) return fail(ErrorCode::kNotFound, "no such file");
    app::Value value;
    value.dtype = tensor.dtype;
    value.shape = tensor.shape;
    value.bytes = memories_[i];
    return value;
  }

 private:
  std::vector<std::vector<uint8_t>> memories_;
};

/// Some of the demo's photos, from the `first` on.
inline std::unique_ptr<app::Source> demo_photos(size_t first, size_t count) {
  namespace fs = std::filesystem;
  std::vector<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(WHYZERO_SOURCE_DIR) / "examples/fruit/photos"))
    if (entry.path().extension() == ".jpg") all.push_back(entry.path().string());
  std::sort(all.begin(), all.end());
  app::Input input;
  input.kind = app::SourceKind::kImages;
  input.source = nlohmann::json::array();
  // Neighbours show the same fruit; every seventh is another.
  for (size_t i = 0; i < count; ++i) input.source.push_back(all[(first + i) * 7 % all.size()]);
  auto source = app::open_images(app::App{}, input);
  return source ? std::move(*source) : nullptr;
}

inline Result<std::vector<uint8_t>> run_forward(const app::Source& photos, size_t i, const nlohmann::json& pipeline, const app::TensorInfo& tensor) {
  WHYZERO_ASSIGN(app::Value value, photos.first_value(i, app::decode_like(pipeline), tensor));
  WHYZERO_TRY(app::run_steps(value, pipeline, 0, pipeline.size(), tensor));
  WHYZERO_TRY(app::finish_value(value, tensor));
  return value.bytes;
}

/// Empty memories where the pipeline does not run on a photo.
inline std::vector<std::vector<uint8_t>> captured_by(const app::Source& photos, const nlohmann::json& pipeline, const app::TensorInfo& tensor) {
  std::vector<std::vector<uint8_t>> memories;
  for (size_t i = 0; i < photos.size(); ++i) {
    auto bytes = run_forward(photos, i, pipeline, tensor);
    memories.push_back(bytes ? std::move(*bytes) : std::vector<uint8_t>());
  }
  return memories;
}

}  // namespace whyzero::recover
