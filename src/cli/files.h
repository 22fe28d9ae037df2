// What commands read: models, and app files together with their models.
#pragma once

#include <filesystem>
#include <memory>

#include "app/app.h"
#include "graph/graph.h"
#include "whyzero/result.h"

namespace whyzero::cli {

/// kMalformed, with the first defect's code and message, where the file is no usable model.
Result<std::shared_ptr<const graph::Model>> load_model(const std::filesystem::path& path);

struct AppAndModel {
  app::App app;
  std::shared_ptr<const graph::Model> model;
};
Result<AppAndModel> load_app_and_model(const std::filesystem::path& path);

}  // namespace whyzero::cli
