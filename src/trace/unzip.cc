#include "trace/unzip.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>

#include "ops/common/memory.h"

namespace whyzero::trace {
namespace {

struct Close {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

std::string zip_error_text(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

Result<std::vector<uint8_t>> read_zip_entry(zip_t* archive, uint64_t index, const std::string& what, size_t limit) {
  zip_stat_t stat;
  if (zip_stat_index(archive, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE))
    return fail(ErrorCode::kMalformed, fmt::format("{} cannot be found in the zip: {}", what, zip_strerror(archive)));
  if (stat.size > limit)
    return fail(ErrorCode::kOutOfMemory, fmt::format("{} has {} bytes, the limit is {}", what, stat.size, limit));
  std::unique_ptr<zip_file_t, Close> file(zip_fopen_index(archive, index, 0));
  if (!file) return fail(ErrorCode::kMalformed, fmt::format("{} cannot be unpacked: {}", what, zip_strerror(archive)));
  // Grows with what really arrives: the claimed size may be a lie.
  constexpr size_t kStep = size_t{1} << 20;
  std::vector<uint8_t> bytes;
  for (;;) {
    const size_t have = bytes.size();
    const size_t room = std::min(kStep + have, static_cast<size_t>(stat.size) - have + 1);
    if (!ops::try_resize(bytes, have + room)) return fail(ErrorCode::kOutOfMemory, fmt::format("no memory for {}", what));
    const zip_int64_t got = zip_fread(file.get(), bytes.data() + have, room);
    if (got < 0)
      return fail(ErrorCode::kMalformed,
                  fmt::format("{} cannot be unpacked: {}", what, zip_error_strerror(zip_file_get_error(file.get()))));
    bytes.resize(have + static_cast<size_t>(got));
    if (got == 0) break;
    if (bytes.size() > stat.size) break;
  }
  if (bytes.size() != stat.size)
    return fail(ErrorCode::kMalformed,
                fmt::format("{} unpacks to another size than the {} bytes it claims", what, stat.size));
  return bytes;
}

Result<std::map<std::string, std::vector<uint8_t>>> unzip(std::span<const uint8_t> bytes, const UnzipLimits& limits) {
  // libzip takes nothing for an archive without entries.
  if (bytes.empty()) return fail(ErrorCode::kMalformed, "an empty file is no zip");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  std::unique_ptr<zip_t, Close> archive(source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr);
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (!archive) {
    if (source) zip_source_free(source);
    return fail(ErrorCode::kMalformed, "not a sound zip: " + why);
  }
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count < 0 || static_cast<size_t>(count) > limits.entries)
    return fail(ErrorCode::kOutOfMemory, fmt::format("the zip has {} entries, the limit is {}", count, limits.entries));
  std::map<std::string, std::vector<uint8_t>> files;
  size_t left = limits.total_bytes;
  for (zip_int64_t k = 0; k < count; ++k) {
    const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(k), 0);
    if (!name) return fail(ErrorCode::kMalformed, fmt::format("entry {} of the zip has no name", k));
    WHYZERO_ASSIGN(std::vector<uint8_t> content, read_zip_entry(archive.get(), static_cast<uint64_t>(k), fmt::format("entry {}", name), std::min(left, limits.entry_bytes)));
    left -= content.size();
    files.emplace(name, std::move(content));
  }
  return files;
}

}  // namespace whyzero::trace
