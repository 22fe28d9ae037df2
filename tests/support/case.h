// What a diagnosis knows before it tries anything, for tests of the layers that work on it.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "evidence/case.h"
#include "support/folder.h"

namespace whyzero::toy {

/// Everything but findings: model, binding, samples, truth, the run as deployed. Trouble on the way is a test failure.
std::unique_ptr<evidence::Case> case_of(const nlohmann::json& document, const std::filesystem::path& base);

/// examples/fruit with the first `per_class` photos of each class only.
class Fruit {
 public:
  explicit Fruit(int per_class);
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// "app.json", "app_healthy.json", …
  nlohmann::json document(const char* file) const;

 private:
  Folder folder_;
};

}  // namespace whyzero::toy
