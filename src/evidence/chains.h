// Chains of changes: which hypotheses are stacked, and the variants that they make.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "evidence/hypothesis.h"
#include "evidence/lab.h"

namespace whyzero::evidence {

using Members = std::vector<int>;  // indices of hypotheses, ascending

struct Chain {
  Members members;
  int id = -1;  // variant in the lab
};

/// All chains of a search. A chain is made when it is first asked for and stays where it is.
class Chains {
 public:
  Chains(Lab& lab, const std::vector<Hypothesis>& hypotheses, const nlohmann::json& document, int base)
      : lab_(lab), hypotheses_(hypotheses), document_(document) {
    by_variant_.emplace(base, Members{});
  }

  /// The document with these changes, in their order; nothing where one does not apply or nothing changes.
  std::optional<nlohmann::json> changed(const Members& members) const;
  /// The chain of these members, added to the lab once; null where a change does not apply, changes nothing, or makes the same
  /// document as another chain.
  const Chain* chain(Members members);
  /// No two changes of one axis are stacked.
  bool can_join(const Members& members, int hypothesis) const;
  /// The chains of some input-side changes, alone and with every single other reading of the answer.
  std::vector<const Chain*> with_readings(const Members& input_side, const std::vector<int>& readings);
  /// Chains whose document the lab took.
  std::vector<const Chain*> all() const;

  /// What the members of the chain that are not in `rest` must gain on top of the variant `without` them to be worth a finding.
  double least_gain(const Chain& chain, const Members& rest, int without) const;

  const Hypothesis& hypothesis(int h) const { return hypotheses_[static_cast<size_t>(h)]; }

 private:
  Lab& lab_;
  const std::vector<Hypothesis>& hypotheses_;
  const nlohmann::json& document_;
  std::map<Members, Chain> chains_;     // everything asked for
  std::map<int, Members> by_variant_;   // first chain of a variant: equal documents are one hypothesis
};

}  // namespace whyzero::evidence
