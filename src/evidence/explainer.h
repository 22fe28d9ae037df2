// The words of a search for its choice: in which order its changes are mended, what would do as well, and what was ruled out.
#pragma once

#include <vector>

#include "evidence/chains.h"
#include "evidence/search.h"

namespace whyzero::evidence {

struct Explainer {
  Lab& lab;
  Chains& chains;
  const nlohmann::json& document;
  int base;

  /// The changes by what each adds to those before it, with the other causes that would do as well.
  Result<std::vector<Upheld>> in_order(const Chain& chosen) const;
  /// The best single change of every cause that has no part in the chosen chain.
  std::vector<RuledOut> ruled_out(const Chain& chosen) const;
  /// Codes of the changes that do as well in the place of one member of the chosen chain.
  std::vector<std::string> alternatives(const Chain& chosen, int member) const;
};

}  // namespace whyzero::evidence
