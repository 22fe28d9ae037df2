// What a rule is: one cause, one file <group>/<name>.cc, with its documentation inside. A rule proposes; the engine proves.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/case.h"
#include "evidence/finding.h"
#include "evidence/hypothesis.h"

namespace whyzero::evidence {
struct QuantizationEvidence;
}

namespace whyzero::rules {

/// A hypothesis that the experiments upheld.
struct Proven {
  const evidence::Hypothesis& hypothesis;
  nlohmann::json before, after;          // app documents without and with the change
  std::optional<double> value_before, value_after;
};

struct Rule {
  std::string_view code;           // "P001"
  std::string_view name;           // "channel-order"
  std::string_view summary;        // one line: what is wrong
  /// Markdown with the headings of `kDocHeadings`, in that order.
  std::string_view documentation;
  /// Findings from file, graph, parameters, labels and the run as deployed; needs no experiment. May be null.
  void (*look)(const Rule& rule, const evidence::Case&, std::vector<evidence::Finding>&) = nullptr;
  /// Hypotheses for the engine. May be null.
  void (*propose)(const Rule& rule, const evidence::Case&, std::vector<evidence::Hypothesis>&) = nullptr;
  /// Findings that stand only where the experiments have found nothing. May be null.
  void (*conclude)(const Rule& rule, const evidence::Case&, std::vector<evidence::Finding>&) = nullptr;
  /// The sentence for a proven hypothesis: what the app does and what the model needs. Null: built from summary and text.
  std::string (*describe)(const evidence::Case&, const Proven&) = nullptr;
  /// Findings where experiments prove the quantization at fault. May be null.
  void (*weigh)(const Rule& rule, const evidence::Case&, const evidence::QuantizationEvidence&, std::vector<evidence::Finding>&) = nullptr;
};

inline constexpr std::string_view kDocHeadings[] = {"What it finds", "Why it hurts", "Evidence", "Example", "Fix safety", "When to ignore it"};

std::span<const Rule* const> all_rules();  // by file; codes are unique
std::vector<const Rule*> rules_by_code();
/// By code in either case, or by name.
const Rule* find_rule(std::string_view code_or_name);

/// A finding with the rule's code and name filled in.
evidence::Finding finding_of(const Rule& rule, evidence::Severity severity, evidence::Proof proof, std::string message);

}  // namespace whyzero::rules
