// Whole apps: the figures that the recorded oracle run (Pillow, OpenCV, NumPy, the official runtime) has for the shared cases.
#include "app/evaluate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/file.h"
#include "graph/tflite_reader.h"

namespace whyzero::app {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

Result<Evaluation> evaluate_file(const fs::path& path) {
  WHYZERO_ASSIGN(const App app, load_app(path));
  WHYZERO_ASSIGN(auto reading, graph::read_tflite(app.model));
  if (!reading.model) return fail(ErrorCode::kMalformed, "no model");
  return evaluate(app, reading.model, {.threads = 2});
}

bool is_model_error(ErrorCode code) {
  return code == ErrorCode::kMalformed || code == ErrorCode::kUnsupported || code == ErrorCode::kQuantizationMissing ||
         code == ErrorCode::kQuantizationInvalid;
}

void expect_refusal(const std::string& name, const json& expected, const Result<Evaluation>& got) {
  const std::string kind = expected.value("kind", "");
  ASSERT_FALSE(got) << name << " ran, although the official runtime refuses it (" << kind << ")";
  const ErrorCode code = got.error().code;
  EXPECT_TRUE(kind == "shape"   ? code == ErrorCode::kShapeMismatch
              : kind == "dtype" ? code == ErrorCode::kDtypeMismatch
                                : is_model_error(code))
      << name << ": " << got.error().text();
}

/// The answers were recorded with XNNPACK. On these quantized models it decides otherwise than the official runtime's own
/// kernels, which whyzero follows; the values are what the official runtime gives without XNNPACK.
const std::map<std::string, double> kWithoutXnnpack = {
    {"mnq-100-default", 0.03},  {"mnq-100-sensitive", 0.36},   {"mnq-100-wide", 0.38},        {"mnq-200-view", 0.23},
    {"signs-desk-worse", 0.41}, {"signs-q-100-outlier", 0.41}, {"signs-q-100-rawcalib", 0.23}};

/// One sample may fall on the other side of a near-tie; integer models of numbers move by a step.
double tolerance_of(const Evaluation& evaluation, double expected) {
  if (evaluation.scored.metric == Metric::kTop1) return 1.01 / evaluation.scored.samples;
  return 1e-3 * std::max(1.0, std::fabs(expected));
}

TEST(EvaluateShared, AgreesWithTheOracle) {
  const fs::path cases = fs::path(WHYZERO_SHARED_DATA) / "cases";
  if (!fs::exists(cases)) GTEST_SKIP() << "no shared data at " << cases;
  int agreeing = 0, exact = 0;
  for (const auto& entry : fs::directory_iterator(cases)) {
    if (!fs::exists(entry.path() / "app.json")) continue;
    const std::string name = entry.path().filename();
    const auto text = read_text(entry.path() / "answer.json");
    ASSERT_TRUE(text);
    const json answer = json::parse(*text, nullptr, false);
    const auto got = evaluate_file(entry.path() / "app.json");
    if (answer.contains("cannot_run") && !answer["cannot_run"].is_null()) {
      expect_refusal(name, answer["cannot_run"], got);
      continue;
    }
    if (!got) {
      ADD_FAILURE() << name << ": " << got.error().text();
      continue;
    }
    if (!answer.contains("value_as_deployed") || !answer["value_as_deployed"].is_number() || !got->scored.value) continue;
    const auto own = kWithoutXnnpack.find(name);
    const double expected = own != kWithoutXnnpack.end() ? own->second : answer["value_as_deployed"].get<double>();
    EXPECT_NEAR(*got->scored.value, expected, tolerance_of(*got, expected)) << name;
    ++agreeing;
    exact += std::fabs(*got->scored.value - expected) < 1e-9;
  }
  EXPECT_GT(agreeing, 100);
  RecordProperty("compared", agreeing);
  RecordProperty("equal", exact);
}

}  // namespace
}  // namespace whyzero::app
