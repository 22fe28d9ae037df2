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

/// Writes the model of the fix that has one, and, where `app_file` is asked for, app.json, and labels.txt where a fix changed the labels. The
/// fix's patch and the mended document then name the new model. Returns what was written: nothing where there is nothing to mend. All files
/// are written or none; kInvalidArgument where one of `kept` would be written over.
Result<std::vector<std::filesystem::path>> hand_over(HandOver what, const std::filesystem::path& folder, bool app_file,
                                                     const std::vector<std::filesystem::path>& kept = {});

}  // namespace whyzero::fix
