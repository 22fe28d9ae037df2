// whyzero.json: options that a project wants each time, found in the folder of the app file or above it.
#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "cli/command.h"
#include "whyzero/result.h"

namespace whyzero::cli {

/// The nearest whyzero.json at or above the folder of `subject`; nothing where there is none, or where it is an app file itself.
std::optional<std::filesystem::path> find_config(const std::filesystem::path& subject);

/// Gives the parser of a command what the file says, where the command line says nothing. A key is an option's name without its
/// dashes; a path is relative to the file. A key that none of the commands in `all` knows is an error that names the nearest one.
Result<void> apply_config(const std::filesystem::path& file, CLI::App& command, std::span<const CLI::App* const> all);

}  // namespace whyzero::cli
