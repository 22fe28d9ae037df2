// Writes small inputs for the fuzzers to begin with: OUT/model/*.tflite, OUT/operators/*, OUT/image/*, OUT/npz/*,
// OUT/app/*.json, and copies of fuzz/seeds/.
//   make_seeds OUT PROJECT_FOLDER
#include <png.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/random.h"
#include "model_seeds.h"
#include "ops/registry.h"
#include "trace/npz.h"

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

bool save(const fs::path& path, const Bytes& bytes) {
  auto written = whyzero::write_file(path, bytes);
  if (!written) std::fprintf(stderr, "%s\n", written.error().text().c_str());
  return written.has_value();
}

Bytes png(uint32_t format) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = 5;
  image.height = 3;
  image.format = format;
  Bytes pixels(PNG_IMAGE_SIZE(image)), colormap(PNG_IMAGE_COLORMAP_SIZE(image) + 1024), bytes(4096);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(format & PNG_FORMAT_FLAG_COLORMAP ? i % 4 : i * 37);
  image.colormap_entries = 4;
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, colormap.data())) return {};
  bytes.resize(size);
  return bytes;
}

Bytes bmp() {
  const uint8_t header[] = {'B', 'M', 78, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 24, 0};
  Bytes bytes(54 + 3 * 8);
  std::copy(std::begin(header), std::end(header), bytes.begin());
  for (size_t i = 54; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 11);
  return bytes;
}

/// 2 × 2 pixels of four colours: codes clear, 0, 1, 2, 3, end of three bits each.
Bytes gif() {
  return {'G', 'I', 'F', '8', '9', 'a', 2, 0, 2, 0, 0x91, 0, 0, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0,
          2, 3, 0x44, 0x34, 0x05, 0, 0x3b};
}

bool copy_files(const fs::path& from, const std::string& extension, const fs::path& to, uintmax_t largest, size_t most) {
  size_t copied = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(from, error)) {
    if (entry.path().extension() != extension || entry.file_size() > largest) continue;
    fs::copy_file(entry.path(), to / (std::to_string(copied) + "_" + entry.path().filename().string()), fs::copy_options::overwrite_existing, error);
    if (error) break;
    if (++copied == most) break;
  }
  if (error) std::fprintf(stderr, "%s: %s\n", from.c_str(), error.message().c_str());
  return !error;
}

/// Arrays of some types, alone and zipped.
bool save_arrays(const fs::path& folder) {
  using whyzero::DType;
  whyzero::trace::Arrays arrays;
  arrays["in_0"] = {DType::kFloat32, {1, 3}, Bytes(12, 63), {}};
  arrays["names"] = {DType::kString, {2}, {}, {"one", "three"}};
  arrays["none"] = {DType::kInt64, {2, 0}, {}, {}};
  bool saved = whyzero::trace::write_npz(folder / "stored.npz", arrays).has_value();
  saved = saved && whyzero::trace::write_npz(folder / "packed.npz", arrays, true).has_value();
  for (const auto& [name, array] : arrays) saved = saved && whyzero::trace::write_npy(folder / (name + ".npy"), array).has_value();
  return saved;
}

/// Random bytes that begin with the number of a node and its operator: each operator is the first of some graphs.
bool save_graphs(const fs::path& folder) {
  whyzero::Random random(7);
  for (size_t op = 0; op < whyzero::ops::all_operators().size(); ++op)
    for (int k = 0; k < 4; ++k) {
      Bytes bytes(192);
      std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(random.next()); });
      bytes[0] = static_cast<uint8_t>(k == 3);
      bytes[1] = static_cast<uint8_t>(op);
      bytes[2] = static_cast<uint8_t>(op >> 8);
      if (!save(folder / (std::to_string(op) + "_" + std::to_string(k)), bytes)) return false;
    }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_seeds OUT PROJECT_FOLDER\n");
    return 2;
  }
  const fs::path out = argv[1], project = argv[2];
  std::error_code error;
  fs::remove_all(out, error);
  for (const char* folder : {"model", "operators", "image", "npz", "app", "calls", "dump", "csv"}) fs::create_directories(out / folder, error);

  std::vector<std::pair<std::string, Bytes>> files = {
      {"image/gray.png", png(PNG_FORMAT_GRAY)}, {"image/rgb.png", png(PNG_FORMAT_RGB)}, {"image/rgba.png", png(PNG_FORMAT_RGBA)},
      {"image/palette.png", png(PNG_FORMAT_RGB_COLORMAP)}, {"image/deep.png", png(PNG_FORMAT_LINEAR_RGB)},
      {"image/a.bmp", bmp()}, {"image/a.gif", gif()}};
  for (auto& [name, bytes] : whyzero::fuzz::model_seeds()) files.emplace_back("model/" + name + ".tflite", std::move(bytes));
  for (const auto& [name, bytes] : files)
    if (!save(out / name, bytes)) return 1;
  if (!save_arrays(out / "npz") || !save_graphs(out / "operators")) return 1;
  const bool copied = copy_files(project / "examples", ".jpg", out / "image", 16384, 4) &&
                      copy_files(project / "examples", ".json", out / "app", 8192, 16) &&
                      copy_files(project / "fuzz/seeds/app", ".json", out / "app", 8192, 100) &&
                      copy_files(project / "fuzz/seeds/calls", ".jsonl", out / "calls", 8192, 100) &&
                      copy_files(project / "fuzz/seeds/dump", ".log", out / "dump", 8192, 100) &&
                      copy_files(project / "fuzz/seeds/csv", ".csv", out / "csv", 4096, 100);
  return copied ? 0 : 1;
}
