// Pure renderers: a diagnosis as text or JSON. Nothing is computed here but its layout.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "diagnosis/diagnosis.h"

namespace whyzero::report {

/// The document of docs/schema/diagnosis.schema.json.
nlohmann::json json_from_diagnosis(const diagnosis::Diagnosis& diagnosis);

struct TextOptions {
  bool colour = false;
  std::string subject;  // what was diagnosed, as the user named it
};
std::string text_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const TextOptions& options);

/// "91.7 %" for shares, plain numbers for the rest; "-" where there is none.
std::string metric_text(const std::string& metric, const std::optional<double>& value);
/// "p < 1e-9", "p = 0.00031".
std::string p_text(double p);

}  // namespace whyzero::report
