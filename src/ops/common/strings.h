// TFLite's string buffer: int32 count, count + 1 offsets from the buffer's start, then the characters; little-endian.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ops/tensor.h"
#include "whyzero/result.h"

namespace whyzero::ops {

/// The strings of a buffer, borrowed from it. kMalformed where its offsets contradict its size.
Result<std::vector<std::string_view>> read_strings(std::span<const uint8_t> buffer);
/// The strings of a string tensor: as many as its shape has elements, otherwise kMalformed.
Result<std::vector<std::string_view>> read_strings(const Tensor& tensor);

/// Bytes that string_buffer will need; nothing where the format's 32-bit offsets cannot hold them.
Result<size_t> string_buffer_size(std::span<const std::string> strings);
/// Writes the buffer over `out`. kShapeMismatch where the format cannot hold so much.
Result<void> write_strings(std::span<const std::string> strings, std::vector<uint8_t>& out);

}  // namespace whyzero::ops
