// Writes the mended files into a folder: the app file, the labels where they changed, and the model where the mend is in it.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "evidence/finding.h"
#include "whyzero/result.h"

namespace whyzero::fix {

struct HandOver {
  nlohmann::json& mended;                    // the app document with all patches; null where there is none
  std::vector<evidence::Finding>& findings;
  std::filesystem::path base;                // folder that the document's paths are relative to
  std::filesystem::path model;               // as diagnosed: the new file is named after it
};

/// The model of the fix that has one; the fix's patch and the mended document then name the new file. Returns what was written.
Result<std::vector<std::filesystem::path>> hand_over_model(HandOver what, const std::filesystem::path& folder);
/// app.json, and labels.txt where a fix changed the labels. Returns what was written: nothing where there is no mended app.
Result<std::vector<std::filesystem::path>> hand_over_app(HandOver what, const std::filesystem::path& folder);

}  // namespace whyzero::fix
