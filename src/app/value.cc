// Values between steps: numbers of any dtype, pictures, table rows.
#include "app/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/number_text.h"
#include "base/checked.h"
#include "numerics/half.h"
#include "numerics/half_from_double.h"

namespace whyzero::app {
namespace {

template <class T>
T load(const uint8_t* bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
  return value;
}

/// Calls work with a zero of the C++ type of a numeric dtype; float16 has none and is handled before.
template <class Work>
void with_type(DType dtype, Work work) {
  switch (dtype) {
    case DType::kFloat32:
      return work(float{});
    case DType::kFloat64:
      return work(double{});
    case DType::kBool:
    case DType::kUInt8:
      return work(uint8_t{});
    case DType::kInt8:
      return work(int8_t{});
    case DType::kInt16:
      return work(int16_t{});
    case DType::kUInt16:
      return work(uint16_t{});
    case DType::kInt32:
      return work(int32_t{});
    case DType::kUInt32:
      return work(uint32_t{});
    case DType::kInt64:
      return work(int64_t{});
    case DType::kUInt64:
      return work(uint64_t{});
    default:
      return;
  }
}

/// Truncation toward zero that keeps the low bits, the same on every machine.
template <class To>
To integer_from_real(double x) {
  constexpr double kTooBig = 0x1p62;
  return std::fabs(x) < kTooBig ? static_cast<To>(static_cast<uint64_t>(static_cast<int64_t>(x))) : To{0};
}

template <class From, class To>
void convert(const Value& value, std::vector<uint8_t>& out) {
  const size_t count = value.elements();
  out.resize(count * sizeof(To));
  const From* from = value.as<From>();
  To* to = reinterpret_cast<To*>(out.data());
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    for (size_t i = 0; i < count; ++i) to[i] = integer_from_real<To>(static_cast<double>(from[i]));
  } else {
    for (size_t i = 0; i < count; ++i) to[i] = static_cast<To>(from[i]);
  }
}

void half_to_float(Value& value) {
  const size_t count = value.elements();
  std::vector<uint8_t> out(count * sizeof(float));
  for (size_t i = 0; i < count; ++i) reinterpret_cast<float*>(out.data())[i] = float_from_half(value.as<uint16_t>()[i]);
  value.bytes = std::move(out);
  value.dtype = DType::kFloat32;
}

Result<void> check_picture(const Value& value) {
  const size_t rank = value.shape.size();
  if (rank != 2 && rank != 3)
    return fail(ErrorCode::kShapeMismatch,
                fmt::format("a picture (height, width, channels) is needed, the value has shape {}", shape_text(value.shape)));
  return {};
}

template <class Picture>
Picture empty_picture(const Value& value) {
  Picture picture;
  picture.height = value.shape[0];
  picture.width = value.shape[1];
  picture.channels = value.shape.size() == 3 ? value.shape[2] : 1;
  return picture;
}

/// A picture without a channel axis keeps having none, as long as it has one channel.
template <class Picture>
void set_shape(Value& value, const Picture& picture) {
  const bool flat = value.shape.size() == 2 && picture.channels == 1;
  value.shape = {picture.height, picture.width};
  if (!flat) value.shape.push_back(picture.channels);
}

}  // namespace

size_t TensorInfo::elements() const { return checked_elements(shape).value_or(0); }
size_t TensorInfo::bytes() const { return elements() * dtype_size(dtype); }
size_t Value::elements() const { return checked_elements(shape).value_or(0); }

std::string shape_text(const std::vector<int32_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

bool dtype_is_number(DType dtype) {
  if (dtype == DType::kFloat16) return true;
  bool known = false;
  with_type(dtype, [&](auto) { known = true; });
  return known;
}

double number_at(DType dtype, const uint8_t* bytes, size_t i) {
  if (dtype == DType::kFloat16) return static_cast<double>(float_from_half(load<uint16_t>(bytes, i)));
  double number = 0;
  with_type(dtype, [&](auto zero) { number = static_cast<double>(load<decltype(zero)>(bytes, i)); });
  return number;
}

Result<image::Image8> image8_from_value(const Value& value) {
  Value copy = value;
  return take_image8(copy);
}

Result<image::Image8> take_image8(Value& value) {
  WHYZERO_TRY(check_picture(value));
  if (value.dtype != DType::kUInt8)
    return fail(ErrorCode::kDtypeMismatch,
                fmt::format("a picture of bytes is needed, the value has dtype {}", dtype_name(value.dtype)));
  auto picture = empty_picture<image::Image8>(value);
  picture.data = std::move(value.bytes);
  return picture;
}

Result<image::ImageF> imagef_from_value(const Value& value) {
  WHYZERO_TRY(check_picture(value));
  auto picture = empty_picture<image::ImageF>(value);
  const size_t count = value.elements();
  picture.data.resize(count);
  if (value.dtype == DType::kFloat32) {
    if (count) std::memcpy(picture.data.data(), value.bytes.data(), count * sizeof(float));
  } else if (value.dtype == DType::kUInt8) {  // photos are big: no copy between
    std::copy_n(value.bytes.data(), count, picture.data.data());
  } else {
    Value copy = value;
    make_float(copy);
    if (count) std::memcpy(picture.data.data(), copy.bytes.data(), count * sizeof(float));
  }
  return picture;
}

void set_image(Value& value, image::Image8 picture) {
  set_shape(value, picture);
  value.dtype = DType::kUInt8;
  value.bytes = std::move(picture.data);
}

void set_image(Value& value, image::ImageF picture) {
  set_shape(value, picture);
  value.dtype = DType::kFloat32;
  value.bytes.resize(picture.data.size() * sizeof(float));
  if (!picture.data.empty()) std::memcpy(value.bytes.data(), picture.data.data(), value.bytes.size());
}

Result<void> cast_value(Value& value, DType dtype) {
  if (!dtype_is_number(dtype) || !dtype_is_number(value.dtype))
    return fail(ErrorCode::kUnsupported,
                fmt::format("numbers of dtype {} cannot be cast to {}", dtype_name(value.dtype), dtype_name(dtype)));
  if (value.dtype == dtype) return {};
  std::vector<uint8_t> out;
  if (dtype == DType::kFloat16 || dtype == DType::kBool) {
    const size_t count = value.elements();
    out.resize(count * dtype_size(dtype));
    for (size_t i = 0; i < count; ++i) {
      const double x = number_at(value.dtype, value.bytes.data(), i);
      if (dtype == DType::kBool)
        out[i] = x != 0;
      else
        reinterpret_cast<uint16_t*>(out.data())[i] = half_from_double(x);
    }
  } else {
    if (value.dtype == DType::kFloat16) half_to_float(value);
    with_type(value.dtype,
              [&](auto from) { with_type(dtype, [&](auto to) { convert<decltype(from), decltype(to)>(value, out); }); });
  }
  value.bytes = std::move(out);
  value.dtype = dtype;
  return {};
}

void make_float(Value& value) {
  if (value.dtype != DType::kFloat32) (void)cast_value(value, DType::kFloat32);
}

Result<void> make_numbers(Value& value) {
  if (value.cells.empty()) return {};
  std::vector<uint8_t> out(value.cells.size() * sizeof(float));
  for (size_t i = 0; i < value.cells.size(); ++i) {
    const auto number = number_from_text(value.cells[i]);
    if (!number)
      return fail(
          ErrorCode::kDtypeMismatch,
          fmt::format("column \"{}\" holds \"{}\", which is no number; turn categories into numbers with a onehot step, or "
                      "leave the column out of \"features\"",
                      i < value.columns.size() ? value.columns[i] : std::to_string(i), value.cells[i].substr(0, 80)));
    reinterpret_cast<float*>(out.data())[i] = static_cast<float>(*number);
  }
  value.dtype = DType::kFloat32;
  value.shape = {static_cast<int32_t>(value.cells.size())};
  value.bytes = std::move(out);
  value.cells.clear();
  return {};
}

Result<void> reinterpret_value(Value& value, DType dtype, const std::vector<int32_t>& shape) {
  const auto count = checked_elements(shape);
  const auto bytes = count ? checked_mul(*count, dtype_size(dtype)) : std::nullopt;
  if (!bytes || dtype_size(dtype) == 0)
    return fail(ErrorCode::kUnsupported,
                fmt::format("bytes cannot be read as {} of shape {}", dtype_name(dtype), shape_text(shape)));
  value.bytes.resize(*bytes);
  value.dtype = dtype;
  value.shape = shape;
  return {};
}

}  // namespace whyzero::app
