// The .npy format: magic, version, a header that is a Python dictionary, then the elements.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "base/checked.h"
#include "base/file.h"
#include "ops/common/memory.h"
#include "trace/npz.h"
#include "trace/target.h"

namespace whyzero::trace {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are written in the host's byte order");

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kLongestHeader = 65536;
constexpr size_t kMostDimensions = 64;

struct Kind {
  char letter;
  size_t size;
  DType dtype;
};
constexpr Kind kKinds[] = {{'b', 1, DType::kBool},      {'i', 1, DType::kInt8},       {'i', 2, DType::kInt16},
                           {'i', 4, DType::kInt32},     {'i', 8, DType::kInt64},      {'u', 1, DType::kUInt8},
                           {'u', 2, DType::kUInt16},    {'u', 4, DType::kUInt32},     {'u', 8, DType::kUInt64},
                           {'f', 2, DType::kFloat16},   {'f', 4, DType::kFloat32},    {'f', 8, DType::kFloat64},
                           {'c', 8, DType::kComplex64}, {'c', 16, DType::kComplex128}};

struct Header {
  std::string descr;
  bool fortran = false;
  std::vector<int64_t> shape;
};

/// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }: these three keys, in any order, nothing else.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : text_(text) {}

  bool parse(Header& header) {
    bool seen[3] = {};
    if (!take('{')) return false;
    while (!take('}')) {
      std::string key;
      if (!quoted(key) || !take(':')) return false;
      const int which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
      if (which < 0 || seen[which]) return false;
      seen[which] = true;
      const bool value = which == 0 ? quoted(header.descr) : which == 1 ? boolean(header.fortran) : tuple(header.shape);
      if (!value) return false;
      if (!take(',')) {
        if (!take('}')) return false;
        break;
      }
    }
    skip();
    return at_ == text_.size() && seen[0] && seen[1] && seen[2];
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(char wanted) {
    skip();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view wanted) {
    skip();
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }
  bool quoted(std::string& out) {
    skip();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return false;
    const size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    out = std::string(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return true;
  }
  bool boolean(bool& out) {
    out = word("True");
    return out || word("False");
  }
  bool number(int64_t& out) {
    skip();
    const size_t begin = at_;
    uint64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
      value = value * 10 + static_cast<uint64_t>(text_[at_++] - '0');
      if (value > (uint64_t{1} << 60)) return false;
    }
    const size_t digits = at_ - begin;
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2 wrote long integers so
    out = static_cast<int64_t>(value);
    return digits > 0;
  }
  bool tuple(std::vector<int64_t>& out) {
    if (!take('(')) return false;
    while (!take(')')) {
      int64_t dim;
      if (!number(dim) || out.size() >= kMostDimensions) return false;
      out.push_back(dim);
      if (!take(',')) return take(')');
    }
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// Elements from Fortran order (first index fastest) to C order.
std::vector<uint8_t> to_c_order(std::span<const uint8_t> from, std::span<const int64_t> shape, size_t size) {
  std::vector<uint8_t> to(from.size());
  std::vector<size_t> strides(shape.size());
  size_t stride = size;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    strides[axis] = stride;
    stride *= static_cast<size_t>(shape[axis]);
  }
  std::vector<int64_t> index(shape.size(), 0);
  size_t source = 0;
  for (size_t at = 0; at < to.size(); at += size) {
    std::memcpy(to.data() + at, from.data() + source, size);
    for (size_t axis = shape.size(); axis-- > 0;) {
      source += strides[axis];
      if (++index[axis] < shape[axis]) break;
      source -= strides[axis] * static_cast<size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
  return to;
}

void swap_bytes(std::vector<uint8_t>& data, size_t size) {
  for (size_t at = 0; at + size <= data.size(); at += size)
    std::reverse(data.begin() + static_cast<std::ptrdiff_t>(at), data.begin() + static_cast<std::ptrdiff_t>(at + size));
}

Unexpected malformed(std::string what) { return fail(ErrorCode::kMalformed, "not a sound .npy array: " + std::move(what)); }

Result<Header> parse_header(std::span<const uint8_t> bytes, size_t& data_begin) {
  if (bytes.size() < 10 || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
    return malformed("it does not begin as one");
  const int version = bytes[6];
  if (version < 1 || version > 3) return malformed(fmt::format("format version {} is unknown", version));
  const size_t width = version == 1 ? 2 : 4;
  if (bytes.size() < 8 + width) return malformed("it ends within the header");
  size_t length = 0;
  for (size_t k = 0; k < width; ++k) length |= size_t{bytes[8 + k]} << (8 * k);
  if (length > kLongestHeader || length > bytes.size() - 8 - width)
    return malformed(fmt::format("the header claims {} bytes, the file has {}", length, bytes.size()));
  data_begin = 8 + width + length;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + 8 + width, length);
  Header header;
  if (text.find("[(") != std::string_view::npos)
    return fail(ErrorCode::kUnsupported, "arrays of records are not supported; save one array a field");
  if (!HeaderParser(text).parse(header)) return malformed("the header cannot be understood");
  return header;
}

/// Letter and size of '<f4'; false where the text is no such type.
bool parse_descr(std::string_view descr, char& order, char& letter, size_t& size) {
  if (descr.size() < 3 || descr.size() > 20) return false;
  order = descr[0];
  letter = descr[1];
  if (order != '<' && order != '>' && order != '|' && order != '=') return false;
  size = 0;
  for (char digit : descr.substr(2)) {
    if (digit < '0' || digit > '9' || size > (size_t{1} << 40)) return false;
    size = size * 10 + static_cast<size_t>(digit - '0');
  }
  return true;
}

Result<Array> strings_from(std::span<const uint8_t> data, Array array, size_t elements, size_t size) {
  if (!ops::try_resize(array.strings, elements))
    return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for {} strings", elements));
  for (size_t k = 0; k < elements; ++k) {
    std::string_view text(reinterpret_cast<const char*>(data.data()) + k * size, size);
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    array.strings[k] = std::string(text);
  }
  return array;
}

}  // namespace

Result<Array> parse_npy(std::span<const uint8_t> bytes, const NpzLimits& limits) {
  size_t data_begin = 0;
  WHYZERO_ASSIGN(Header header, parse_header(bytes, data_begin));
  char order, letter;
  size_t size;
  if (!parse_descr(header.descr, order, letter, size))
    return fail(ErrorCode::kUnsupported, fmt::format("arrays of type '{}' are not supported", header.descr));

  Array array;
  array.shape = std::move(header.shape);
  const bool text = letter == 'S';
  const Kind* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return k.letter == letter && k.size == size; });
  if (!text && kind == std::end(kKinds))
    return fail(ErrorCode::kUnsupported,
                fmt::format("arrays of type '{}' are not supported; convert it, texts to bytes with .astype('S')", header.descr));
  array.dtype = text ? DType::kString : kind->dtype;

  std::optional<size_t> elements = 1;
  // A dimension of 0 must not hide an impossible product of the others: what computes with the shape trusts it.
  for (int64_t dim : array.shape)
    elements = elements ? checked_mul(*elements, static_cast<size_t>(std::max<int64_t>(dim, 1))) : elements;
  if (!elements) return malformed("its shape is impossible");
  for (int64_t dim : array.shape)
    if (dim == 0) elements = 0;
  const auto needed = checked_mul(*elements, size);
  const size_t given = bytes.size() - data_begin;
  if (!needed || *needed != given)
    return malformed(
        fmt::format("shape and type need {} bytes, {} are there", needed ? std::to_string(*needed) : "too many", given));
  if (*needed > limits.array_bytes || (text && *elements > limits.array_bytes / sizeof(std::string)))
    return fail(ErrorCode::kOutOfMemory, fmt::format("an array of {} bytes passes the limit of {}", *needed, limits.array_bytes));

  const auto data = bytes.subspan(data_begin);
  std::vector<uint8_t> reordered;
  const bool reorder = header.fortran && array.shape.size() > 1 && given > 0;
  if (reorder) reordered = to_c_order(data, array.shape, size);
  const std::span<const uint8_t> ordered = reorder ? std::span<const uint8_t>(reordered) : data;
  if (text) return strings_from(ordered, std::move(array), *elements, size);
  array.data.assign(ordered.begin(), ordered.end());
  if (order == '>') swap_bytes(array.data, letter == 'c' ? size / 2 : size);
  // Any other byte would be a bool that is neither true nor false.
  if (array.dtype == DType::kBool)
    for (uint8_t& value : array.data) value = value != 0;
  return array;
}

Result<Array> read_npy(const std::filesystem::path& path, const NpzLimits& limits) {
  WHYZERO_ASSIGN(const auto bytes, read_file(path));
  auto array = parse_npy(bytes, limits);
  if (!array) return fail(std::move(array).error(), path.string());
  return array;
}

Result<std::string> npy_header(const Array& array) {
  std::string descr;
  if (array.dtype == DType::kString) {
    size_t longest = 1;
    for (const std::string& text : array.strings) longest = std::max(longest, text.size());
    descr = fmt::format("|S{}", longest);
  } else {
    const Kind* kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return k.dtype == array.dtype; });
    if (kind == std::end(kKinds))
      return fail(ErrorCode::kUnsupported, fmt::format("NumPy has no type {}", dtype_name(array.dtype)));
    descr = fmt::format("{}{}{}", kind->size == 1 ? '|' : '<', kind->letter, kind->size);
  }
  std::string shape;
  for (int64_t dim : array.shape) shape += fmt::format("{}, ", dim);
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  if (array.shape.size() == 1) shape.resize(shape.size() - 1);
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  // NumPy aligns the elements to 64 bytes.
  const size_t unpadded = kMagic.size() + 4 + text.size() + 1;
  text.append((64 - unpadded % 64) % 64, ' ');
  text += '\n';
  if (text.size() > 65535) return fail(ErrorCode::kUnsupported, "an array has too many dimensions for a .npy file");
  std::string header(kMagic);
  header += {'\1', '\0', static_cast<char>(text.size() & 255), static_cast<char>(text.size() >> 8)};
  return header + text;
}

Result<void> write_npy(const std::filesystem::path& path, const Array& array) {
  WHYZERO_ASSIGN(const std::string header, npy_header(array));
  WHYZERO_ASSIGN(const std::vector<uint8_t> padded, padded_strings(array));
  std::vector<uint8_t> bytes(header.begin(), header.end());
  const std::vector<uint8_t>& data = array.dtype == DType::kString ? padded : array.data;
  bytes.insert(bytes.end(), data.begin(), data.end());
  return is_special(path) ? write_directly(path, bytes) : write_file(path, bytes);
}

}  // namespace whyzero::trace
