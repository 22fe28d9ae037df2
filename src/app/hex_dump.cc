#include "app/hex_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "app/console_text.h"
#include "base/checked.h"

namespace whyzero::app {
namespace {

constexpr std::string_view kWord = "WHYZERO ";

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(" \t\r"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

template <class Number>
std::optional<Number> number_of(std::string_view text, int base) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool append_hex(std::string_view digits, std::vector<uint8_t>& bytes) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const auto byte = number_of<uint8_t>(digits.substr(i, 2), 16);
    if (!byte) return false;
    bytes.push_back(*byte);
  }
  return true;
}

uint32_t adler32(const std::vector<uint8_t>& bytes) {
  uint32_t a = 1, b = 0;
  for (uint8_t byte : bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

std::optional<DType> dtype_of(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> kCodes[] = {
      {"f4", "float32"}, {"u1", "uint8"}, {"i1", "int8"}, {"i2", "int16"}, {"i4", "int32"}, {"i8", "int64"}, {"b1", "bool"}, {"f2", "float16"}, {"f8", "float64"}};
  for (const auto& [letters, name] : kCodes)
    if (letters == code || name == code) return dtype_from_name(name);
  return std::nullopt;
}

class DumpReader {
 public:
  Result<void> line(std::string_view text);
  Result<std::vector<DumpedArray>> finish();

 private:
  Result<void> begin(const std::vector<std::string_view>& words);
  Result<void> data(const std::vector<std::string_view>& words);
  Result<void> end(const std::vector<std::string_view>& words);

  std::vector<DumpedArray> arrays_;
  bool open_ = false, big_endian_ = false;
  size_t expected_ = 0;
};

Result<void> DumpReader::line(std::string_view text) {
  const size_t at = text.find(kWord);
  if (at == std::string_view::npos) return {};
  const auto words = words_of(text.substr(at + kWord.size()));
  if (words.empty()) return {};
  if (words[0] == "begin") return begin(words);
  if (words[0] == "end") return end(words);
  return data(words);
}

Result<void> DumpReader::begin(const std::vector<std::string_view>& words) {
  // A dump that a restart of the device cut off is given up; the next one counts.
  if (open_) arrays_.pop_back();
  open_ = false;
  if (words.size() != 5 && words.size() != 4) return fail(ErrorCode::kMalformed, "a dump begins with: WHYZERO begin NAME SAMPLE DTYPE SHAPE");
  DumpedArray dumped{std::string(words[1]), std::string(words[2]), {}};
  big_endian_ = words[3].starts_with('>');
  const auto dtype = dtype_of(words[3].substr(big_endian_));
  if (!dtype) return fail(ErrorCode::kMalformed, fmt::format("unknown dtype {}; known: f4 u1 i1 i2 i4 i8 b1 f2 f8", words[3]));
  dumped.array.dtype = *dtype;
  std::optional<size_t> bytes = dtype_size(*dtype);
  const std::string_view whole = words.size() == 5 ? words[4] : "";  // a single number has no shape
  for (std::string_view shape = whole; !shape.empty();) {
    const size_t comma = std::min(shape.find(','), shape.size());
    const auto side = number_of<int32_t>(shape.substr(0, comma), 10);
    if (!side || *side <= 0 || dumped.array.shape.size() == 8) return fail(ErrorCode::kMalformed, fmt::format("{} is no shape", whole));
    dumped.array.shape.push_back(*side);
    bytes = bytes ? checked_mul(*bytes, static_cast<size_t>(*side)) : bytes;
    shape.remove_prefix(std::min(comma + 1, shape.size()));
  }
  if (!bytes) return fail(ErrorCode::kMalformed, fmt::format("shape {} has too many elements", whole));
  expected_ = *bytes;
  arrays_.push_back(std::move(dumped));
  open_ = true;
  return {};
}

Result<void> DumpReader::data(const std::vector<std::string_view>& words) {
  if (!open_) return {};  // the log begins in the middle of a dump
  std::vector<uint8_t>& bytes = arrays_.back().array.data;
  const auto offset = number_of<uint32_t>(words[0], 16);
  if (!offset || words.size() != 2) return fail(ErrorCode::kMalformed, "a line of data is: WHYZERO OFFSET HEX; another message ran into it");
  if (*offset < bytes.size()) {  // logcat shows a line twice where its buffers are merged
    std::vector<uint8_t> again;
    const bool same = append_hex(words[1], again) && again.size() <= bytes.size() - *offset &&
                      std::equal(again.begin(), again.end(), bytes.begin() + static_cast<std::ptrdiff_t>(*offset));
    if (!same) return fail(ErrorCode::kMalformed, fmt::format("byte {} of {} {} comes again, with another value", *offset, arrays_.back().name, arrays_.back().sample));
    return {};
  }
  if (*offset != bytes.size())
    return fail(ErrorCode::kMalformed, fmt::format("bytes {} to {} of {} {} are missing: the console lost lines; print slower, or flush after each line", bytes.size(), *offset,
                                                   arrays_.back().name, arrays_.back().sample));
  if (!append_hex(words[1], bytes) || bytes.size() > expected_) return fail(ErrorCode::kMalformed, "not the hex digits that belong here");
  return {};
}

Result<void> DumpReader::end(const std::vector<std::string_view>& words) {
  if (!open_) return {};
  open_ = false;
  trace::Array& array = arrays_.back().array;
  if (array.data.size() != expected_)
    return fail(ErrorCode::kMalformed, fmt::format("{} {} ends after {} of {} bytes", arrays_.back().name, arrays_.back().sample, array.data.size(), expected_));
  const auto sum = words.size() == 4 ? number_of<uint32_t>(words[3], 16) : std::nullopt;
  if (!sum || *sum != adler32(array.data))
    return fail(ErrorCode::kMalformed, fmt::format("the checksum of {} {} does not fit: bytes were changed on the way", arrays_.back().name, arrays_.back().sample));
  if (big_endian_)
    for (size_t i = 0, n = dtype_size(array.dtype); i + n <= array.data.size(); i += n)
      std::reverse(array.data.begin() + static_cast<std::ptrdiff_t>(i), array.data.begin() + static_cast<std::ptrdiff_t>(i + n));
  return {};
}

Result<std::vector<DumpedArray>> DumpReader::finish() {
  if (open_) arrays_.pop_back();
  return std::move(arrays_);
}

}  // namespace

Result<std::vector<DumpedArray>> parse_dump(std::string_view saved) {
  const std::string text = console_text(saved);
  std::string_view log = text;
  DumpReader reader;
  for (size_t number = 1; !log.empty(); ++number) {
    const size_t end = log.find('\n');
    if (auto read = reader.line(log.substr(0, end)); !read) return fail(std::move(read).error(), fmt::format("line {}", number));
    log.remove_prefix(end == std::string_view::npos ? log.size() : end + 1);
  }
  return reader.finish();
}

}  // namespace whyzero::app
