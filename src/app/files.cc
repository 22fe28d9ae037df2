// Which files an app file means: a list, a glob, a folder.
#include "app/files.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "app/check.h"
#include "app/words.h"

namespace whyzero::app {
namespace {

namespace fs = std::filesystem;

bool has_ending(const fs::path& path, std::span<const std::string_view> endings) {
  if (endings.empty()) return true;
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

/// All files below a folder, links to folders not followed; unreadable folders are passed over.
std::vector<fs::path> files_below(const fs::path& base, const fs::path& folder, std::span<const std::string_view> endings) {
  std::vector<fs::path> found;
  std::error_code error;
  auto walk = fs::recursive_directory_iterator(base / folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && walk != end; walk.increment(error)) {
    std::error_code ignored;
    if (walk->is_directory(ignored) || !has_ending(walk->path(), endings)) continue;
    found.push_back(folder / walk->path().lexically_relative(base / folder));
  }
  return found;
}

bool has_magic(const std::string& part) { return part.find_first_of("*?[") != std::string::npos; }

/// Follows the pattern part by part; `so_far` is what has been matched.
void match_parts(const fs::path& base, const fs::path& so_far, fs::path::const_iterator part, fs::path::const_iterator end,
                 std::vector<fs::path>& found) {
  std::error_code error;
  if (part == end) {
    if (fs::exists(base / so_far, error) && !fs::is_directory(base / so_far, error)) found.push_back(so_far);
    return;
  }
  const std::string pattern = part->string();
  if (!has_magic(pattern)) return match_parts(base, so_far / *part, std::next(part), end, found);
  for (auto entry = fs::directory_iterator(base / so_far, fs::directory_options::skip_permission_denied, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path name = entry->path().filename();
    if (fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) == 0)
      match_parts(base, so_far / name, std::next(part), end, found);
  }
}

std::string parent_name(const fs::path& path) { return path.parent_path().filename().string(); }

}  // namespace

Result<FoundFiles> find_files(const fs::path& base, const nlohmann::json& files, std::span<const std::string_view> endings) {
  FoundFiles result;
  if (files.is_array()) {
    for (const auto& file : files) result.names.emplace_back(text_of(file));
    return result;
  }
  const fs::path root = base.empty() ? fs::path(".") : base;
  const fs::path pattern{std::string(text_of(files))};
  std::error_code error;
  const bool folder = fs::is_directory(root / pattern, error);
  std::vector<fs::path> found;
  if (folder)
    found = files_below(root, pattern, endings);
  else
    match_parts(root, fs::path(), pattern.begin(), pattern.end(), found);
  if (found.empty())
    return fail(
        ErrorCode::kNotFound,
        fmt::format("no file matches \"{}\" in {}{}", pattern.string(), fs::absolute(root, error).lexically_normal().string(),
                    folder && !endings.empty() ? " (files looked for: " + join_words(endings) + ")" : std::string()));
  std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  std::set<std::string> parents;
  for (const fs::path& path : found) {
    result.names.push_back(path.lexically_normal().string());
    parents.insert(parent_name(fs::path(result.names.back())));
  }
  const fs::path top = (pattern / "x").parent_path();  // without a final slash
  const bool all_in_folder =
      std::all_of(found.begin(), found.end(), [&](const fs::path& path) { return path.parent_path() == top; });
  if (folder && (parents.size() > 1 || !all_in_folder))
    for (const std::string& name : result.names) result.labels[name] = parent_name(fs::path(name));
  return result;
}

}  // namespace whyzero::app
