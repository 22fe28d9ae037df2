// The places where pip, conda and virtual environments put the Python package that holds the library. No Python is run.
#include <stdlib.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "runtime/litert_api.h"

namespace whyzero::runtime::litert {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "libLiteRt.so";

fs::path from_environment(const char* variable) {
  const char* value = ::getenv(variable);
  return value ? fs::path(value) : fs::path();
}

/// PREFIX/lib/python3*/{site,dist}-packages/ai_edge_litert/libLiteRt.so, of several Pythons the newest.
fs::path in_prefix(const fs::path& prefix) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const char* lib : {"lib", "lib64"})
    for (const auto& entry : fs::directory_iterator(prefix / lib, error)) {
      if (!entry.path().filename().string().starts_with("python3")) continue;
      for (const char* packages : {"site-packages", "dist-packages"}) {
        fs::path file = entry.path() / packages / "ai_edge_litert" / kFile;
        if (fs::exists(file, error)) found.push_back(std::move(file));
      }
    }
  const auto newer = [](const fs::path& a, const fs::path& b) {
    const std::string x = a.string(), y = b.string();
    return x.size() != y.size() ? x.size() < y.size() : x < y;  // python3.9 comes before python3.11
  };
  const auto newest = std::max_element(found.begin(), found.end(), newer);
  return newest == found.end() ? fs::path() : *newest;
}

/// The prefix of the first python3 on PATH, as called and as its links lead.
std::vector<fs::path> prefixes_on_path() {
  const char* path = ::getenv("PATH");
  std::string_view rest = path ? path : "";
  std::error_code error;
  while (!rest.empty()) {
    const size_t colon = std::min(rest.find(':'), rest.size());
    const fs::path python = fs::path(rest.substr(0, colon)) / "python3";
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    if (!python.is_absolute() || !fs::exists(python, error)) continue;
    return {python.parent_path().parent_path(), fs::canonical(python, error).parent_path().parent_path()};
  }
  return {};
}

}  // namespace

Result<fs::path> find_library(const fs::path& given) {
  std::error_code error;
  const auto named = [&](const fs::path& place, const char* by) -> Result<fs::path> {
    const fs::path file = fs::is_directory(place, error) ? place / kFile : place;
    if (fs::is_regular_file(file, error)) return fs::absolute(file, error);
    return fail(ErrorCode::kNotFound, std::string("no LiteRT library at ") + file.string() + ", which " + by + " names");
  };
  if (!given.empty()) return named(given, "--runtime litert:PATH");
  if (const fs::path place = from_environment("WHYZERO_LITERT"); !place.empty()) return named(place, "WHYZERO_LITERT");

  std::vector<fs::path> prefixes = {".venv", from_environment("VIRTUAL_ENV"), from_environment("CONDA_PREFIX")};
  for (fs::path& prefix : prefixes_on_path()) prefixes.push_back(std::move(prefix));
  if (const fs::path home = from_environment("HOME"); !home.empty()) prefixes.push_back(home / ".local");
  prefixes.insert(prefixes.end(), {"/usr/local", "/usr"});
  for (const fs::path& prefix : prefixes) {
    if (prefix.empty()) continue;
    if (const fs::path file = in_prefix(prefix); !file.empty()) return fs::absolute(file, error);
  }
  return fail(ErrorCode::kNotFound,
              "the LiteRT library is not installed where it is looked for (./.venv, $VIRTUAL_ENV, $CONDA_PREFIX, python3 on PATH, "
              "~/.local, /usr/local, /usr). Install it with `pip install ai-edge-litert`, or name it: --runtime "
              "litert:PATH or WHYZERO_LITERT=PATH, where PATH is libLiteRt.so or the folder that `python3 -c 'import ai_edge_litert; "
              "print(ai_edge_litert.__path__[0])'` prints");
}

}  // namespace whyzero::runtime::litert
