// The ways in which a picture's numbers may have come to lie in a tensor's memory: another type, another byte order, channels first,
// rows too far apart. A reading undoes one of them and says which number of the picture each number of the memory is.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "app/value.h"

namespace whyzero::recover {

/// Height × width × channels of the picture that a tensor takes.
struct Frame {
  int height = 0, width = 0, channels = 0;
  bool channels_first = false;  // as the tensor's shape has it
  size_t elements() const { return size_t(height) * size_t(width) * size_t(channels); }
};
/// Nothing where the tensor is no picture (1, 3 or 4 channels, a batch axis of 1 or none).
std::optional<Frame> frame_of(const app::TensorInfo& tensor);

struct Reading {
  DType dtype = DType::kFloat32;  // of the numbers before they were written
  bool big_endian = false, channels_first = false;
  size_t early_stride = 0;        // elements from row to row of the picture before arithmetic; 0: tight
  size_t early_size = 1;          // bytes of such an element
  size_t late_stride = 0;         // bytes from row to row of the finished picture

  /// Steps between the colours and the arithmetic, and those after the arithmetic.
  nlohmann::json before_numbers() const;
  nlohmann::json after_numbers(const app::TensorInfo& tensor) const;
};

/// The memory as whole numbers of the reading's type, in native order.
std::vector<uint8_t> native_bytes(const Reading& reading, std::span<const uint8_t> memory);

/// Numbers seen in the memory, each with its place in the picture (row-major, channels last).
struct Sight {
  std::vector<double> numbers;
  std::vector<uint32_t> places;
};
Sight look(const Reading& reading, std::span<const uint8_t> memory, const Frame& frame);
/// The same as a picture; NaN where no number was seen.
std::vector<double> numbers_by_place(const Reading& reading, std::span<const uint8_t> memory, const Frame& frame);

/// What stands in this memory behind the first row of an early stride.
double gap_number(const Reading& reading, std::span<const uint8_t> memory, const Frame& frame);

/// The readings under which this memory could hold a picture, the plain one first. `memories`: some different samples.
std::vector<Reading> plausible_readings(std::span<const std::vector<uint8_t>> memories, const app::TensorInfo& tensor, const Frame& frame);

}  // namespace whyzero::recover
