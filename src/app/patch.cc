// RFC 6902 patches of an app file, without exceptions: an operation that does not apply is an Error.
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "app/app.h"
#include "app/check.h"
#include "app/words.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

constexpr std::string_view kOperations[] = {"add", "remove", "replace", "move", "copy", "test"};

Unexpected no_place(std::string_view path) { return fail(ErrorCode::kNotFound, fmt::format("there is nothing at \"{}\"", path)); }

/// The parts between the slashes of an RFC 6901 pointer, with ~1 and ~0 undone.
Result<std::vector<std::string>> tokens_of(std::string_view path) {
  std::vector<std::string> tokens;
  if (path.empty()) return tokens;
  if (path.front() != '/')
    return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no JSON pointer: it must be empty or begin with /", path));
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '/') {
      tokens.emplace_back();
    } else if (path[i] == '~') {
      const char next = i + 1 < path.size() ? path[i + 1] : '\0';
      if (next != '0' && next != '1')
        return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no JSON pointer: ~ must be followed by 0 or 1", path));
      tokens.back() += next == '0' ? '~' : '/';
      ++i;
    } else {
      tokens.back() += path[i];
    }
  }
  return tokens;
}

/// An index without sign and leading zeros, below `limit`.
std::optional<size_t> index_of(const std::string& token, size_t limit) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (token.empty() || error != std::errc{} || end != token.data() + token.size()) return std::nullopt;
  if ((token.size() > 1 && token[0] == '0') || index >= limit) return std::nullopt;
  return index;
}

json* child(json& node, const std::string& token) {
  if (node.is_array()) {
    const auto index = index_of(token, node.size());
    return index ? &node[*index] : nullptr;
  }
  if (!node.is_object()) return nullptr;
  const auto found = node.find(token);
  return found == node.end() ? nullptr : &*found;
}

/// The place that the first `count` tokens lead to, or null.
json* walk(json& document, const std::vector<std::string>& tokens, size_t count) {
  json* node = &document;
  for (size_t i = 0; i < count && node; ++i) node = child(*node, tokens[i]);
  return node;
}

Result<json*> find_place(json& document, std::string_view path) {
  WHYZERO_ASSIGN(const std::vector<std::string> tokens, tokens_of(path));
  json* place = walk(document, tokens, tokens.size());
  if (!place) return no_place(path);
  return place;
}

Result<void> add(json& document, std::string_view path, json value) {
  WHYZERO_ASSIGN(const std::vector<std::string> tokens, tokens_of(path));
  if (tokens.empty()) {
    document = std::move(value);
    return {};
  }
  json* container = walk(document, tokens, tokens.size() - 1);
  if (!container) return no_place(path);
  const std::string& last = tokens.back();
  if (container->is_object()) {
    (*container)[last] = std::move(value);
    return {};
  }
  if (!container->is_array()) return fail(ErrorCode::kNotFound, fmt::format("\"{}\" is in no object or list", path));
  const auto index = last == "-" ? std::optional(container->size()) : index_of(last, container->size() + 1);
  if (!index)
    return fail(ErrorCode::kNotFound, fmt::format("\"{}\" is beyond the list, which has {} entries", path, container->size()));
  container->insert(container->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return {};
}

Result<void> remove(json& document, std::string_view path) {
  WHYZERO_ASSIGN(const std::vector<std::string> tokens, tokens_of(path));
  if (tokens.empty()) {
    document = nullptr;
    return {};
  }
  json* container = walk(document, tokens, tokens.size() - 1);
  if (!container || !child(*container, tokens.back())) return no_place(path);
  if (container->is_array())
    container->erase(*index_of(tokens.back(), container->size()));
  else
    container->erase(tokens.back());
  return {};
}

Result<void> apply_operation(json& document, const json& operation) {
  if (!operation.is_object())
    return fail(ErrorCode::kInvalidArgument, "an operation must be an object, given: " + shown(operation));
  const std::string_view kind = text_or(operation, "op", "");
  if (std::find(std::begin(kOperations), std::end(kOperations), kind) == std::end(kOperations))
    return fail(ErrorCode::kInvalidArgument, unknown_word("operation", kind, kOperations));
  const bool moves = kind == "move" || kind == "copy", has_value = kind == "add" || kind == "replace" || kind == "test";
  const json* path = member(operation, "path");
  const json* from = member(operation, "from");
  const json* value = member(operation, "value");
  if (!path || !path->is_string()) return fail(ErrorCode::kInvalidArgument, "\"path\" is missing");
  if (moves && (!from || !from->is_string())) return fail(ErrorCode::kInvalidArgument, "\"from\" is missing");
  if (has_value && !value) return fail(ErrorCode::kInvalidArgument, "\"value\" is missing");
  const std::string_view target = text_of(*path);

  if (kind == "add") return add(document, target, *value);
  if (kind == "remove") return remove(document, target);
  if (moves) {
    const std::string_view source = text_of(*from);
    WHYZERO_ASSIGN(const json* place, find_place(document, source));
    json moved = *place;
    if (kind == "move") {
      if (target.size() > source.size() && target.starts_with(source) && target[source.size()] == '/')
        return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" cannot move into itself", source));
      WHYZERO_TRY(remove(document, source));
    }
    return add(document, target, std::move(moved));
  }
  WHYZERO_ASSIGN(json * place, find_place(document, target));
  if (kind == "replace") {
    *place = *value;
  } else if (*place != *value) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("the test at \"{}\" failed: expected {}, found {}", target, shown(*value), shown(*place)));
  }
  return {};
}

}  // namespace

Result<json> apply_patch(const json& document, const json& patch) {
  if (!patch.is_array()) return fail(ErrorCode::kInvalidArgument, "a patch must be a list of operations, given: " + shown(patch));
  json patched = document;
  for (size_t i = 0; i < patch.size(); ++i)
    if (auto done = apply_operation(patched, patch[i]); !done)
      return fail(std::move(done).error(), fmt::format("operation {} ({} {}) of the patch", i, text_or(patch[i], "op", "?"),
                                                       text_or(patch[i], "path", "?")));
  return patched;
}

}  // namespace whyzero::app
