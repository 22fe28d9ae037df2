// stride_bug: a camera buffer with padded rows, read as if it had none.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "app/check.h"
#include "app/grid.h"
#include "app/step.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kKeys[] = {"row_bytes"};

Result<void> check(const nlohmann::json& value) {
  WHYZERO_TRY(check_object(value, "stride_bug", kKeys));
  const auto* bytes = member(value, "row_bytes");
  return check_integer(bytes ? *bytes : nlohmann::json(), "stride_bug's \"row_bytes\"", 1, kMaxPixels);
}

Result<void> apply(Value& value, const StepCall& call) {
  WHYZERO_ASSIGN(const Grid grid, grid_of(value));
  const size_t row = static_cast<size_t>(grid.width) * grid.pixel_bytes;
  const auto stride = static_cast<size_t>(number_or(call.value, "row_bytes", 1));
  if (stride < row)
    return fail(ErrorCode::kShapeMismatch, fmt::format("row_bytes {} is less than the {} bytes of a row", stride, row));
  std::vector<uint8_t> out(value.bytes.size());
  for (size_t y = 0; y < static_cast<size_t>(grid.height); ++y) {
    const size_t begin = y * stride;
    if (begin >= out.size() || row == 0) break;
    std::memcpy(out.data() + begin, value.bytes.data() + y * row, std::min(row, out.size() - begin));
  }
  value.bytes = std::move(out);
  return {};
}

}  // namespace

extern constinit const Step unit_stride_bug{.name = "stride_bug", .check = check, .apply = apply};

}  // namespace whyzero::app
