#include "base/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

namespace whyzero {
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePointer = std::unique_ptr<std::FILE, Closer>;

std::string reason() { return std::strerror(errno); }

template <class Buffer>
Result<Buffer> read_all(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return fail(ErrorCode::kIo, path.string() + " is a folder; a file is needed");
  FilePointer file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "cannot open " + path.string() + ": " + reason());
  Buffer bytes;
  char block[1 << 16];
  while (size_t n = std::fread(block, 1, sizeof block, file.get())) bytes.insert(bytes.end(), block, block + n);
  if (std::ferror(file.get())) return fail(ErrorCode::kIo, "cannot read " + path.string() + ": " + reason());
  return bytes;
}

}  // namespace

Result<std::vector<uint8_t>> read_file(const std::filesystem::path& path) {
  // A pipe among photos would be waited for, a device read without end.
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) && !std::filesystem::is_directory(status))
    return fail(ErrorCode::kIo, path.string() + " is a pipe or a device; save it as a file first");
  return read_all<std::vector<uint8_t>>(path);
}
/// A document may well come through a pipe: `whyzero eval <(…)`.
Result<std::string> read_text(const std::filesystem::path& path) { return read_all<std::string>(path); }

Result<void> write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  std::filesystem::path temporary = path;
  temporary += ".part" + std::to_string(::getpid());
  FilePointer file(std::fopen(temporary.c_str(), "wb"));
  if (!file) return fail(ErrorCode::kIo, "cannot write " + path.string() + ": " + reason());
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() && std::fflush(file.get()) == 0;
  const std::string why = written ? "" : reason();
  file.reset();
  if (written) std::filesystem::rename(temporary, path, error);
  if (!written || error) {
    const std::string text = written ? error.message() : why;
    std::filesystem::remove(temporary, error);
    return fail(ErrorCode::kIo, "cannot write " + path.string() + ": " + text);
  }
  return {};
}

Result<void> write_text(const std::filesystem::path& path, std::string_view text) {
  return write_file(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace whyzero
