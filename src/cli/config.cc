#include "cli/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "app/json_place.h"
#include "app/words.h"
#include "base/file.h"

namespace whyzero::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kName = "whyzero.json";

json read_json(const fs::path& file) {
  const auto text = read_text(file);
  return text ? json::parse(*text, nullptr, false) : json();
}

/// Names of options that a file may hold.
std::vector<std::string> keys_of(const CLI::App& command) {
  std::vector<std::string> keys;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames())
      if (name != "help") keys.push_back(name);
  return keys;
}

/// A value as it would stand on the command line.
Result<std::vector<std::string>> words_of(const std::string& key, const json& value) {
  std::vector<std::string> words;
  for (const json& one : value.is_array() ? value : json::array({value})) {
    if (one.is_string()) words.push_back(one.get<std::string>());
    else if (one.is_number() || one.is_boolean()) words.push_back(one.dump());
    else return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" must be a text, a number, true or false, or a list of them", key));
  }
  return words;
}

Result<void> set_option(CLI::Option& option, const std::string& key, std::vector<std::string> words, const fs::path& folder) {
  const bool is_path = option.get_type_name() == "FILE" || option.get_type_name() == "FOLDER";
  for (std::string& word : words)
    if (is_path && fs::path(word).is_relative()) word = (folder / word).lexically_normal().string();
  try {
    option.add_result(std::move(words));
    option.run_callback();
  } catch (const CLI::Error& error) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\": {}", key, error.what()));
  }
  return {};
}

}  // namespace

std::optional<fs::path> find_config(const fs::path& subject) {
  std::error_code error;
  const fs::path start = fs::absolute(subject, error).lexically_normal();
  for (fs::path folder = start.parent_path(); !error; folder = folder.parent_path()) {
    const fs::path file = folder / kName;
    if (fs::is_regular_file(file, error) && file != start) {
      const json document = read_json(file);
      const bool app_file = document.is_object() && document.contains("model");
      return app_file ? std::nullopt : std::optional(file);
    }
    error.clear();
    if (folder == folder.parent_path()) break;
  }
  return std::nullopt;
}

Result<void> apply_config(const fs::path& file, CLI::App& command, std::span<const CLI::App* const> all) {
  const json document = read_json(file);
  if (document.is_discarded()) {
    const auto text = read_text(file);
    return fail(ErrorCode::kInvalidArgument, file.string() + " is no JSON: it goes wrong at " + (text ? app::place_of_json_error(*text) : std::string("its beginning")));
  }
  if (!document.is_object()) return fail(ErrorCode::kInvalidArgument, file.string() + " must hold a JSON object of options, as {\"fail-on\": \"error\"}");
  std::set<std::string> known;
  for (const CLI::App* one : all)
    for (const std::string& key : keys_of(*one)) known.insert(key);
  for (const auto& [key, value] : document.items()) {
    if (!known.contains(key)) {
      const std::vector<std::string_view> words(known.begin(), known.end());
      return fail(ErrorCode::kInvalidArgument, file.string() + ": " + app::unknown_word("key", key, words));
    }
    CLI::Option* option = command.get_option_no_throw("--" + key);
    if (!option || option->count() > 0) continue;  // another command's, or the command line has spoken
    auto words = words_of(key, value);
    if (!words) return fail(std::move(words).error(), file.string());
    if (auto set = set_option(*option, key, std::move(*words), file.parent_path()); !set) return fail(std::move(set).error(), file.string());
  }
  return {};
}

}  // namespace whyzero::cli
