// Workflow commands: GitHub shows each finding beside the line of the app file or of the script.
#include <fmt/format.h>

#include "report/words.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using evidence::Finding;
using evidence::Severity;

/// Percent and line ends are GitHub's own; in properties also colon and comma.
std::string for_github(const std::string& text, bool property) {
  std::string out;
  for (const char c : clean(text)) {
    if (c == '%' || c == '\n' || (property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string command(const char* level, const Place& place, const std::string& title, const std::string& message) {
  std::string properties = "file=" + for_github(place.file, true);
  if (place.line > 0) properties += fmt::format(",line={}", place.line);
  return fmt::format("::{} {},title={}::{}\n", level, properties, for_github(title, true), for_github(message, false));
}

}  // namespace

std::string github_from_diagnosis(const Diagnosis& d, const Subject& subject) {
  std::string text;
  for (const Finding& finding : d.findings) {
    if (!finding.suppressed_by.empty()) continue;
    const char* level = finding.severity == Severity::kError ? "error" : finding.severity == Severity::kWarning ? "warning" : "notice";
    std::string message = finding.message;
    for (const evidence::Measured& m : finding.evidence) message += "\n" + evidence_text(m);
    if (finding.fix)
      for (const Change& change : changes_of(finding.fix->patch))
        message += fmt::format("\n{}: {} -> {}", change.pointer, change.before.empty() ? "nothing" : change.before, change.after.empty() ? "nothing" : change.after);
    text += command(level, place_of(finding, d, subject), finding.code + " " + finding.name, message);
  }
  const Place whole{subject.name, subject.lines.empty() ? 0 : 1};
  for (const evidence::Accepted& one : subject.stale)
    text += command("warning", whole, "stale baseline", fmt::format("{} at {} is not there any more: take the entry out", one.code, one.place));
  for (const std::string& need : d.needs) text += command("warning", whole, "undetermined", "What would settle it: " + need);
  if (d.verdict == diagnosis::Verdict::kHealthy) text += command("notice", whole, "healthy", symptom_text(d));
  return text;
}

}  // namespace whyzero::report
