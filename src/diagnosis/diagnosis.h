// A whole diagnosis as a value: what `whyzero diagnose` found, proved and mended. Renderers only print it.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evidence/finding.h"
#include "runtime/interpreter.h"
#include "whyzero/result.h"

namespace whyzero::diagnosis {

enum class Verdict { kFault, kHealthy, kUndetermined };
const char* verdict_name(Verdict verdict);

struct Measure {
  std::string metric;
  int samples = 0;
  std::optional<double> value;
  std::optional<std::pair<double, double>> interval;  // 95 %, for shares
};

struct RuledOut {
  std::string code, why;
};

struct Diagnosis {
  std::filesystem::path model;
  std::string sha256;
  Verdict verdict = Verdict::kUndetermined;
  std::vector<std::string> needs;              // what would settle an undetermined verdict
  std::optional<Measure> measured;             // as deployed
  std::optional<Measure> after_fixes;
  std::vector<evidence::Finding> findings;     // by rank
  std::vector<RuledOut> ruled_out;
  std::optional<std::string> lead;             // the best alternative where none was proven
  std::optional<runtime::Coverage> coverage;
  std::map<std::string, int> predictions;      // as deployed, label → count
  int tried = 0;                               // variants compared
  double seconds = 0;
  nlohmann::json mended;                       // the app document with all patches; null where there is none
  std::filesystem::path base;                  // folder that its paths are relative to
};

}  // namespace whyzero::diagnosis
