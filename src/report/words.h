// Facts of a diagnosis as words, the same in every format.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"

namespace whyzero::report {

/// "91.7 %" for shares, plain numbers for the rest; "-" where there is none.
std::string metric_text(const std::string& metric, const std::optional<double>& value);
/// "p < 1e-9", "p = 0.00031".
std::string p_text(double p);
/// "As deployed: top1 16.7 % of 120 samples (95 % interval …); it answers …"; empty where nothing was measured.
std::string symptom_text(const diagnosis::Diagnosis& diagnosis);
/// "top1 16.7 % -> 91.7 % on 120 samples; sign-flip max-T p < 1e-12", or the words of what was not measured.
std::string evidence_text(const evidence::Measured& measured);
/// What became of a fix: verified, or the gate that stopped it, or why it is only shown. Empty where there is nothing to say.
struct Outcome {
  std::string label, text;
};
Outcome outcome_of(const evidence::Fix& fix);

/// A patch as people read it: what stands there and what is to stand there.
struct Change {
  std::string pointer, before, after;  // empty: nothing stood there, or nothing is to stand there
};
std::vector<Change> changes_of(const nlohmann::json& patch);
/// A patch that does nothing but give single values of one list another order: the list, and its new entries.
struct Reordered {
  std::string pointer;
  std::vector<std::string> entries;
};
std::optional<Reordered> reordered(const nlohmann::json& patch);

/// A file, and a line from 1; 0 where the file has no lines.
struct Place {
  std::string file;
  int line = 0;
};
Place place_of(const evidence::Finding& finding, const diagnosis::Diagnosis& diagnosis, const Subject& subject);

/// Text that is UTF-8 whatever it was, without control characters: file names and tensors may hold anything.
std::string clean(std::string_view text);
/// For XML and HTML, in texts and in attributes.
std::string escaped(std::string_view text);

}  // namespace whyzero::report
