// Which files an app file means: a list, a glob, a folder.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "whyzero/result.h"

namespace whyzero::app {

struct FoundFiles {
  std::vector<std::string> names;             // as written, or relative to `base` as found; globs and folders in byte order
  std::map<std::string, std::string> labels;  // of a folder of folders: the name of the file's folder
};

/// `files` is a list of paths, or one text: a folder (searched through, files with one of the endings only; all files where
/// `endings` is empty) or a glob (* ? [] in any part, hidden files only where asked for). kNotFound where nothing matches.
Result<FoundFiles> find_files(const std::filesystem::path& base, const nlohmann::json& files,
                              std::span<const std::string_view> endings);

}  // namespace whyzero::app
