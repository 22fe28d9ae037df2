// channels: another order of the colours on the last axis, or gray, or an alpha plane.
#include <fmt/format.h>

#include <array>
#include <cstring>

#include "app/check.h"
#include "app/step.h"
#include "image/geometry.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kOrders[] = {"rgb", "bgr", "gray", "gray3", "rgba", "bgra", "argb"};

Result<void> check(const nlohmann::json& value) { return check_word(value, "channels", kOrders); }

bool is_gray(std::string_view order) { return order == "gray" || order == "gray3"; }

/// Where red, green and blue are in a pixel, and which output channel takes which (3: alpha).
struct Plan {
  std::array<size_t, 3> source{};
  std::vector<size_t> output;
};

/// T is any type of the elements' size: they are moved, not looked at.
template <class T>
void reorder(const Value& value, std::vector<uint8_t>& out, size_t pixels, size_t channels, const Plan& plan,
             const Value& opaque) {
  const T* from = value.as<T>();
  T* to = reinterpret_cast<T*>(out.data());
  const auto [r, g, b] = plan.source;
  const size_t out_channels = plan.output.size();
  for (size_t i = 0; i < pixels; ++i, from += channels, to += out_channels) {
    const T all[4] = {from[r], from[g], from[b], *opaque.as<T>()};
    for (size_t k = 0; k < out_channels; ++k) to[k] = all[plan.output[k]];
  }
}

/// The order that everyone gets wrong is the one that runs most: three channels reversed, in place.
template <class T>
void reverse_three(T* data, size_t pixels) {
  for (size_t i = 0; i < pixels; ++i, data += 3) std::swap(data[0], data[2]);
}

void gray_bytes(const Value& value, std::vector<uint8_t>& out, size_t pixels, size_t channels, const Plan& plan) {
  const uint8_t* from = value.bytes.data();
  const auto [r, g, b] = plan.source;
  const bool gray_already = r == b;
  for (size_t i = 0; i < pixels; ++i, from += channels) {
    out[i] = gray_already ? from[r] : image::gray_of(from[r], from[g], from[b]);
  }
}

void gray_numbers(const Value& value, std::vector<uint8_t>& out, size_t pixels, size_t channels, const Plan& plan) {
  const float* from = value.as<float>();
  float* to = reinterpret_cast<float*>(out.data());
  const auto [r, g, b] = plan.source;
  for (size_t i = 0; i < pixels; ++i, from += channels) to[i] = image::gray_of(from[r], from[g], from[b]);
}

/// One gray channel, of the dtype that the value has.
Result<void> make_gray(Value& value, size_t pixels, size_t channels, const Plan& plan) {
  const DType dtype = value.dtype;
  if (dtype != DType::kUInt8) make_float(value);
  std::vector<uint8_t> out(pixels * dtype_size(value.dtype));
  if (dtype == DType::kUInt8)
    gray_bytes(value, out, pixels, channels, plan);
  else
    gray_numbers(value, out, pixels, channels, plan);
  value.bytes = std::move(out);
  value.shape.back() = 1;
  return cast_value(value, dtype);
}

Result<Plan> plan_for(std::string_view from, std::string_view to, const Value& value, size_t channels) {
  constexpr std::string_view kLetters = "rgba";
  Plan plan;
  for (size_t colour = 0; colour < 3; ++colour) {
    plan.source[colour] = is_gray(from) ? 0 : from.find(kLetters[colour]);
    if (plan.source[colour] >= channels)
      return fail(ErrorCode::kShapeMismatch,
                  fmt::format("the order {} needs {} channels on the last axis, the value has shape {}", from,
                              is_gray(from) ? 1 : from.size(), shape_text(value.shape)));
  }
  for (const char letter : to) plan.output.push_back(kLetters.find(letter));
  if (is_gray(to)) plan.output.assign(to == "gray" ? 1 : 3, 0);
  return plan;
}

/// 255 in the value's dtype: no transparency.
Result<Value> opaque_for(DType dtype) {
  Value one;
  one.bytes = {255};
  WHYZERO_TRY(cast_value(one, dtype));
  return one;
}

Result<void> apply(Value& value, const StepCall& call) {
  const std::string from = value.order, to(text_of(call.value));
  if (from == to) return {};
  if (value.shape.empty()) return fail(ErrorCode::kShapeMismatch, "a single number has no channels");
  if (value.shape.size() == 2) value.shape.push_back(1);
  auto channels = static_cast<size_t>(value.shape.back());
  WHYZERO_ASSIGN(Plan plan, plan_for(from, to, value, channels));
  const size_t pixels = value.elements() / channels;
  value.order = to;
  if (is_gray(to)) {
    WHYZERO_TRY(make_gray(value, pixels, channels, plan));
    if (to == "gray") return {};
    plan.source = {};
    channels = 1;
  }
  const size_t size = dtype_size(value.dtype);
  if (channels == 3 && from.size() == 3 && to.size() == 3 && plan.source[0] != plan.source[2] && size <= 4 && size != 2) {
    size == 1 ? reverse_three(value.as<uint8_t>(), pixels) : reverse_three(value.as<uint32_t>(), pixels);
    return {};
  }
  WHYZERO_ASSIGN(const Value opaque, opaque_for(value.dtype));
  std::vector<uint8_t> out(pixels * plan.output.size() * size);
  switch (size) {
    case 1:
      reorder<uint8_t>(value, out, pixels, channels, plan, opaque);
      break;
    case 2:
      reorder<uint16_t>(value, out, pixels, channels, plan, opaque);
      break;
    case 4:
      reorder<uint32_t>(value, out, pixels, channels, plan, opaque);
      break;
    default:
      reorder<uint64_t>(value, out, pixels, channels, plan, opaque);
      break;
  }
  value.bytes = std::move(out);
  value.shape.back() = static_cast<int32_t>(plan.output.size());
  return {};
}

}  // namespace

extern constinit const Step unit_channels{.name = "channels", .check = check, .apply = apply};

}  // namespace whyzero::app
