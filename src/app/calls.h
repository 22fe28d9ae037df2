// What a script did with its interpreter, call by call, as a recorder noted it (`calls` in the app file): JSON lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/app.h"

namespace whyzero::app {

struct Call {
  std::string call;             // "set_tensor", "invoke", "get_tensor", "tensor", "allocate_tensors", "image", "cast", "exception", …
  int tensor = -1;              // index in the model
  std::string dtype;
  std::vector<int64_t> shape;
  std::string file;             // of the value that was set or read, or of the photo
  std::string line;             // of the user's own source: "app.py:31"
  std::string exception;        // the runtime's words where the call failed
  bool caught = false;          // the script went on after it
  int64_t thread = 0, interpreter = 0;

  bool failed() const { return !exception.empty(); }
};

/// What a log may hold at most; hostile ones hold more.
inline constexpr size_t kMaxCallBytes = size_t{256} << 20, kMaxCallLine = size_t{1} << 16, kMaxCalls = 500'000;

/// An entry "exception" that follows a call of the same line belongs to that call and is folded into it.
Result<std::vector<Call>> parse_calls(std::string_view text);
/// Nothing where the app file names no calls.
Result<std::vector<Call>> load_calls(const App& app);
/// The file a call names, looked for beside the log and beside the app file.
std::filesystem::path file_of_call(const App& app, const Call& call);

}  // namespace whyzero::app
