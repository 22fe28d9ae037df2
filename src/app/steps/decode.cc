// decode: which library's way of reading a photo the app has. The source reads it; as a step there is nothing left to do.
#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"like"};
constexpr std::string_view kLibraries[] = {"pillow", "opencv", "tensorflow"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "decode", kKeys));
  const auto* like = member(value, "like");
  return check_word(like ? *like : nlohmann::json(), "decode's \"like\"", kLibraries);
}

Result<void> apply(Value&, const StepCall&) { return {}; }

}  // namespace

extern constinit const Step unit_decode{.name = "decode", .check = check, .apply = apply};

}  // namespace whyzero::app
