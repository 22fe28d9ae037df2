#include "app/rebase.h"

#include <string>
#include <system_error>

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

void move_path(json& value, const fs::path& prefix) {
  if (value.is_string()) {
    const fs::path path = value.get<std::string>();
    if (path.is_relative()) value = (prefix / path).lexically_normal().string();
  } else if (value.is_array()) {
    for (json& one : value) move_path(one, prefix);
  }
}

void move_key(json& object, const char* key, const fs::path& prefix) {
  if (object.is_object() && object.contains(key)) move_path(object[key], prefix);
}

void move_input(json& input, const fs::path& prefix) {
  if (!input.is_object()) return;
  for (const char* key : {"images", "original_images"}) move_key(input, key, prefix);
  if (input.contains("tensors") && !input["tensors"].is_object()) move_path(input["tensors"], prefix);
  for (const char* key : {"tensors", "frames", "arrays", "table"}) {
    if (!input.contains(key)) continue;
    for (const char* file : {"files", "file", "csv"}) move_key(input[key], file, prefix);
  }
}

/// The folder itself, links resolved; an empty path is the current folder.
fs::path whole(const fs::path& folder, std::error_code& error) {
  const fs::path absolute = fs::absolute(folder.empty() ? fs::path(".") : folder, error);
  return error ? folder : fs::weakly_canonical(absolute, error);
}

}  // namespace

json rebase(json document, const fs::path& from, const fs::path& to) {
  std::error_code error;
  const fs::path source = whole(from, error);
  fs::path prefix = error ? source : fs::relative(source, whole(to, error), error);
  if (error || prefix.empty()) prefix = source;
  for (const char* key : {"model", "truth", "calls"}) move_key(document, key, prefix);
  if (document.contains("input")) move_input(document["input"], prefix);
  if (document.contains("inputs") && document["inputs"].is_array())
    for (json& input : document["inputs"]) move_input(input, prefix);
  if (document.contains("output") && document["output"].is_object() && document["output"].contains("labels") &&
      document["output"]["labels"].is_string())
    move_path(document["output"]["labels"], prefix);
  if (document.contains("expect")) move_key(document["expect"], "model_outputs", prefix);
  return document;
}

}  // namespace whyzero::app
