// Values one after the other in a piece of bytes, as two processes of the same program exchange them.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace whyzero::runtime {

class FrameWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& value) { append(&value, sizeof value); }
  template <class List>
  void put_list(const List& list) {
    put<uint64_t>(list.size());
    append(list.data(), list.size() * sizeof(list[0]));
  }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  void append(const void* from, size_t size) {
    const auto* at = static_cast<const uint8_t*>(from);
    bytes_.insert(bytes_.end(), at, at + size);
  }
  std::vector<uint8_t> bytes_;
};

/// The other process may have been led astray: what is not there reads as zero or empty, and `ok` tells.
class FrameReader {
 public:
  explicit FrameReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  T get() {
    T value{};
    if (const auto* at = take(sizeof value)) std::memcpy(&value, at, sizeof value);
    return value;
  }
  template <class List>
  List get_list() {
    List list;
    const auto count = get<uint64_t>();
    if (count > bytes_.size() / sizeof(list[0])) ok_ = false;
    if (!ok_) return list;
    list.resize(count);
    if (const auto* at = take(count * sizeof(list[0])); at && count) std::memcpy(list.data(), at, count * sizeof(list[0]));
    return list;
  }

 private:
  const uint8_t* take(size_t size) {
    if (size > bytes_.size()) ok_ = false;
    if (!ok_) return nullptr;
    const uint8_t* at = bytes_.data();
    bytes_ = bytes_.subspan(size);
    return at;
  }
  std::span<const uint8_t> bytes_;
  bool ok_ = true;
};

}  // namespace whyzero::runtime
