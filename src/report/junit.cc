// JUnit's XML, for build servers: a finding is a test that fails, a cause that was ruled out one that passes.
#include <fmt/format.h>

#include <algorithm>

#include "report/words.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using evidence::Finding;
using evidence::Severity;

std::string details_of(const Finding& finding) {
  std::string text = finding.message + "\n";
  for (const evidence::Measured& m : finding.evidence) text += evidence_text(m) + "\n";
  if (!finding.fix) return text;
  for (const Change& change : changes_of(finding.fix->patch))
    text += fmt::format("{}: {} -> {}\n", change.pointer, change.before.empty() ? "nothing" : change.before, change.after.empty() ? "nothing" : change.after);
  if (const Outcome outcome = outcome_of(*finding.fix); !outcome.text.empty()) text += outcome.label + ": " + outcome.text + "\n";
  return text;
}

/// One test case with at most one child.
class Suite {
 public:
  int tests = 0, failures = 0, skipped = 0;
  std::string cases;

  void add(const std::string& name, const std::string& group, const std::string& child) {
    ++tests;
    cases += fmt::format("    <testcase classname=\"whyzero.{}\" name=\"{}\">{}</testcase>\n", escaped(group), escaped(name), child);
  }
  void passed(const std::string& name, const std::string& group, const std::string& words) {
    add(name, group, words.empty() ? "" : fmt::format("<system-out>{}</system-out>", escaped(words)));
  }
  void failed(const std::string& name, const std::string& group, const std::string& type, const std::string& message, const std::string& details) {
    ++failures;
    add(name, group, fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", type, escaped(message), escaped(details)));
  }
  void left_out(const std::string& name, const std::string& group, const std::string& why) {
    ++skipped;
    add(name, group, fmt::format("<skipped message=\"{}\"/>", escaped(why)));
  }
};

}  // namespace

std::string junit_from_diagnosis(const Diagnosis& d, const Subject& subject) {
  Suite suite;
  const bool undetermined = d.verdict == diagnosis::Verdict::kUndetermined;
  std::string verdict = symptom_text(d);
  for (const std::string& need : d.needs) verdict += " What would settle it: " + need + ".";
  if (undetermined)
    suite.left_out("verdict", "diagnosis", verdict);
  else
    suite.passed("verdict", "diagnosis", fmt::format("{}. {}", diagnosis::verdict_name(d.verdict), verdict));
  for (const Finding& finding : d.findings) {
    const std::string name = finding.code + " " + finding.name, group = finding.where.stage.empty() ? "diagnosis" : finding.where.stage;
    if (!finding.suppressed_by.empty())
      suite.left_out(name, group, finding.suppressed_by + ": " + finding.message);
    else if (finding.severity == Severity::kNote)
      suite.passed(name, group, finding.message);
    else
      suite.failed(name, group, evidence::severity_name(finding.severity), finding.message, details_of(finding));
  }
  for (const evidence::Accepted& one : subject.stale)
    suite.failed(one.code + " at " + one.place, "baseline", "stale", "the baseline accepts what is not there any more", "take the entry out of the baseline\n");
  for (const diagnosis::RuledOut& one : d.ruled_out) suite.passed(one.code, "ruled out", one.why);
  const std::string counts = fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\"", suite.tests, suite.failures, d.seconds);
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n  <testsuite name=\"whyzero {1}\" {0} skipped=\"{3}\">\n{2}  </testsuite>\n</testsuites>\n", counts,
                     escaped(subject.name), suite.cases, suite.skipped);
}

}  // namespace whyzero::report
