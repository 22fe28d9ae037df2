// The search over what may be wrong: hypotheses alone and stacked, losers dropped early, one test at the end, and the least
// explanation that restores the result.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/hypothesis.h"
#include "evidence/lab.h"
#include "evidence/thresholds.h"

namespace whyzero::evidence {

/// One hypothesis of the explanation, in the order in which it should be mended.
struct Upheld {
  const Hypothesis* hypothesis = nullptr;
  nlohmann::json before, after;                 // documents without and with this change, all better ranks applied
  std::optional<double> value_before, value_after;
  Lab::Comparison step;                         // this change on top of the better ranks
  std::vector<std::string> alternatives;        // codes whose change does as well
};

/// The best that was tried where nothing was proven.
struct Lead {
  std::string code, text;
  std::optional<double> value;
  Lab::Comparison comparison;
  double p_value = 1;
  bool worrying = false;  // too likely to be real for the app to be called healthy
};

/// What the changes of one cause reached at best, each alone.
struct RuledOut {
  std::string code, text;
  double gain = 0;
  int tried = 0, samples = 0;
};

struct Explanation {
  int samples = 0;
  std::optional<double> as_deployed, mended;
  bool deployed_failed = false;                 // the app could not run; the changes make it run
  std::vector<Upheld> upheld;                   // empty: nothing proven
  nlohmann::json document;                      // with all changes
  Lab::Comparison overall;                      // all changes against the app as deployed
  double p_value = 1;                           // of the whole, for everything that was tried
  std::optional<Lead> lead;
  std::vector<RuledOut> ruled_out;              // causes that were tried and are not upheld
  int tried = 0;                                // variants compared
};

struct SearchOptions {
  uint64_t seed = 1;
  double budget_seconds = 0;  // no deeper stacks are begun after this; 0: as long as it takes
};

Result<Explanation> search(Lab& lab, const Case& a_case, const std::vector<Hypothesis>& hypotheses, const SearchOptions& options);

}  // namespace whyzero::evidence
