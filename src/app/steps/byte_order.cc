// byte_order: the bytes of each number reversed, as Java's ByteBuffer writes them when nobody asks for the native order.
#include <algorithm>

#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWords[] = {"big"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "byte_order", kWords); }

Result<void> apply(Value& value, const StepCall&) {
  const auto size = static_cast<std::ptrdiff_t>(dtype_size(value.dtype));
  if (size < 2) return {};
  for (auto at = value.bytes.begin(); value.bytes.end() - at >= size; at += size) std::reverse(at, at + size);
  return {};
}

}  // namespace

extern constinit const Step unit_byte_order{.name = "byte_order", .check = check, .apply = apply};

}  // namespace whyzero::app
