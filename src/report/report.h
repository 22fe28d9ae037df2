// Pure renderers: a diagnosis as text, JSON and what other tools read. Nothing is computed here but its layout.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "evidence/suppression.h"

namespace whyzero::report {

/// What a diagnosis is about, beside what it says.
struct Subject {
  std::string name;                           // the app file or the model, as the user named it
  std::map<std::string, int> lines = {};      // JSON pointer → line of the app file; empty where there is none
  std::vector<evidence::Accepted> stale = {}; // entries of the baseline that fit no finding any more
};

/// The document of docs/schema/diagnosis.schema.json.
nlohmann::json json_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const Subject& subject = {});
/// SARIF 2.1.0.
nlohmann::json sarif_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const Subject& subject);
/// JUnit's XML: a test case for every cause that was found or ruled out.
std::string junit_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const Subject& subject);
/// Workflow commands that GitHub shows beside the lines of a change.
std::string github_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const Subject& subject);
/// One page that needs nothing else.
std::string html_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const Subject& subject);

struct TextOptions {
  bool colour = false;
  Subject subject = {};
  std::string language = "python";  // of the code that is shown; every language where it is not among them
};
std::string text_from_diagnosis(const diagnosis::Diagnosis& diagnosis, const TextOptions& options);

}  // namespace whyzero::report
