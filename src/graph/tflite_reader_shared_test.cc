// Reader on real files: sound models are sound, cut and hostile ones are told.
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/file.h"
#include "graph/test_support.h"
#include "graph/tflite_reader.h"

namespace whyzero::graph {
namespace {

std::vector<std::filesystem::path> models_in(const char* folder) {
  std::vector<std::filesystem::path> out;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(WHYZERO_SHARED_DATA) / folder, none))
    if (entry.path().extension() == ".tflite") out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

TEST(TfliteReaderShared, RealModelsAreSound) {
  // The official runtime aborts on this one: a node reads a tensor that nothing provides.
  const std::set<std::string> broken = {"blockwise_quantized_77cb85"};
  size_t count = 0;
  for (const char* folder : {"zoo", "models"}) {
    const auto paths = models_in(folder);
    if (paths.empty()) GTEST_SKIP() << "no shared models at " << WHYZERO_SHARED_DATA;
    for (const auto& path : paths) {
      const auto reading = read_tflite(path);
      ASSERT_TRUE(reading) << path;
      if (broken.contains(path.stem().string())) continue;
      EXPECT_TRUE(reading->defects.empty()) << path << ": " << reading->defects[0].message;
      EXPECT_NE(reading->model, nullptr) << path;
      ++count;
    }
  }
  EXPECT_GE(count, 200u);
}

TEST(TfliteReaderShared, OperatorCasesAreSound) {
  const auto paths = models_in("conformance/ops");
  if (paths.empty()) GTEST_SKIP() << "no operator cases at " << WHYZERO_SHARED_DATA;
  for (const auto& path : paths) {
    const auto reading = read_tflite(path);
    ASSERT_TRUE(reading) << path;
    EXPECT_TRUE(reading->defects.empty()) << path << ": " << reading->defects[0].message;
  }
}

TEST(TfliteReaderShared, RealModelsCutInHalfAreToldSo) {
  const auto paths = models_in("models");
  if (paths.empty()) GTEST_SKIP() << "no shared models at " << WHYZERO_SHARED_DATA;
  for (const auto& path : paths) {
    auto bytes = read_file(path);
    ASSERT_TRUE(bytes) << path;
    for (size_t percent : {50, 99}) {
      std::vector<uint8_t> cut(bytes->begin(), bytes->begin() + static_cast<ptrdiff_t>(bytes->size() * percent / 100));
      const Reading reading = read_tflite(std::make_shared<const std::vector<uint8_t>>(std::move(cut)));
      if (percent == 99 && reading.model) continue;  // only an appended zip was lost
      ASSERT_FALSE(reading.defects.empty()) << path << " " << percent;
      EXPECT_EQ(reading.defects[0].code, "F002") << path << " at " << percent << " %: " << reading.defects[0].message;
    }
  }
}

TEST(TfliteReaderShared, HostileFilesNeverCrash) {
  const auto paths = models_in("conformance/bad");
  if (paths.empty()) GTEST_SKIP() << "no hostile files at " << WHYZERO_SHARED_DATA;
  const auto text = read_text(std::filesystem::path(WHYZERO_SHARED_DATA) / "conformance/bad/index.json");
  ASSERT_TRUE(text);
  const auto index = nlohmann::json::parse(*text, nullptr, false);
  ASSERT_TRUE(index.is_array());
  std::map<std::string, nlohmann::json> entries;
  for (const auto& entry : index) entries[entry["name"]] = entry;
  size_t refused_at_load = 0, told = 0;
  // Refused for reasons that are not the file's: an operator or version that the runtime lacks.
  const std::set<std::string> not_the_file = {"unknown_opcode", "op_version_99", "broadcast_to_bad", "segment_neg",
                                              "segment_unsorted"};
  // Impossible quantization is the validator's.
  const auto validator = [](const std::string& name) { return name.starts_with("perchannel") || name.starts_with("quant_"); };
  for (const auto& path : paths) {
    const std::string name = path.stem().string();
    const auto reading = read_tflite(path);
    ASSERT_TRUE(reading) << name;
    EXPECT_TRUE(reading->model || !reading->defects.empty()) << name;
    const auto& official = entries[name]["litert_ref"];
    if (official["stage"] != "load" || official["outcome"] == "accepts" || not_the_file.contains(name) || validator(name))
      continue;
    ++refused_at_load;
    told += !reading->defects.empty();
    EXPECT_FALSE(reading->defects.empty()) << name << ": " << official.dump();
  }
  EXPECT_GE(told, 45u);
  EXPECT_EQ(told, refused_at_load);
}

}  // namespace
}  // namespace whyzero::graph
