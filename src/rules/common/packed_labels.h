// The label list that lies in the model file itself, held against the one that the app shows.
#pragma once

#include <optional>
#include <vector>

#include "app/metadata.h"
#include "rules/rule.h"

namespace whyzero::rules {

struct PackedDifference {
  app::PackedLabels packed;
  std::string_view code;  // L001 where the app's list is the same, moved; L002 where it is in another order; L003 where its length is another
  std::string text;       // how it differs
};

/// Nothing where the model file has no list of as many labels as classes, or the app shows the same one.
std::optional<PackedDifference> packed_difference(const evidence::Case& a_case);

/// The packed list as a hypothesis, where its code is the rule's.
void propose_packed(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Hypothesis>& hypotheses);
/// Without truth the contradiction is all there is: a warning.
void look_at_packed(const Rule& rule, const evidence::Case& a_case, std::vector<evidence::Finding>& findings);

}  // namespace whyzero::rules
