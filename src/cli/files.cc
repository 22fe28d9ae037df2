// What commands read: models, and app files together with their models.
#include "cli/files.h"

#include "graph/tflite_reader.h"

namespace whyzero::cli {

Result<std::shared_ptr<const graph::Model>> load_model(const std::filesystem::path& path) {
  WHYZERO_ASSIGN(graph::Reading reading, graph::read_tflite(path));
  if (reading.model) return std::move(reading.model);
  Error error{ErrorCode::kMalformed, "this is no usable model", {}};
  if (!reading.defects.empty()) error.message = reading.defects[0].code + ": " + reading.defects[0].message;
  return fail(std::move(error), path.string());
}

Result<AppAndModel> load_app_and_model(const std::filesystem::path& path) {
  WHYZERO_ASSIGN(app::App app, app::load_app(path));
  WHYZERO_ASSIGN(auto model, load_model(app.model));
  return AppAndModel{std::move(app), std::move(model)};
}

}  // namespace whyzero::cli
