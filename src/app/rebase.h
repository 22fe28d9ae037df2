// Moves an app document to another folder: every relative path inside is rewritten to name the same file.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace whyzero::app {

nlohmann::json rebase(nlohmann::json document, const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace whyzero::app
