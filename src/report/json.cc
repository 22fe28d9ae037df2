// JSON of a diagnosis: the keys of the published schema.
#include <cmath>

#include "report/report.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using diagnosis::Measure;
using evidence::Finding;
using nlohmann::json;

json number(const std::optional<double>& value) { return value && std::isfinite(*value) ? json(*value) : json(nullptr); }

json json_from_evidence(const evidence::Measured& m) {
  json e;
  if (!m.metric.empty()) e = {{"metric", m.metric}, {"before", number(m.before)}, {"after", number(m.after)}, {"samples", m.samples}};
  if (m.p_value) e["p_value"] = *m.p_value;
  if (m.p_mcnemar) e["p_mcnemar"] = *m.p_mcnemar;
  if (!m.text.empty()) e["text"] = m.text;
  return e;
}

json json_from_fix(const evidence::Fix& fix) {
  json f = {{"safety", evidence::safety_name(fix.safety)}, {"verified", fix.verified}, {"patch", fix.patch}};
  if (fix.code.is_object()) f["code"] = fix.code;
  if (!fix.rejected_by.empty()) f["rejected_by"] = fix.rejected_by;
  if (!fix.model_file.empty()) f["model"] = fix.model_file.string();
  return f;
}

json json_from_finding(const Finding& finding) {
  json f = {{"code", finding.code},
            {"name", finding.name},
            {"severity", evidence::severity_name(finding.severity)},
            {"rank", finding.rank},
            {"confidence", finding.confidence},
            {"proof", evidence::proof_name(finding.proof)},
            {"message", finding.message},
            {"alternatives", finding.alternatives},
            {"evidence", json::array()}};
  json where = json::object();
  if (!finding.where.stage.empty()) where["stage"] = finding.where.stage;
  if (!finding.where.pointer.empty()) where["pointer"] = finding.where.pointer;
  if (finding.where.tensor >= 0) where["tensor"] = finding.where.tensor;
  if (finding.where.node >= 0) where["node"] = finding.where.node;
  if (!finding.where.line.empty()) where["line"] = finding.where.line;
  f["where"] = where;
  for (const evidence::Measured& m : finding.evidence) f["evidence"].push_back(json_from_evidence(m));
  f["fix"] = finding.fix ? json_from_fix(*finding.fix) : json(nullptr);
  if (!finding.suppressed_by.empty()) f["suppressed_by"] = finding.suppressed_by;
  return f;
}

}  // namespace

json json_from_diagnosis(const Diagnosis& d, const Subject& subject) {
  json document = {{"schema", "whyzero/diagnosis/1"},
                   {"tool", {{"name", "whyzero"}, {"version", WHYZERO_VERSION}}},
                   {"model", {{"path", d.model.string()}, {"sha256", d.sha256}}},
                   {"verdict", diagnosis::verdict_name(d.verdict)},
                   {"measured", nullptr},
                   {"findings", json::array()},
                   {"after_fixes", nullptr},
                   {"ruled_out", json::array()},
                   {"tried", d.tried},
                   {"seconds", d.seconds}};
  if (d.measured) {
    document["measured"] = {{"metric", d.measured->metric}, {"samples", d.measured->samples}, {"as_deployed", number(d.measured->value)}};
    if (d.measured->interval) document["measured"]["interval"] = {d.measured->interval->first, d.measured->interval->second};
  }
  if (d.after_fixes)
    document["after_fixes"] = {{"metric", d.after_fixes->metric}, {"samples", d.after_fixes->samples}, {"value", number(d.after_fixes->value)}};
  if (!d.needs.empty()) document["needs"] = d.needs;
  if (d.lead) document["lead"] = *d.lead;
  for (const Finding& finding : d.findings) document["findings"].push_back(json_from_finding(finding));
  for (const evidence::Accepted& one : subject.stale) document["stale"].push_back({{"code", one.code}, {"place", one.place}});
  for (const diagnosis::RuledOut& out : d.ruled_out) document["ruled_out"].push_back({{"code", out.code}, {"why", out.why}});
  if (d.coverage) {
    json skipped = json::array();
    for (const runtime::Skipped& one : d.coverage->skipped)
      skipped.push_back({{"node", one.node}, {"operator", one.op_name}, {"why", one.error.message}});
    document["coverage"] = {{"operators", d.coverage->operators}, {"run", d.coverage->run}, {"skipped", skipped}};
  }
  return document;
}

}  // namespace whyzero::report
