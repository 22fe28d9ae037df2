// LiteRT's library for tests, where it is installed.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "runtime/session.h"

namespace whyzero {

/// As `--runtime litert` finds it, or in the virtual environment of the source folder; null where it is not there, with why.
inline std::shared_ptr<const runtime::Runtime> litert_of_tests(std::string& why) {
  std::error_code error;
  auto found = runtime::litert_runtime();
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(WHYZERO_SOURCE_DIR) / ".venv" / "lib", error))
    if (!found) found = runtime::litert_runtime(entry.path() / "site-packages" / "ai_edge_litert");
  if (found) return *found;
  why = found.error().text();
  return nullptr;
}

}  // namespace whyzero
