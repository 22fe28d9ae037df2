// An app file: how an application feeds a model and reads its answer, as deployed. The JSON document is the truth; this is its
// checked form. Fixes are RFC 6902 patches on the document.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "whyzero/result.h"

namespace whyzero::app {

enum class SourceKind { kImages, kTensors, kFrames, kArrays, kTable };

struct Input {
  std::string name;              // of the tensor; empty: by position
  SourceKind kind = SourceKind::kImages;
  nlohmann::json source;         // the value of the source's key
  nlohmann::json original_images;
  nlohmann::json pipeline = nlohmann::json::array();
  std::string pointer;           // JSON pointer of this input: "/input" or "/inputs/0"
};

struct Output {
  nlohmann::json tensor = 0;     // name or index
  nlohmann::json decode = nlohmann::json::array({{{"argmax", nlohmann::json::object()}}});
  std::optional<std::vector<std::string>> labels;  // read already; nothing where the app has none
  int label_offset = 0;
  std::string reports = "label";
};

struct App {
  nlohmann::json document;             // as written
  std::filesystem::path base;          // folder that paths inside are relative to
  std::filesystem::path model;         // resolved
  std::vector<Input> inputs;
  Output output;
  std::optional<std::filesystem::path> truth;  // resolved
  bool reset_between = false, samples_are_sequence = false;
  nlohmann::json expect = nlohmann::json::object();

  std::filesystem::path resolve(const std::string& path) const;
};

/// Checks every key, step and value; an unknown one is an error that names it and lists the known ones. Reads label files.
Result<App> parse_app(nlohmann::json document, const std::filesystem::path& base);
Result<App> load_app(const std::filesystem::path& path);

/// RFC 6902; an Error where an operation does not apply.
Result<nlohmann::json> apply_patch(const nlohmann::json& document, const nlohmann::json& patch);

}  // namespace whyzero::app
