#include "evidence/search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include "numerics/sign_flip.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;
using Members = std::vector<int>;  // indices of hypotheses, ascending

/// A difference below this T is a near-tie: then fewer changes and likelier ones win.
constexpr double kTie = 2.0;
/// What one more change must show on top of the others (one-sided p below 0.0005).
constexpr double kMarginalT = 3.3;
constexpr size_t kMaxDepth = 3;
/// Changes of at least this prior are tried in pairs from the start where faults may hide each other.
constexpr double kLikelyPrior = 0.3;
/// How many of the leading chains are extended by one more change.
constexpr size_t kBeam = 3;

struct Rung {
  size_t samples, survivors;
};
constexpr Rung kRungs[] = {{12, 24}, {32, 10}, {80, 5}};
/// Behind the best, or behind the app as deployed, by this T: dropped, whatever the rung.
constexpr double kHopeless = 3.0;
/// Chains that are never dropped for being behind: a change may only help together with another.
constexpr size_t kAlwaysKept = 3;

struct Chain {
  Members members;
  int id = -1;  // variant in the lab
};

class Search {
 public:
  Search(Lab& lab, const std::vector<Hypothesis>& hypotheses, const json& document, const SearchOptions& options)
      : lab_(lab), hypotheses_(hypotheses), document_(document), options_(options) {}

  Result<Explanation> run();

 private:
  std::optional<json> changed(const Members& members) const;
  /// The chain of these members, added to the lab once; nothing where a change does not apply or changes nothing.
  const Chain* chain(Members members);
  bool can_join(const Members& members, int hypothesis) const;
  Result<std::vector<const Chain*>> race(std::vector<const Chain*> field);
  std::vector<const Chain*> with_readings(const Members& input_side, const std::vector<int>& readings);
  Result<std::vector<const Chain*>> extend(const std::vector<const Chain*>& leaders);
  Result<void> measure(const std::vector<const Chain*>& chains, size_t count);
  double standing(const Chain& chain) const;
  bool hopeless(const Chain& chain, const Chain& best) const;
  bool out_of_time() const;
  bool may_hide_faults() const;
  std::vector<const Chain*> likely_pairs();
  bool worth_extending(const std::vector<const Chain*>& leaders) const;
  void sort_by_standing(std::vector<const Chain*>& chains) const;
  double preference(const Chain& chain, const Chain& best) const;
  const Chain* prefer(const std::vector<const Chain*>& finalists) const;
  Result<const Chain*> prune(const Chain* chosen);
  Result<void> explain(const Chain& chosen, Explanation& explanation);
  void rule_out(const Chain& chosen, Explanation& explanation) const;
  double p_value(const Chain& chosen) const;
  std::pair<int, double> family(const Members& members) const;

  Lab& lab_;
  const std::vector<Hypothesis>& hypotheses_;
  const json& document_;
  SearchOptions options_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  int base_ = -1;
  std::map<Members, Chain> chains_;     // everything tried
  std::map<int, Members> by_variant_;   // first chain of a variant: equal documents are one hypothesis
  std::vector<int> input_side_, output_side_;
};

std::optional<json> Search::changed(const Members& members) const {
  json document = document_;
  for (int h : members) {
    auto next = hypotheses_[static_cast<size_t>(h)].edit(document);
    if (!next) return std::nullopt;
    document = std::move(*next);
  }
  if (document == document_) return std::nullopt;
  return document;
}

const Chain* Search::chain(Members members) {
  std::sort(members.begin(), members.end());
  auto [it, is_new] = chains_.try_emplace(members);
  if (is_new) {
    it->second.members = members;
    if (const auto document = changed(members)) {
      if (auto id = lab_.add(*document)) {
        // Equal documents are one variant; the first (shortest) chain stands for it.
        auto [owner, first] = by_variant_.try_emplace(*id, members);
        if (first) it->second.id = *id;
      }
    }
  }
  return it->second.id < 0 ? nullptr : &it->second;
}

bool Search::can_join(const Members& members, int hypothesis) const {
  const Hypothesis& candidate = hypotheses_[static_cast<size_t>(hypothesis)];
  return std::none_of(members.begin(), members.end(),
                      [&](int h) { return hypotheses_[static_cast<size_t>(h)].axis == candidate.axis; });
}

Result<void> Search::measure(const std::vector<const Chain*>& chains, size_t count) {
  std::vector<int> ids;
  for (const Chain* chain : chains) ids.push_back(chain->id);
  return lab_.measure(ids, count);
}

double Search::standing(const Chain& chain) const { return lab_.compare(chain.id, base_).standing; }

void Search::sort_by_standing(std::vector<const Chain*>& chains) const {
  std::stable_sort(chains.begin(), chains.end(), [&](const Chain* a, const Chain* b) { return standing(*a) > standing(*b); });
}

/// The chains of some input-side changes with every single other reading of the answer.
std::vector<const Chain*> Search::with_readings(const Members& input_side, const std::vector<int>& readings) {
  std::vector<const Chain*> field;
  if (!input_side.empty())
    if (const Chain* alone = chain(input_side)) field.push_back(alone);
  for (int reading : readings) {
    if (!can_join(input_side, reading)) continue;
    Members members = input_side;
    members.push_back(reading);
    if (const Chain* one = chain(members)) field.push_back(one);
  }
  return field;
}

/// Successive halving: more samples for fewer chains. Chains with the same input-side changes cost one run together, so survivors
/// are counted by these, and each keeps its three best readings.
Result<std::vector<const Chain*>> Search::race(std::vector<const Chain*> field) {
  for (const Rung& rung : kRungs) {
    WHYZERO_TRY(measure(field, rung.samples));
    sort_by_standing(field);
    std::map<int, int> by_group;
    std::vector<const Chain*> survivors;
    for (const Chain* chain : field) {
      const int group = lab_[chain->id].input_group;
      const bool is_new = !by_group.contains(group);
      if (is_new && by_group.size() >= rung.survivors) continue;
      if ((!is_new || by_group.size() >= kAlwaysKept) && hopeless(*chain, *field.front())) continue;
      if (++by_group[group] <= 3) survivors.push_back(chain);
    }
    field = std::move(survivors);
    if (rung.samples >= lab_.samples()) break;
  }
  return field;
}

bool Search::hopeless(const Chain& chain, const Chain& best) const {
  return lab_.compare(best.id, chain.id).standing_t > kHopeless || lab_.compare(base_, chain.id).standing_t > kHopeless;
}

bool Search::out_of_time() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
  return options_.budget_seconds > 0 && passed.count() > options_.budget_seconds;
}

/// The app is so bad that two faults may hide each other: mending one alone changes nothing.
bool Search::may_hide_faults() const {
  const auto deployed = lab_.metric(base_);
  return lab_[base_].failure || !deployed || *deployed < 0.5;
}

/// Pairs of likely input-side changes on different axes.
std::vector<const Chain*> Search::likely_pairs() {
  std::vector<const Chain*> pairs;
  for (size_t i = 0; i < input_side_.size(); ++i)
    for (size_t j = i + 1; j < input_side_.size(); ++j) {
      const int a = input_side_[i], b = input_side_[j];
      const double prior = std::min(hypotheses_[static_cast<size_t>(a)].prior, hypotheses_[static_cast<size_t>(b)].prior);
      if (prior < kLikelyPrior || !can_join({a}, b)) continue;
      if (const Chain* pair = chain({a, b})) pairs.push_back(pair);
    }
  return pairs;
}

/// Whether stacks are worth their runs: a change helps, or faults may hide each other.
bool Search::worth_extending(const std::vector<const Chain*>& leaders) const {
  if (may_hide_faults()) return true;
  return std::any_of(leaders.begin(), leaders.end(), [&](const Chain* one) {
    const Lab::Comparison c = lab_.compare(one->id, base_);
    return c.gain >= kLeastHarm / 2 && c.standing_t > 1;
  });
}

/// Every chain with one more change, on an axis that it does not touch.
Result<std::vector<const Chain*>> Search::extend(const std::vector<const Chain*>& leaders) {
  std::vector<const Chain*> field;
  for (const Chain* leader : leaders) {
    for (int h : input_side_)
      if (can_join(leader->members, h)) {
        Members members = leader->members;
        members.push_back(h);
        if (const Chain* one = chain(members)) field.push_back(one);
      }
    for (const Chain* one : with_readings(leader->members, output_side_))
      if (one != leader) field.push_back(one);
  }
  return race(std::move(field));
}

/// Log of a chain's plausibility: priors, a price for every change, and how far it stays behind the best.
double Search::preference(const Chain& chain, const Chain& best) const {
  double value = 0;
  for (int h : chain.members) value += std::log(hypotheses_[static_cast<size_t>(h)].prior) - 2.3;
  if (&chain != &best) {
    const double behind = std::max(0.0, lab_.compare(best.id, chain.id).standing_t);
    value -= behind * behind / 2;
  }
  return value;
}

const Chain* Search::prefer(const std::vector<const Chain*>& finalists) const {
  const Chain* best = *std::max_element(finalists.begin(), finalists.end(),
                                        [&](const Chain* a, const Chain* b) { return standing(*a) < standing(*b); });
  const Chain* chosen = best;
  for (const Chain* one : finalists)
    if (preference(*one, *best) > preference(*chosen, *best) && lab_.compare(best->id, one->id).standing_t < kMarginalT) chosen = one;
  return chosen;
}

/// Leaves out every change that the rest does without.
Result<const Chain*> Search::prune(const Chain* chosen) {
  for (bool again = true; again && chosen->members.size() > 1;) {
    again = false;
    const Chain* shorter = nullptr;
    double least = kMarginalT;
    for (size_t i = 0; i < chosen->members.size(); ++i) {
      Members members = chosen->members;
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
      const Chain* rest = chain(members);
      if (!rest) continue;
      WHYZERO_TRY(measure({rest}, lab_.samples()));
      const Lab::Comparison c = lab_.compare(chosen->id, rest->id);
      const double t = c.gain < kLeastHarm / 2 ? std::min(c.t, 0.0) : c.t;
      if (t < least) {
        least = t;
        shorter = rest;
      }
    }
    if (shorter) {
      chosen = shorter;
      again = true;
    }
  }
  return chosen;
}

/// Share of the error that a chain may spend, and the number of its family: half for what undoes declared steps or follows a
/// convention, less for other single changes, least for the many stacks of them.
std::pair<int, double> Search::family(const Members& members) const {
  if (std::all_of(members.begin(), members.end(), [&](int h) { return hypotheses_[static_cast<size_t>(h)].declared; })) return {0, 0.5};
  return members.size() == 1 ? std::pair{1, 0.3} : std::pair{2, 0.2};
}

/// Max-T over everything that was tried in the chain's family, by score and by standing (log p sees most, the rank is not misled by
/// a change of confidence), divided by the family's share of the error.
double Search::p_value(const Chain& chosen) const {
  std::vector<std::vector<float>> rows;
  size_t own = 0;
  const auto [number, share] = family(chosen.members);
  for (const auto& [members, one] : chains_) {
    if (one.id < 0 || family(members).first != number) continue;
    if (one.id == chosen.id) own = rows.size();
    rows.push_back(lab_.differences(one.id, base_, Lab::Measure::kScore));
    rows.push_back(lab_.differences(one.id, base_, Lab::Measure::kStanding));
  }
  const std::vector<double> p = numerics::sign_flip_max_t(rows, options_.seed).p;
  return std::min(1.0, std::min(p[own], p[own + 1]) / share);
}

/// Orders the changes by what each adds to those before it and notes which other causes would do as well.
Result<void> Search::explain(const Chain& chosen, Explanation& explanation) {
  Members applied, left = chosen.members;
  int previous = base_;
  json before = document_;
  while (!left.empty()) {
    const Chain* best = nullptr;
    int member = -1;
    for (int h : left) {
      Members members = applied;
      members.push_back(h);
      const Chain* one = left.size() == 1 ? &chosen : chain(members);
      if (!one) continue;
      WHYZERO_TRY(measure({one}, lab_.samples()));
      if (!best || standing(*one) > standing(*best)) {
        best = one;
        member = h;
      }
    }
    if (!best) {  // only together do they make an app
      member = left.front();
      best = &chosen;
    }
    Upheld upheld;
    upheld.hypothesis = &hypotheses_[static_cast<size_t>(member)];
    upheld.before = before;
    applied.push_back(member);
    std::sort(applied.begin(), applied.end());
    const auto document = changed(applied);
    upheld.after = document ? *document : before;
    upheld.value_before = lab_.metric(previous);
    upheld.value_after = lab_.metric(best->id);
    upheld.step = lab_.compare(best->id, previous);
    std::set<std::string> codes;
    for (const auto& [members, one] : chains_) {
      if (one.id < 0 || members.size() != chosen.members.size() || &one == &chosen) continue;
      const Lab::Comparison c = lab_.compare(chosen.id, one.id);
      if (static_cast<size_t>(c.samples) < lab_.samples() || c.standing_t > kTie) continue;
      Members difference;
      std::set_difference(members.begin(), members.end(), chosen.members.begin(), chosen.members.end(), std::back_inserter(difference));
      if (difference.size() == 1 && std::find(members.begin(), members.end(), member) == members.end())
        codes.insert(hypotheses_[static_cast<size_t>(difference[0])].code);
    }
    codes.erase(upheld.hypothesis->code);
    upheld.alternatives.assign(codes.begin(), codes.end());
    before = upheld.after;
    previous = best->id;
    left.erase(std::find(left.begin(), left.end(), member));
    explanation.upheld.push_back(std::move(upheld));
  }
  explanation.document = before;
  return {};
}

/// The best single change of every cause that has no part in the chosen chain.
void Search::rule_out(const Chain& chosen, Explanation& explanation) const {
  std::set<std::string> chosen_codes;
  for (int h : chosen.members) chosen_codes.insert(hypotheses_[static_cast<size_t>(h)].code);
  std::map<std::string, RuledOut> by_code;
  for (const auto& [members, one] : chains_) {
    if (one.id < 0 || members.size() != 1 || lab_[one.id].failure) continue;
    const Hypothesis& h = hypotheses_[static_cast<size_t>(members[0])];
    if (chosen_codes.contains(h.code)) continue;
    const Lab::Comparison c = lab_.compare(one.id, base_);
    auto [it, first] = by_code.try_emplace(h.code, RuledOut{h.code, h.text, c.gain, 0, c.samples});
    ++it->second.tried;
    if (c.gain > it->second.gain) it->second = {h.code, h.text, c.gain, it->second.tried, c.samples};
  }
  for (auto& [code, out] : by_code) explanation.ruled_out.push_back(std::move(out));
}

Result<Explanation> Search::run() {
  Explanation explanation;
  explanation.samples = static_cast<int>(lab_.samples());
  WHYZERO_ASSIGN(base_, lab_.add(document_));
  const int base[] = {base_};
  WHYZERO_TRY(lab_.measure(base, lab_.samples()));
  explanation.as_deployed = lab_.metric(base_);
  explanation.deployed_failed = lab_[base_].failure.has_value();
  by_variant_.emplace(base_, Members{});

  for (size_t h = 0; h < hypotheses_.size(); ++h)
    (hypotheses_[h].side == Side::kInput ? input_side_ : output_side_).push_back(static_cast<int>(h));
  std::vector<const Chain*> field = with_readings({}, output_side_);
  for (int h : input_side_) {
    const auto crossed = with_readings({h}, output_side_);
    field.insert(field.end(), crossed.begin(), crossed.end());
  }
  if (may_hide_faults()) {
    const auto pairs = likely_pairs();
    field.insert(field.end(), pairs.begin(), pairs.end());
  }
  if (field.empty()) return explanation;
  WHYZERO_ASSIGN(std::vector<const Chain*> leaders, race(field));
  WHYZERO_TRY(measure(leaders, lab_.samples()));
  // Every depth keeps its own best, so that many stacks alike cannot crowd out the plain change.
  std::vector<const Chain*> finalists = leaders;
  for (size_t depth = 2; depth <= kMaxDepth && !leaders.empty(); ++depth) {
    if (out_of_time() || (depth == 2 && !worth_extending(leaders))) break;
    sort_by_standing(leaders);
    leaders.resize(std::min(leaders.size(), kBeam));
    // Where one change is far ahead of all others, only it is built on.
    while (leaders.size() > 1 && lab_.compare(leaders.front()->id, leaders.back()->id).standing_t > kHopeless) leaders.pop_back();
    const Chain* before = leaders.front();
    WHYZERO_ASSIGN(leaders, extend(leaders));
    WHYZERO_TRY(measure(leaders, lab_.samples()));
    finalists.insert(finalists.end(), leaders.begin(), leaders.end());
    const bool better = std::any_of(leaders.begin(), leaders.end(), [&](const Chain* one) {
      return lab_.compare(one->id, before->id).standing_t > kTie;
    });
    if (!better) break;
  }
  WHYZERO_ASSIGN(const Chain* chosen, prune(prefer(finalists)));

  rule_out(*chosen, explanation);
  for (const auto& [members, one] : chains_) explanation.tried += one.id >= 0;
  explanation.overall = lab_.compare(chosen->id, base_);
  explanation.p_value = p_value(*chosen);
  const bool runs_now = explanation.deployed_failed && !lab_[chosen->id].failure;
  if (runs_now || (explanation.p_value < kFamilyError && explanation.overall.gain >= kLeastHarm)) {
    explanation.mended = lab_.metric(chosen->id);
    WHYZERO_TRY(explain(*chosen, explanation));
  } else if (explanation.overall.gain > 0) {
    const Hypothesis& first = hypotheses_[static_cast<size_t>(chosen->members.front())];
    explanation.lead = Lead{first.code, first.text, lab_.metric(chosen->id), explanation.overall, explanation.p_value};
  }
  return explanation;
}

}  // namespace

Result<Explanation> search(Lab& lab, const Case& a_case, const std::vector<Hypothesis>& hypotheses, const SearchOptions& options) {
  return Search(lab, hypotheses, a_case.experiment, options).run();
}

}  // namespace whyzero::evidence
