// SARIF 2.1.0, for code scanning and editors: one run, a rule for each cause that was found, a result for each finding.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

#include "report/words.h"
#include "rules/rule.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using evidence::Finding;
using nlohmann::json;

json rule_of(const Finding& finding) {
  json rule = {{"id", finding.code}, {"name", finding.name}};
  if (const rules::Rule* known = rules::find_rule(finding.code)) {
    rule["shortDescription"] = {{"text", known->summary}};
    rule["help"] = {{"text", known->documentation}, {"markdown", known->documentation}};
  }
  return rule;
}

/// A path as a URI reference: what RFC 3986 keeps for itself is written as bytes.
std::string uri_of(const std::string& path) {
  std::string uri;
  for (const unsigned char c : clean(path))
    uri += std::isalnum(c) || std::string_view("-._~/!$&'()*+,;=@").find(static_cast<char>(c)) != std::string_view::npos ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return uri;
}

json location_of(const Place& place, const Finding& finding) {
  json physical = {{"artifactLocation", {{"uri", uri_of(place.file)}}}};
  if (place.line > 0) physical["region"] = {{"startLine", place.line}};
  json location = {{"physicalLocation", physical}};
  if (!finding.where.stage.empty()) {
    const std::string inside = finding.where.node >= 0 ? fmt::format("node {}", finding.where.node)
                               : finding.where.tensor >= 0 ? fmt::format("tensor {}", finding.where.tensor)
                                                           : finding.where.pointer;
    location["logicalLocations"] = json::array({{{"name", finding.where.stage}, {"fullyQualifiedName", finding.where.stage + (inside.empty() ? "" : " " + inside)}}});
  }
  return location;
}

std::string message_of(const Finding& finding) {
  std::string text = finding.message;
  for (const evidence::Measured& m : finding.evidence) text += "\n" + evidence_text(m) + ".";
  if (!finding.fix) return clean(text);
  if (const Outcome outcome = outcome_of(*finding.fix); !outcome.text.empty()) text += "\n" + outcome.label + ": " + outcome.text + ".";
  return clean(text);
}

json result_of(const Finding& finding, int rule, const Diagnosis& d, const Subject& subject) {
  json properties = {{"confidence", finding.confidence}, {"proof", evidence::proof_name(finding.proof)}, {"rank", finding.rank}, {"alternatives", finding.alternatives}};
  if (finding.fix) {
    properties["verified"] = finding.fix->verified;
    properties["patch"] = finding.fix->patch;
  }
  json result = {{"ruleId", finding.code},
                 {"ruleIndex", rule},
                 {"kind", "fail"},
                 {"level", evidence::severity_name(finding.severity)},
                 {"message", {{"text", message_of(finding)}}},
                 {"locations", json::array({location_of(place_of(finding, d, subject), finding)})},
                 {"partialFingerprints", {{"whyzeroPlace/v1", finding.code + " " + clean(evidence::place_of(finding))}}},
                 {"properties", properties}};
  if (!finding.suppressed_by.empty())
    result["suppressions"] = json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", finding.suppressed_by}}});
  return result;
}

}  // namespace

json sarif_from_diagnosis(const Diagnosis& d, const Subject& subject) {
  json rules = json::array(), results = json::array(), notifications = json::array();
  std::map<std::string, int> index;
  for (const Finding& finding : d.findings) {
    const auto [known, fresh] = index.try_emplace(finding.code, static_cast<int>(rules.size()));
    if (fresh) rules.push_back(rule_of(finding));
    results.push_back(result_of(finding, known->second, d, subject));
  }
  const auto notify = [&](const char* level, const std::string& text) { notifications.push_back({{"level", level}, {"message", {{"text", clean(text)}}}}); };
  for (const std::string& need : d.needs) notify("warning", "Undetermined. What would settle it: " + need + ".");
  for (const evidence::Accepted& one : subject.stale)
    notify("warning", fmt::format("The baseline accepts {} at {}, which is not there any more.", one.code, one.place));
  json run = {{"tool", {{"driver", {{"name", "whyzero"}, {"version", WHYZERO_VERSION}, {"semanticVersion", WHYZERO_VERSION}, {"rules", rules}}}}},
              {"results", results},
              {"invocations", json::array({{{"executionSuccessful", true}, {"toolExecutionNotifications", notifications}}})},
              {"properties", {{"verdict", diagnosis::verdict_name(d.verdict)}, {"symptom", clean(symptom_text(d))}, {"modelSha256", d.sha256}}}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", json::array({run})}};
}

}  // namespace whyzero::report
