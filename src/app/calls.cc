#include "app/calls.h"

#include <fmt/format.h>

#include <system_error>

#include "app/check.h"
#include "base/file.h"

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// An entry is a flat object; deeper JSON is dropped before it can cost a stack.
constexpr int kDeepestEntry = 4;

int64_t integer_or(const json& entry, std::string_view key, int64_t otherwise) {
  const json* value = member(entry, key);
  if (!value || !value->is_number_integer() || (value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX)) return otherwise;
  return value->get<int64_t>();
}

Result<Call> parse_call(const json& entry) {
  Call call;
  call.call = text_or(entry, "call", "");
  if (call.call.empty()) return fail(ErrorCode::kMalformed, "an entry says what was called under \"call\", given: " + shown(entry));
  const int64_t tensor = integer_or(entry, "tensor", -1);
  if (tensor < -1 || tensor > INT32_MAX) return fail(ErrorCode::kMalformed, fmt::format("tensor {} is no index", tensor));
  call.tensor = static_cast<int>(tensor);
  call.dtype = text_or(entry, "dtype", "");
  call.file = text_or(entry, "file", "");
  call.line = text_or(entry, "line", "");
  for (std::string_view key : {"exception", "error", "message"})
    if (call.exception.empty()) call.exception = text_or(entry, key, "");
  if (call.call == "exception" && call.exception.empty()) call.exception = "an exception";
  call.thread = integer_or(entry, "thread", 0);
  call.interpreter = integer_or(entry, "interpreter", 0);
  const json* caught = member(entry, "caught");
  call.caught = caught && *caught == json(true);
  if (const json* shape = member(entry, "shape")) {
    if (!shape->is_array() || shape->size() > 32) return fail(ErrorCode::kMalformed, "\"shape\" is a list of up to 32 integers, given: " + shown(*shape));
    for (const json& dim : *shape) {
      if (!dim.is_number_integer()) return fail(ErrorCode::kMalformed, "\"shape\" is a list of integers, given: " + shown(*shape));
      call.shape.push_back(dim.get<int64_t>());
    }
  }
  return call;
}

/// Whether this entry only says that the call before it failed: raised on the same line, or in the runtime's own words.
bool belongs_to(const Call& exception, const std::vector<Call>& calls) {
  if (exception.call != "exception" || calls.empty()) return false;
  const Call& last = calls.back();
  if (last.failed() || last.thread != exception.thread || last.call == "image") return false;
  const bool same_line = !exception.line.empty() && last.line == exception.line;
  const bool runtime_speaks = exception.exception.find("tensor") != std::string::npos || exception.exception.find("nvoke") != std::string::npos;
  const bool may_fail = last.call == "set_tensor" || last.call == "invoke" || last.call == "allocate_tensors" || last.call == "resize_tensor_input";
  return same_line || (may_fail && runtime_speaks);
}

}  // namespace

Result<std::vector<Call>> parse_calls(std::string_view text) {
  std::vector<Call> calls;
  if (text.size() > kMaxCallBytes) return fail(ErrorCode::kOutOfMemory, fmt::format("the log of calls is longer than {} bytes", kMaxCallBytes));
  const json::parser_callback_t flat = [](int depth, json::parse_event_t, json&) { return depth <= kDeepestEntry; };
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = fmt::format("line {}", number);
    if (line.size() > kMaxCallLine) return fail(Error{ErrorCode::kOutOfMemory, fmt::format("longer than {} bytes", kMaxCallLine), {where}});
    if (calls.size() == kMaxCalls) return fail(Error{ErrorCode::kOutOfMemory, fmt::format("more than {} calls", kMaxCalls), {where}});
    const json entry = json::parse(line, flat, false);
    if (!entry.is_object()) return fail(Error{ErrorCode::kMalformed, "each line of a log of calls is one JSON object", {where}});
    auto call = parse_call(entry);
    if (!call) return fail(std::move(call).error(), where);
    if (belongs_to(*call, calls)) {
      calls.back().exception = call->exception;
      calls.back().caught = call->caught;
    } else {
      calls.push_back(std::move(*call));
    }
  }
  return calls;
}

Result<std::vector<Call>> load_calls(const App& app) {
  const json* named = member(app.document, "calls");
  if (!named) return std::vector<Call>();
  const fs::path path = app.resolve(std::string(text_of(*named)));
  std::error_code error;
  if (const auto size = fs::file_size(path, error); !error && size > kMaxCallBytes)
    return fail(Error{ErrorCode::kOutOfMemory, fmt::format("a log of calls of {} bytes; the most is {}", size, kMaxCallBytes), {path.string()}});
  auto text = read_text(path);
  if (!text) return fail(std::move(text).error(), "calls");
  auto calls = parse_calls(*text);
  if (!calls) return fail(std::move(calls).error(), path.string());
  return calls;
}

fs::path file_of_call(const App& app, const Call& call) {
  const json* named = member(app.document, "calls");
  std::error_code error;
  if (named) {
    const fs::path beside = app.resolve(std::string(text_of(*named))).parent_path() / call.file;
    if (fs::exists(beside, error)) return beside;
  }
  const fs::path in_app = app.resolve(call.file);
  if (fs::exists(in_app, error)) return in_app;
  // A recorder may name the value without the folder that the app file names it with.
  for (const Input& input : app.inputs)
    if (input.kind == SourceKind::kTensors && input.source.is_array())
      for (const json& name : input.source)
        if (name.is_string() && fs::path(text_of(name)).filename() == fs::path(call.file).filename()) return app.resolve(std::string(text_of(name)));
  return in_app;
}

}  // namespace whyzero::app
