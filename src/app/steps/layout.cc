// layout: channels first, where the tensor may want them last.
#include <cstring>

#include "app/check.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWords[] = {"nchw"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "layout", kWords); }

template <class T>
void transpose(const uint8_t* from, uint8_t* to, size_t pixels, size_t channels) {
  for (size_t c = 0; c < channels; ++c)
    for (size_t i = 0; i < pixels; ++i, to += sizeof(T)) std::memcpy(to, from + (i * channels + c) * sizeof(T), sizeof(T));
}

Result<void> apply(Value& value, const StepCall&) {
  if (value.shape.empty()) return fail(ErrorCode::kShapeMismatch, "a single number has no channels");
  const auto channels = static_cast<size_t>(value.shape.back());
  const size_t pixels = channels ? value.elements() / channels : 0;
  std::vector<uint8_t> out(value.bytes.size());
  switch (dtype_size(value.dtype)) {
    case 1:
      transpose<uint8_t>(value.bytes.data(), out.data(), pixels, channels);
      break;
    case 2:
      transpose<uint16_t>(value.bytes.data(), out.data(), pixels, channels);
      break;
    case 4:
      transpose<uint32_t>(value.bytes.data(), out.data(), pixels, channels);
      break;
    default:
      transpose<uint64_t>(value.bytes.data(), out.data(), pixels, channels);
      break;
  }
  value.bytes = std::move(out);
  value.shape.insert(value.shape.begin(), value.shape.back());
  value.shape.pop_back();
  return {};
}

}  // namespace

extern constinit const Step unit_layout{.name = "layout", .check = check, .apply = apply};

}  // namespace whyzero::app
