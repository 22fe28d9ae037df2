// The reference kernels against every recorded operator case whose operators we have.
#include "support/conformance.h"
#include "support/litert.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

namespace whyzero::ops {
namespace {

/// Recorded values that are no result: memory that the official kernel reads past the end or never writes.
const std::map<std::string, std::string> kNoResult = {
    {"conv_2d_i16_01_2x7x6x2_k3x2_oc3_s22_d11_same_relu_per_chann", "an int32 bias is read as int64, past its end"},
    {"conv_2d_i16_05_1x10x7x3_k2x3_oc5_s11_d32_valid_none_per_cha", "an int32 bias is read as int64, past its end"},
    {"conv_2d_i16_09_2x3x3x16_k3x3_oc9_s11_d11_valid_none_per_cha", "an int32 bias is read as int64, past its end"},
    {"div_i16_00_no_quantization_2x3_3", "no kernel for int16: the output is not written"},
    {"not_equal_i16_01_scalar_3", "no kernel for int16: the output is not written"},
    {"not_equal_i16_03_1_1", "no kernel for int16: the output is not written"},
    {"div_i8_14_no_quantization_2x3_3", "divides scales that are not there"},
    {"div_u8_07_no_quantization_2x3_3", "divides scales that are not there"},
    {"mul_i8_14_no_quantization_2x3_3", "divides scales that are not there"},
    {"fully_connected_i8_09_int8_in_int16_out", "values without relation to the input"},
    {"cv_unary_i8_00_full_int8", "LEAKY_RELU of the optimised kernel only, which rounds otherwise"},
    {"cv_transposeconv_v_f32_00_float32", "a bias of one element is read as five, past its end"},
    {"cv_transposeconv_v_dyn_00_dynamic_range_int8_weights", "a bias of one element is read as five, past its end"},
    {"exp_f16_00_2x5_plain_f16", "a coarse approximation that only the optimised kernel has"},
    {"exp_f16_01_3x1x4_plain_f16", "a coarse approximation that only the optimised kernel has"},
};

TEST(OperatorCasesShared, ReferenceKernelsGiveTheRecordedOutputs) {
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "conformance" / "ops";
  const auto cases = conformance::read_cases(folder);
  if (cases.empty()) GTEST_SKIP() << "no recorded cases in " << folder;
  // What docs/ops.md is written from, by tools/make_ops_doc.py.
  nlohmann::json table;
  int run = 0;
  for (const auto& c : cases) {
    auto& row = table[c.op][c.types];
    const auto count = [](nlohmann::json& counter) { counter = counter.is_null() ? 1 : counter.get<int>() + 1; };
    const auto leave = [&](const std::string& why) { count(row["left"][why]); };
    if (const auto reason = kNoResult.find(c.name); reason != kNoResult.end()) {
      leave(reason->second);
      continue;
    }
    const auto outcome = conformance::run_case(folder, c, runtime::Kernels::kReference);
    if (!outcome.had) {
      leave("another operator of the model is missing");
      continue;
    }
    ++run;
    count(row["run"]);
    if (outcome.failure.empty()) count(row["passed"]);
    for (const std::string& kernel : conformance::fast_kernels(folder, c)) row["fast"][kernel] = true;
    EXPECT_EQ(outcome.failure, "") << c.name;
  }
  RecordProperty("table", table.dump());
  EXPECT_GT(run, 1500);
}

/// The official runtime through the same door must give what it was recorded to give, to the bit for integers: it proves the adapter
/// and the cases.
TEST(OperatorCasesShared, LiteRtGivesItsRecordedOutputs) {
  std::string why;
  const auto litert = litert_of_tests(why);
  if (!litert) GTEST_SKIP() << why;
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "conformance" / "ops";
  auto cases = conformance::read_cases(folder);
  if (cases.empty()) GTEST_SKIP() << "no recorded cases in " << folder;
  int passed = 0, refused = 0, run = 0;
  for (auto& c : cases) {
    // On some processors the library's LOG gives 88.8 for NaN and infinity.
    if (kNoResult.contains(c.name) || c.name.starts_with("log_f32_07_special_values")) continue;
    c.optimized_first = true;
    c.either = false;
    const auto outcome = conformance::run_case(folder, c, litert);
    if (!outcome.had) continue;
    ++run;
    passed += outcome.failure.empty();
    if (outcome.failure.empty()) continue;
    const bool told = outcome.failure.find("LiteRT") != std::string::npos;
    refused += told;
    EXPECT_TRUE(told) << c.name << ": " << outcome.failure;
  }
  RecordProperty("passed", passed);
  RecordProperty("refused", refused);
  EXPECT_GT(run, 1500);
  EXPECT_GT(passed, run * 8 / 10) << "what is refused: strings, variable tensors, tensors without elements, shapes known only while running";
}

/// Whole models, among them the only ones with TFLite_Detection_PostProcess.
TEST(RealModelsShared, ReferenceKernelsGiveTheRecordedOutputs) {
  const std::filesystem::path folder = std::filesystem::path(WHYZERO_SHARED_DATA) / "models";
  std::error_code error;
  int run = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".tflite") continue;
    conformance::Case c;
    c.name = entry.path().stem().string();
    c.slack = 2e-5;  // float kernels that sum in another order, on outputs up to a few tens
    const auto outcome = conformance::run_case(folder, c, runtime::Kernels::kReference);
    if (!outcome.had) continue;
    ++run;
    EXPECT_EQ(outcome.failure, "") << c.name;
  }
  if (run == 0) GTEST_SKIP() << "no recorded models in " << folder;
  EXPECT_GE(run, 40);
}

}  // namespace
}  // namespace whyzero::ops
