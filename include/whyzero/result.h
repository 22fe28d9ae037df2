// Result<T>: a value or the reason why there is none. The library never throws, prints, aborts or exits.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace whyzero {

/// What kind of trouble an Error is. The model codes (kMalformed … kUnsupported) become findings in a diagnosis.
enum class ErrorCode {
  kInvalidArgument,       // the caller or the app file asks for something that makes no sense
  kNotFound,              // a file, tensor, key or sample that is not there
  kIo,                    // reading or writing failed
  kMalformed,             // bytes that contradict each other (model, image, npz, …)
  kQuantizationMissing,   // an integer tensor lacks scale and zero point where the operator needs them
  kQuantizationInvalid,   // scale or zero point that no runtime can use
  kUnsupported,           // well-formed, but we or the runtime lack it
  kShapeMismatch,         // what is fed has another shape than the tensor
  kDtypeMismatch,         // what is fed has another dtype than the tensor
  kOutOfMemory,           // the allocation limit would be passed
  kCancelled,             // the user interrupted
};

/// The code as the word that JSON output shows, for example "not_found".
const char* error_code_name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string message;               // what, where, expected against given, what to do next
  std::vector<std::string> context;  // outermost last: "node #3 CONV_2D", "model.tflite"

  /// "context: … : message", the outermost context first.
  std::string text() const;
};

/// Marks an Error on its way into a Result, as std::unexpected does.
struct Unexpected {
  Error error;
};

inline Unexpected fail(ErrorCode code, std::string message) { return {{code, std::move(message), {}}}; }
inline Unexpected fail(Error error) { return {std::move(error)}; }
/// Passes an error on with one more line of context.
inline Unexpected fail(Error error, std::string context) {
  error.context.push_back(std::move(context));
  return {std::move(error)};
}

/// Member names are those of std::expected, which C++20 does not have. Reading value() without a value is undefined.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result> && !std::is_same_v<std::remove_cvref_t<U>, Unexpected>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Unexpected unexpected) : state_(std::in_place_index<1>, std::move(unexpected.error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  Error& error() & { return *std::get_if<1>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Unexpected unexpected) : error_(std::move(unexpected.error)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  void value() const {}
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace whyzero

/// Leaves the enclosing function with the error of a Result, if it has one.
#define WHYZERO_TRY(expression)                                          \
  do {                                                                   \
    if (auto whyzero_try_ = (expression); !whyzero_try_.has_value())     \
      return ::whyzero::fail(std::move(whyzero_try_).error());           \
  } while (false)

#define WHYZERO_CONCAT_(a, b) a##b
#define WHYZERO_CONCAT(a, b) WHYZERO_CONCAT_(a, b)
#define WHYZERO_ASSIGN_(temporary, declaration, expression)                       \
  auto temporary = (expression);                                                  \
  if (!temporary.has_value()) return ::whyzero::fail(std::move(temporary).error()); \
  declaration = std::move(temporary).value()
/// WHYZERO_ASSIGN(auto x, f()): x is the value of f(), or the enclosing function returns f()'s error.
#define WHYZERO_ASSIGN(declaration, ...) \
  WHYZERO_ASSIGN_(WHYZERO_CONCAT(whyzero_result_, __COUNTER__), declaration, (__VA_ARGS__))
