// What a diagnosis says: findings with their proof and their mend, as values that renderers only print.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace whyzero::evidence {

enum class Severity { kError, kWarning, kNote };
enum class Proof { kBytes, kFile, kStatic, kTensor, kCalls, kRun, kExperiment, kStatistics, kRetraining };
enum class Safety { kSafe, kUnsafe, kDisplay };

const char* severity_name(Severity severity);
const char* proof_name(Proof proof);
const char* safety_name(Safety safety);

struct Where {
  std::string stage;    // "file", "model", "input.pipeline", "output", "labels"
  std::string pointer;  // into the app file
  int tensor = -1, node = -1;
  std::string line = {};  // of the user's own source, "app.py:31"
};

/// One measured comparison: the metric as it was and with the change.
struct Measured {
  std::string metric;
  std::optional<double> before, after;
  int samples = 0;
  std::optional<double> p_value, p_mcnemar;
  std::string text;  // what the numbers do not say
};

struct Fix {
  Safety safety = Safety::kSafe;
  nlohmann::json patch = nlohmann::json::array();  // RFC 6902, presumes the patches of all better ranks
  bool verified = false;
  nlohmann::json code = nullptr;  // what to write in the app itself, by language: {"python": "…"}
  std::string rejected_by;  // the gate that stopped it; empty where none did
  std::shared_ptr<const std::vector<uint8_t>> model;  // where the mend is in the model: its new bytes; null: the app keeps its model
  std::filesystem::path model_file;                   // once they are written
};

struct Finding {
  std::string code, name;
  Severity severity = Severity::kError;
  int rank = 0;               // given when all findings are known
  double confidence = 1;
  Proof proof = Proof::kExperiment;
  Where where;
  std::string message;
  std::vector<std::string> alternatives;
  std::vector<Measured> evidence;
  std::optional<Fix> fix;
  std::string suppressed_by;  // "baseline" or "ignore" where somebody accepted it: then it is told and not counted
};

}  // namespace whyzero::evidence
