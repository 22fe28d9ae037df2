#include "evidence/explainer.h"

#include <algorithm>
#include <map>
#include <set>

#include "evidence/race.h"

namespace whyzero::evidence {

using nlohmann::json;

Result<std::vector<Upheld>> Explainer::in_order(const Chain& chosen) const {
  std::vector<Upheld> order;
  Members applied, left = chosen.members;
  int previous = base;
  json before = document;
  while (!left.empty()) {
    const Chain* best = nullptr;
    int member = -1;
    for (int h : left) {
      Members members = applied;
      members.push_back(h);
      const Chain* one = left.size() == 1 ? &chosen : chains.chain(members);
      if (!one) continue;
      // Which mends most shows early; only that one's gain is told, on all samples.
      WHYZERO_TRY(measure(lab, {one}, kRaced));
      if (!best || lab.compare(one->id, base).standing > lab.compare(best->id, base).standing) {
        best = one;
        member = h;
      }
    }
    if (!best) {  // only together do they make an app
      member = left.front();
      best = &chosen;
    }
    WHYZERO_TRY(measure(lab, {best}, lab.samples()));
    Upheld upheld;
    upheld.hypothesis = &chains.hypothesis(member);
    upheld.before = before;
    applied.push_back(member);
    std::sort(applied.begin(), applied.end());
    const auto document_now = chains.changed(applied);
    upheld.after = document_now ? *document_now : before;
    upheld.value_before = lab.metric(previous);
    upheld.value_after = lab.metric(best->id);
    upheld.step = lab.compare(best->id, previous);
    upheld.alternatives = alternatives(chosen, member);
    before = upheld.after;
    previous = best->id;
    left.erase(std::find(left.begin(), left.end(), member));
    order.push_back(std::move(upheld));
  }
  return order;
}

std::vector<std::string> Explainer::alternatives(const Chain& chosen, int member) const {
  std::set<std::string> codes;
  for (const Chain* one : chains.all()) {
    if (one->members.size() != chosen.members.size() || one == &chosen) continue;
    const Lab::Comparison c = lab.compare(chosen.id, one->id);
    if (static_cast<size_t>(c.samples) < std::min(lab.samples(), kRaced) || c.standing_t > kTie) continue;
    Members difference;
    std::set_difference(one->members.begin(), one->members.end(), chosen.members.begin(), chosen.members.end(), std::back_inserter(difference));
    if (difference.size() == 1 && std::find(one->members.begin(), one->members.end(), member) == one->members.end())
      codes.insert(chains.hypothesis(difference[0]).code);
  }
  codes.erase(chains.hypothesis(member).code);
  return {codes.begin(), codes.end()};
}

std::vector<RuledOut> Explainer::ruled_out(const Chain& chosen) const {
  std::set<std::string> chosen_codes;
  for (int h : chosen.members) chosen_codes.insert(chains.hypothesis(h).code);
  std::map<std::string, RuledOut> by_code;
  for (const Chain* one : chains.all()) {
    if (one->members.size() != 1 || lab[one->id].failure) continue;
    const Hypothesis& h = chains.hypothesis(one->members[0]);
    if (chosen_codes.contains(h.code)) continue;
    const Lab::Comparison c = lab.compare(one->id, base);
    auto [it, first] = by_code.try_emplace(h.code, RuledOut{h.code, h.text, c.gain, 0, c.samples});
    ++it->second.tried;
    // The longer a change stayed in the race, the more it tells.
    if (std::pair(c.samples, c.gain) > std::pair(it->second.samples, it->second.gain)) it->second = {h.code, h.text, c.gain, it->second.tried, c.samples};
  }
  std::vector<RuledOut> out;
  for (auto& [code, one] : by_code) out.push_back(std::move(one));
  return out;
}

}  // namespace whyzero::evidence
