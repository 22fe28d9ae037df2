// Checked access to string buffers: constants come from the file and inputs from the caller.
#include "ops/common/strings.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>

#include "ops/common/memory.h"

namespace whyzero::ops {
namespace {

static_assert(std::endian::native == std::endian::little, "string buffers are read in the host's byte order");

int32_t int_at(std::span<const uint8_t> buffer, size_t position) {
  int32_t value;
  std::memcpy(&value, buffer.data() + position, sizeof value);
  return value;
}

}  // namespace

Result<std::vector<std::string_view>> read_strings(std::span<const uint8_t> buffer) {
  if (buffer.empty()) return std::vector<std::string_view>{};
  if (buffer.size() < 4)
    return fail(ErrorCode::kMalformed, fmt::format("a string buffer of {} bytes has no count", buffer.size()));
  const int32_t count = int_at(buffer, 0);
  if (count < 0 || static_cast<size_t>(count) > (buffer.size() - 4) / 4 ||
      (count > 0 && 4 * (static_cast<size_t>(count) + 2) > buffer.size()))
    return fail(ErrorCode::kMalformed, fmt::format("a string buffer of {} bytes claims {} strings", buffer.size(), count));
  std::vector<std::string_view> strings;
  strings.reserve(static_cast<size_t>(count));
  for (int32_t k = 0; k < count; ++k) {
    const int32_t begin = int_at(buffer, 4 + 4 * static_cast<size_t>(k));
    const int32_t end = int_at(buffer, 8 + 4 * static_cast<size_t>(k));
    if (begin < 0 || end < begin || static_cast<size_t>(end) > buffer.size())
      return fail(ErrorCode::kMalformed, fmt::format("string {} of {} lies at bytes {} to {} of a string buffer of {} bytes", k,
                                                     count, begin, end, buffer.size()));
    strings.emplace_back(reinterpret_cast<const char*>(buffer.data()) + begin, static_cast<size_t>(end - begin));
  }
  return strings;
}

Result<std::vector<std::string_view>> read_strings(const Tensor& tensor) {
  auto strings = read_strings(std::span<const uint8_t>(tensor.data, tensor.bytes));
  if (!strings) return fail(std::move(strings).error(), "tensor " + tensor.label());
  if (strings->size() != tensor.elements())
    return fail(ErrorCode::kMalformed, fmt::format("tensor {} holds {} strings, its shape needs {}", tensor.label(),
                                                   strings->size(), tensor.elements()));
  return strings;
}

Result<size_t> string_buffer_size(std::span<const std::string> strings) {
  constexpr size_t kLimit = std::numeric_limits<int32_t>::max();
  size_t size = 8;
  for (const std::string& text : strings) {
    if (text.size() > kLimit || size > kLimit - 4 - text.size())
      return fail(ErrorCode::kShapeMismatch, "strings of more than 2 GiB do not fit a string tensor");
    size += 4 + text.size();
  }
  return size;
}

Result<void> write_strings(std::span<const std::string> strings, std::vector<uint8_t>& out) {
  WHYZERO_ASSIGN(const size_t size, string_buffer_size(strings));
  if (!try_resize(out, size)) return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for {} bytes of strings", size));
  auto put = [&](size_t position, size_t value) {
    const int32_t narrow = static_cast<int32_t>(value);
    std::memcpy(out.data() + position, &narrow, sizeof narrow);
  };
  put(0, strings.size());
  size_t at = 4 * (strings.size() + 2);
  for (size_t k = 0; k < strings.size(); ++k) {
    put(4 + 4 * k, at);
    std::memcpy(out.data() + at, strings[k].data(), strings[k].size());
    at += strings[k].size();
  }
  put(4 + 4 * strings.size(), at);
  return {};
}

}  // namespace whyzero::ops
