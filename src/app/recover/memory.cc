#include "app/recover/memory.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/recover/stride.h"

namespace whyzero::recover {
namespace {

using nlohmann::json;

/// Types that programs keep pixels in, besides the tensor's own.
constexpr DType kPixelTypes[] = {DType::kUInt8, DType::kFloat32, DType::kFloat64, DType::kInt32, DType::kInt16, DType::kFloat16, DType::kInt64};

/// Shares of numbers that no picture has: not finite, huge, or so small that they are bits of something else. Of 16 bits any are ordinary but
/// for their size: pairs of bytes fill all of float16's range, pictures do not.
bool looks_like_numbers(DType dtype, const std::vector<uint8_t>& bytes, size_t count) {
  size_t odd = 0, zero = 0;
  const double huge = dtype == DType::kFloat16 ? 1e3 : 1e6, tiny = dtype == DType::kFloat16 ? 1e-5 : 1e-7;
  for (size_t i = 0; i < count; ++i) {
    const double x = app::number_at(dtype, bytes.data(), i), size = std::fabs(x);
    odd += !(size < huge) || (size > 0 && size < tiny);
    zero += x == 0;
  }
  return odd * 50 <= count && zero * 20 <= count * 19;
}

/// Nothing but zeros from this byte on: the picture was smaller than the tensor.
bool empty_from(std::span<const uint8_t> memory, size_t from) {
  return std::all_of(memory.begin() + static_cast<std::ptrdiff_t>(std::min(from, memory.size())), memory.end(), [](uint8_t b) { return b == 0; });
}

bool could_be(const Reading& reading, std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame) {
  const size_t size = dtype_size(reading.dtype), own = dtype_size(tensor.dtype);
  for (const auto& memory : memories) {
    const size_t count = std::min(memory.size() / size, frame.elements());
    if (size < own && !empty_from(memory, frame.elements() * size)) return false;
    if (!looks_like_numbers(reading.dtype, native_bytes(reading, memory), count)) return false;
  }
  return true;
}

}  // namespace

std::vector<uint8_t> native_bytes(const Reading& reading, std::span<const uint8_t> memory) {
  std::vector<uint8_t> bytes(memory.begin(), memory.end());
  const size_t size = dtype_size(reading.dtype);
  bytes.resize(bytes.size() / size * size);
  if (reading.big_endian)
    for (size_t i = 0; i < bytes.size(); i += size) std::reverse(bytes.data() + i, bytes.data() + i + size);
  return bytes;
}

std::optional<Frame> frame_of(const app::TensorInfo& tensor) {
  std::vector<int32_t> shape = tensor.shape;
  if (shape.size() == 4 && shape[0] == 1) shape.erase(shape.begin());
  if (shape.size() == 2) shape.push_back(1);
  if (shape.size() != 3 || dtype_size(tensor.dtype) == 0 || !app::dtype_is_number(tensor.dtype)) return std::nullopt;
  const auto channels = [](int n) { return n == 1 || n == 3 || n == 4; };
  if (shape[0] < 1 || shape[1] < 1 || shape[2] < 1) return std::nullopt;
  if (channels(shape[2])) return Frame{shape[0], shape[1], shape[2], false};
  if (channels(shape[0])) return Frame{shape[1], shape[2], shape[0], true};
  return std::nullopt;
}

json Reading::before_numbers() const {
  if (early_stride == 0) return json::array();
  return json::array({{{"stride_bug", {{"row_bytes", early_stride * early_size}}}}});
}

json Reading::after_numbers(const app::TensorInfo& tensor) const {
  json steps = json::array();
  if (channels_first) steps.push_back({{"layout", "nchw"}});
  if (late_stride > 0) steps.push_back({{"stride_bug", {{"row_bytes", late_stride}}}});
  if (big_endian) steps.push_back({{"byte_order", "big"}});
  if (dtype != tensor.dtype) steps.push_back({{"reinterpret", dtype_name(tensor.dtype)}});
  return steps;
}

Sight look(const Reading& reading, std::span<const uint8_t> memory, const Frame& frame) {
  const std::vector<uint8_t> bytes = native_bytes(reading, memory);
  const size_t size = dtype_size(reading.dtype), elements = frame.elements();
  const size_t row = size_t(frame.width) * size_t(frame.channels), pixels = elements / size_t(frame.channels);
  Sight sight;
  const size_t count = std::min(bytes.size() / size, elements);
  sight.numbers.reserve(count);
  sight.places.reserve(count);
  const auto add = [&](size_t at, size_t place) {
    sight.numbers.push_back(app::number_at(reading.dtype, bytes.data(), at));
    sight.places.push_back(static_cast<uint32_t>(place));
  };
  const size_t stride = reading.early_stride ? reading.early_stride : reading.late_stride / size;
  for (size_t i = 0; i < count; ++i) {
    if (stride > 0) {
      if (i % stride < row && i / stride < size_t(frame.height)) add(i, i / stride * row + i % stride);
    } else if (reading.channels_first) {
      add(i, i % pixels * size_t(frame.channels) + i / pixels);
    } else {
      add(i, i);
    }
  }
  return sight;
}

std::vector<double> numbers_by_place(const Reading& reading, std::span<const uint8_t> memory, const Frame& frame) {
  const Sight sight = look(reading, memory, frame);
  std::vector<double> picture(frame.elements(), std::nan(""));
  for (size_t i = 0; i < sight.places.size(); ++i) picture[sight.places[i]] = sight.numbers[i];
  return picture;
}

double gap_number(const Reading& reading, std::span<const uint8_t> memory, const Frame& frame) {
  const std::vector<uint8_t> bytes = native_bytes(reading, memory);
  const size_t row = size_t(frame.width) * size_t(frame.channels);
  return (row + 1) * dtype_size(reading.dtype) <= bytes.size() ? app::number_at(reading.dtype, bytes.data(), row) : 0;
}

std::vector<Reading> plausible_readings(std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame) {
  std::vector<Reading> readings;
  std::vector<DType> types = {tensor.dtype};
  for (DType type : kPixelTypes)
    if (dtype_size(type) != dtype_size(tensor.dtype) || dtype_is_float(type) != dtype_is_float(tensor.dtype)) types.push_back(type);
  for (DType type : types)
    for (bool big : {false, true}) {
      if (big && dtype_size(type) == 1) continue;
      Reading reading{.dtype = type, .big_endian = big};
      // The tensor's own numbers are always looked at; it is the others that must look like numbers.
      if ((type != tensor.dtype || big) && !could_be(reading, memories, tensor, frame)) continue;
      readings.push_back(reading);
      if (frame.channels > 1) {
        readings.push_back(reading);
        readings.back().channels_first = true;
      }
      for (const auto& memory : memories) {
        const Strides strides = find_strides(native_bytes(reading, memory), type, frame);
        const auto known = [&](const Reading& r) { return std::any_of(readings.begin(), readings.end(), [&](const Reading& o) {
          return o.dtype == r.dtype && o.big_endian == r.big_endian && o.early_stride == r.early_stride && o.late_stride == r.late_stride && !o.channels_first; }); };
        for (size_t stride : strides.early) {
          Reading one = reading;
          one.early_stride = stride;
          if (!known(one)) readings.push_back(one);
        }
        for (size_t stride : strides.late) {
          Reading one = reading;
          one.late_stride = stride;
          if (!known(one)) readings.push_back(one);
        }
      }
    }
  return readings;
}

}  // namespace whyzero::recover
