// A diagnosis as a colleague would say it: the verdict, the proof, what to change, what was ruled out.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "report/words.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using evidence::Finding;
using evidence::Fix;
using evidence::Severity;
using nlohmann::json;

constexpr size_t kWidth = 100;
constexpr std::string_view kIndent = "  ", kDeep = "            ";

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
  explicit Writer(const TextOptions& options) : options_(options) {}
  std::string text;

  std::string painted(const char* code, const std::string& words) const {
    return options_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, words) : words;
  }
  void row(std::string_view label, const std::string& words) {
    text += fmt::format("  {:<9} {}", label, wrapped(words, kDeep).substr(kDeep.size()));
  }
  void finding(const Finding& f);

 private:
  void patch(const json& operations);
  void code(const json& by_language);
  const TextOptions& options_;
};

void Writer::patch(const json& operations) {
  std::string_view label = "Change";
  if (const auto list = reordered(operations)) {
    text += fmt::format("  {:<9} {}: put these {} in this order\n", label, list->pointer, list->entries.size());
    text += wrapped(fmt::format("{}", fmt::join(list->entries, ", ")), kDeep);
    return;
  }
  for (const Change& change : changes_of(operations)) {
    if (change.before.empty())
      text += fmt::format("  {:<9} {}: add {}\n", label, change.pointer, change.after);
    else if (change.after.empty())
      text += fmt::format("  {:<9} {}: leave out {}\n", label, change.pointer, change.before);
    else
      text += fmt::format("  {:<9} {}: in place of {}\n{}put {}\n", label, change.pointer, change.before, kDeep, change.after);
    label = "";
  }
}

/// Code of several lines begins below its label, so that it can be copied.
void Writer::code(const json& by_language) {
  const bool one = by_language.contains(options_.language);
  for (const auto& [language, value] : by_language.items()) {
    if (!value.is_string() || (one && language != options_.language)) continue;
    const std::string& snippet = value.get_ref<const std::string&>();
    text += fmt::format("  {:<9} {}:", "Write", language);
    if (snippet.find('\n') == std::string::npos) {
      text += " " + snippet + "\n";
      continue;
    }
    std::istringstream lines(snippet);
    text += "\n";
    for (std::string line; std::getline(lines, line);) text += line.empty() ? "\n" : fmt::format("{}{}\n", kDeep, line);
  }
  if (one && by_language.size() > 1) {
    std::string others;
    for (const auto& [language, ignored] : by_language.items())
      if (language != options_.language) others += (others.empty() ? "--code " : ", --code ") + language;
    text += fmt::format("{}(the same in another language: {})\n", kDeep, others);
  }
}

void Writer::finding(const Finding& f) {
  const char* colour = f.severity == Severity::kError ? "1;31" : f.severity == Severity::kWarning ? "1;33" : "36";
  text += fmt::format("{} {} {} (confidence {:.0f} %, proof: {})\n", painted(colour, evidence::severity_name(f.severity)), f.code, f.name, 100 * f.confidence,
                      evidence::proof_name(f.proof));
  text += wrapped(f.message, kIndent);
  if (!f.where.line.empty()) row("At", f.where.line);
  for (const evidence::Measured& m : f.evidence) row("Proof", evidence_text(m));
  if (!f.alternatives.empty()) row("Or", fmt::format("{}", fmt::join(f.alternatives, ", ")));
  if (f.fix) {
    if (f.fix->model)
      row("Model", f.fix->model_file.empty() ? "a mended model can be written: run again with --output FOLDER" : f.fix->model_file.string());
    patch(f.fix->patch);
    if (f.fix->code.is_object()) code(f.fix->code);
    if (const Outcome outcome = outcome_of(*f.fix); !outcome.text.empty()) row(outcome.label, outcome.text);
  }
  text += "\n";
}

/// What to type next.
std::string next_step(const Diagnosis& d, const Subject& subject) {
  const auto first = std::find_if(d.findings.begin(), d.findings.end(), [](const Finding& f) { return f.severity != Severity::kNote && f.suppressed_by.empty(); });
  if (first == d.findings.end()) return {};
  std::string text = fmt::format("`whyzero explain {}` says more", first->code);
  if (!d.mended.is_null() && !subject.lines.empty()) text += fmt::format("; `whyzero diagnose {} --fix` writes the mended app", subject.name);
  return text + ".";
}

}  // namespace

std::string text_from_diagnosis(const Diagnosis& d, const TextOptions& options) {
  Writer out(options);
  const char* colour = d.verdict == diagnosis::Verdict::kFault ? "1;31" : d.verdict == diagnosis::Verdict::kHealthy ? "1;32" : "1;33";
  out.text += fmt::format("{}: {}\n", options.subject.name, out.painted(colour, diagnosis::verdict_name(d.verdict)));
  if (const std::string symptom = symptom_text(d); !symptom.empty()) out.text += wrapped(symptom, "");
  out.text += "\n";
  for (const Finding& finding : d.findings)
    if (finding.suppressed_by.empty()) out.finding(finding);
  for (const Finding& finding : d.findings)
    if (!finding.suppressed_by.empty())
      out.text += wrapped(fmt::format("{} {} is not counted ({}): {}", finding.code, finding.name, finding.suppressed_by, finding.message), "");
  for (const evidence::Accepted& one : options.subject.stale)
    out.text += wrapped(fmt::format("The baseline accepts {} at {}, which is not there any more: take the entry out.", one.code, one.place), "");
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
  if (const std::string next = next_step(d, options.subject); !next.empty()) out.text += wrapped(next, "");
  out.text += fmt::format("{:.1f} s\n", d.seconds);
  return out.text;
}

}  // namespace whyzero::report
