// The zip around .npy files, by libzip.
#include "trace/npz.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/checked.h"
#include "base/file.h"
#include "ops/common/memory.h"
#include "trace/target.h"
#include "trace/unzip.h"

namespace whyzero::trace {
namespace {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

struct Entry {
  std::string name;
  std::string header;
  std::vector<uint8_t> strings;
  std::span<const uint8_t> data;
};

Result<void> add_entry(zip_t* archive, const Entry& entry, bool compress) {
  zip_buffer_fragment_t parts[2] = {{reinterpret_cast<zip_uint8_t*>(const_cast<char*>(entry.header.data())), entry.header.size()},
                                    {const_cast<zip_uint8_t*>(entry.data.data()), entry.data.size()}};
  zip_source_t* source = zip_source_buffer_fragment(archive, parts, entry.data.empty() ? 1 : 2, 0);
  const zip_int64_t index = source ? zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    if (source) zip_source_free(source);
    return fail(ErrorCode::kIo, fmt::format("cannot add {}: {}", entry.name, zip_strerror(archive)));
  }
  const auto at = static_cast<zip_uint64_t>(index);
  constexpr zip_uint16_t kFirstDay = (1 << 5) | 1;  // 1 January 1980: equal arrays give equal files
  if (zip_set_file_compression(archive, at, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, at, 0, kFirstDay, 0) != 0)
    return fail(ErrorCode::kIo, fmt::format("cannot add {}: {}", entry.name, zip_strerror(archive)));
  return {};
}

Result<void> close_archive(Archive archive, const std::filesystem::path& path) {
  if (zip_close(archive.get()) != 0)
    return fail(ErrorCode::kIo, fmt::format("cannot write {}: {}", path.string(), zip_strerror(archive.get())));
  (void)archive.release();
  return {};
}

/// The whole zip in memory, for targets that cannot be renamed over.
Result<void> write_special(const std::filesystem::path& path, std::span<const Entry> entries, bool compress) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_error_fini(&error);
  if (!source) return fail(ErrorCode::kOutOfMemory, "no memory to write " + path.string());
  // The archive owns one reference, this function the other: the bytes are read after the archive is closed.
  zip_source_keep(source);
  struct Release {
    void operator()(zip_source_t* held) const { zip_source_free(held); }
  };
  const std::unique_ptr<zip_source_t, Release> held(source);
  Archive archive(zip_open_from_source(source, ZIP_TRUNCATE, nullptr));
  if (!archive) {
    zip_source_free(source);
    return fail(ErrorCode::kIo, "cannot begin a zip for " + path.string());
  }
  for (const Entry& entry : entries) WHYZERO_TRY(add_entry(archive.get(), entry, compress));
  WHYZERO_TRY(close_archive(std::move(archive), path));
  std::vector<uint8_t> bytes;
  zip_stat_t stat;
  if (zip_source_stat(source, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) || zip_source_open(source) != 0)
    return fail(ErrorCode::kIo, "cannot read back the zip for " + path.string());
  const bool room = ops::try_resize(bytes, static_cast<size_t>(stat.size));
  const bool read = room && zip_source_read(source, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size());
  zip_source_close(source);
  if (!read) return fail(room ? ErrorCode::kIo : ErrorCode::kOutOfMemory, "cannot read back the zip for " + path.string());
  return write_directly(path, bytes);
}

}  // namespace

bool is_special(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) && !std::filesystem::is_directory(status);
}

Result<void> write_directly(const std::filesystem::path& path, std::span<const uint8_t> bytes) {
  std::unique_ptr<std::FILE, Discard> file(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() || std::fflush(file.get()) != 0)
    return fail(ErrorCode::kIo, fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
  return {};
}

Result<std::vector<uint8_t>> padded_strings(const Array& array) {
  std::vector<uint8_t> bytes;
  if (array.dtype != DType::kString) return bytes;
  size_t longest = 1;
  for (const std::string& text : array.strings) longest = std::max(longest, text.size());
  const auto size = checked_mul(longest, array.strings.size());
  if (!size || !ops::try_resize(bytes, *size)) return fail(ErrorCode::kOutOfMemory, "no memory for an array of strings");
  for (size_t k = 0; k < array.strings.size(); ++k)
    std::copy(array.strings[k].begin(), array.strings[k].end(), bytes.begin() + static_cast<std::ptrdiff_t>(k * longest));
  return bytes;
}

Result<Arrays> read_npz(const std::filesystem::path& path, const NpzLimits& limits) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorCode::kNotFound, "cannot open " + path.string() + ": there is no such file");
  // libzip takes an empty file for an archive without entries.
  if (std::filesystem::is_regular_file(path, error) && std::filesystem::file_size(path, error) == 0)
    return fail(ErrorCode::kMalformed, path.string() + " is empty; an .npz file is expected");
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive)
    return fail(code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS ? ErrorCode::kMalformed : ErrorCode::kIo,
                fmt::format("cannot read {} as .npz: {}", path.string(), zip_error_text(code)));
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count < 0 || static_cast<size_t>(count) > limits.arrays)
    return fail(ErrorCode::kOutOfMemory, fmt::format("{} has {} arrays, the limit is {}", path.string(), count, limits.arrays));
  Arrays arrays;
  size_t left = limits.total_bytes;
  for (zip_int64_t k = 0; k < count; ++k) {
    const char* raw = zip_get_name(archive.get(), static_cast<zip_uint64_t>(k), 0);
    if (!raw) return fail(ErrorCode::kMalformed, fmt::format("{}: entry {} has no name", path.string(), k));
    std::string name(raw);
    auto bytes = read_zip_entry(archive.get(), static_cast<uint64_t>(k), "array " + name, std::min(left, limits.array_bytes));
    if (!bytes) return fail(std::move(bytes).error(), path.string());
    left -= bytes->size();
    auto array = parse_npy(*bytes, limits);
    if (!array) return fail(fail(std::move(array).error(), "array " + name).error, path.string());
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    if (!arrays.emplace(name, std::move(*array)).second)
      return fail(ErrorCode::kMalformed, fmt::format("{}: two arrays are named {}", path.string(), name));
  }
  return arrays;
}

Result<void> write_npz(const std::filesystem::path& path, const Arrays& arrays, bool compress) {
  std::vector<Entry> entries(arrays.size());
  size_t k = 0;
  for (const auto& [name, array] : arrays) {
    Entry& entry = entries[k++];
    entry.name = name + ".npy";
    auto header = npy_header(array);
    if (!header) return fail(std::move(header).error(), "array " + name);
    entry.header = std::move(*header);
    WHYZERO_ASSIGN(entry.strings, padded_strings(array));
    entry.data = array.dtype == DType::kString ? std::span<const uint8_t>(entry.strings) : std::span<const uint8_t>(array.data);
  }
  if (entries.empty()) {
    // libzip makes no file for an archive without entries; NumPy's is the end record alone.
    const std::vector<uint8_t> end_record = [] {
      std::vector<uint8_t> bytes(22, 0);
      std::copy_n("PK\5\6", 4, bytes.begin());
      return bytes;
    }();
    return is_special(path) ? write_directly(path, end_record) : write_file(path, end_record);
  }
  if (is_special(path)) return write_special(path, entries, compress);
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  int code = 0;
  // libzip writes to a temporary beside the target and renames it when the archive is closed.
  Archive archive(zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
  if (!archive) return fail(ErrorCode::kIo, fmt::format("cannot write {}: {}", path.string(), zip_error_text(code)));
  for (const Entry& entry : entries) WHYZERO_TRY(add_entry(archive.get(), entry, compress));
  return close_archive(std::move(archive), path);
}

}  // namespace whyzero::trace
