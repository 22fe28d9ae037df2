// A diagnosis as a colleague would say it: the verdict, the proof, what to change, what was ruled out.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "report/report.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using evidence::Finding;
using evidence::Severity;

constexpr size_t kWidth = 100;
constexpr std::string_view kIndent = "  ";

/// Words broken into lines that begin with `indent`.
std::string wrapped(const std::string& text, std::string_view indent) {
  std::string result, line(indent);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > kWidth) {
      result += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return result + line + "\n";
}

class Writer {
 public:
  explicit Writer(bool colour) : colour_(colour) {}
  std::string text;

  std::string painted(const char* code, const std::string& words) const { return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, words) : words; }
  void row(std::string_view label, const std::string& words) {
    const std::string lines = wrapped(words, "            ");
    text += fmt::format("  {:<9} {}", label, lines.substr(12));
  }

 private:
  bool colour_;
};

/// Code of several lines begins below its label, so that it can be copied.
std::string on_lines_of_their_own(const std::string& code) {
  if (code.find('\n') == std::string::npos) return code;
  std::string text;
  for (size_t begin = 0; begin <= code.size();) {
    const size_t end = std::min(code.find('\n', begin), code.size());
    text += "\n" + std::string(12, ' ') + code.substr(begin, end - begin);
    begin = end + 1;
  }
  return text;
}

void write_finding(Writer& out, const Finding& f, const diagnosis::MendedModel& mended) {
  const char* colour = f.severity == Severity::kError ? "1;31" : f.severity == Severity::kWarning ? "1;33" : "36";
  out.text += fmt::format("{} {} {} (confidence {:.0f} %, proof: {})\n", out.painted(colour, evidence::severity_name(f.severity)), f.code, f.name,
                          100 * f.confidence, evidence::proof_name(f.proof));
  out.text += wrapped(f.message, kIndent);
  if (!f.where.line.empty()) out.row("At", f.where.line);
  for (const evidence::Measured& m : f.evidence) {
    if (m.metric.empty()) {
      out.row("Proof", m.text);
      continue;
    }
    std::string proof = fmt::format("{} {} -> {} on {} samples", m.metric, metric_text(m.metric, m.before), metric_text(m.metric, m.after), m.samples);
    if (m.p_value) proof += fmt::format("; sign-flip max-T {}", p_text(*m.p_value));
    if (m.p_mcnemar) proof += fmt::format(", McNemar {}", p_text(*m.p_mcnemar));
    if (!m.text.empty()) proof += "; " + m.text;
    out.row("Proof", proof);
  }
  if (!f.alternatives.empty()) out.row("Or", fmt::format("{}", fmt::join(f.alternatives, ", ")));
  if (f.fix && f.code == mended.code && mended.bytes)
    out.row("Model", mended.path.empty() ? "a mended model can be written: run again with --output FOLDER" : mended.path.string());
  if (f.fix && !f.fix->patch.empty()) {
    std::string label = "Patch";
    for (const auto& operation : f.fix->patch) {
      out.text += fmt::format("  {:<9} {}\n", label, operation.dump());
      label.clear();
    }
    if (f.fix->verified) out.row("Verified", "the mended app file was read afresh and run on all samples; the reference kernels decide alike");
    else if (!f.fix->rejected_by.empty()) out.row("Rejected", f.fix->rejected_by);
  }
  if (f.fix && f.fix->code.is_object())
    for (const auto& [language, snippet] : f.fix->code.items())
      if (snippet.is_string()) out.text += fmt::format("  {:<9} {}: {}\n", "Write", language, on_lines_of_their_own(snippet.get<std::string>()));
  out.text += "\n";
}

std::string top_predictions(const Diagnosis& d) {
  std::vector<std::pair<std::string, int>> counts(d.predictions.begin(), d.predictions.end());
  std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < counts.size() && i < 4; ++i) text += fmt::format("{}{} {}", i ? ", " : "", counts[i].first, counts[i].second);
  return text + (counts.size() > 4 ? fmt::format(" and {} more", counts.size() - 4) : "");
}

}  // namespace

std::string metric_text(const std::string& metric, const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return "-";
  return metric == "top1" ? fmt::format("{:.1f} %", 100 * *value) : fmt::format("{:.4g}", *value);
}

std::string p_text(double p) { return p < 1e-12 ? "p < 1e-12" : fmt::format("p = {:.2g}", p); }

std::string text_from_diagnosis(const Diagnosis& d, const TextOptions& options) {
  Writer out(options.colour);
  const char* colour = d.verdict == diagnosis::Verdict::kFault ? "1;31" : d.verdict == diagnosis::Verdict::kHealthy ? "1;32" : "1;33";
  out.text += fmt::format("{}: {}\n", options.subject, out.painted(colour, diagnosis::verdict_name(d.verdict)));
  if (d.measured && d.measured->samples > 0) {
    std::string symptom = d.measured->value ? fmt::format("As deployed: {} {} of {} samples", d.measured->metric, metric_text(d.measured->metric, d.measured->value), d.measured->samples)
                                            : fmt::format("As deployed: {} samples without truth", d.measured->samples);
    if (d.measured->interval) symptom += fmt::format(" (95 % interval {:.1f} to {:.1f} %)", 100 * d.measured->interval->first, 100 * d.measured->interval->second);
    if (!d.predictions.empty()) symptom += "; it answers " + top_predictions(d);
    out.text += wrapped(symptom + ".", "");
  }
  out.text += "\n";
  for (const Finding& finding : d.findings) write_finding(out, finding, d.mended_model);
  if (d.after_fixes)
    out.text += wrapped(fmt::format("With all fixes: {} {} of {} samples.", d.after_fixes->metric, metric_text(d.after_fixes->metric, d.after_fixes->value),
                                    d.after_fixes->samples), "");
  if (d.lead && d.verdict == diagnosis::Verdict::kUndetermined) out.text += wrapped("Best lead: " + *d.lead + ".", "");
  for (const std::string& need : d.needs) out.text += wrapped("What would settle it: " + need + ".", "");
  if (!d.ruled_out.empty()) {
    out.text += fmt::format("Ruled out ({} variants of the app were compared):\n", d.tried);
    for (const diagnosis::RuledOut& one : d.ruled_out) out.row(one.code, one.why);
  }
  if (d.coverage && d.coverage->run < d.coverage->operators)
    out.text += fmt::format("Only {} of {} operators could be run.\n", d.coverage->run, d.coverage->operators);
  out.text += fmt::format("{:.1f} s\n", d.seconds);
  return out.text;
}

}  // namespace whyzero::report
