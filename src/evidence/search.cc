#include "evidence/search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <set>

#include "evidence/explainer.h"
#include "evidence/race.h"
#include "graph/macs.h"
#include "numerics/sign_flip.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

/// What one more change must show on top of the others (one-sided p below 0.0005).
constexpr double kMarginalT = 3.3;
/// What leaves no doubt of it before all samples have run.
constexpr double kSurelyT = 2 * kMarginalT;
/// What it takes against the app as deployed where tens of changes are tried (one-sided p of 3e-5 each).
constexpr double kNeededT = 4;
/// Family-wise p below which the best lead keeps an app from being called healthy.
constexpr double kWorrying = 0.05;
constexpr size_t kMaxDepth = 3;
/// Changes of at least this prior are stacked from the start where faults may hide each other.
constexpr double kLikelyPrior = 0.3;
/// Single changes of at least this prior have a share of the error to themselves.
constexpr double kCommonPrior = 0.15;
/// How many of the leading chains are extended by one more change, and the T by which one leads so that it alone is.
constexpr size_t kBeam = 3;
constexpr double kFarAhead = 3.0;
/// Samples on which the choice between near-ties is made.
constexpr size_t kDecided = 120;
/// Log odds by which a chain is less plausible than another when no more samples will turn them round.
constexpr double kOutOfReach = 2.5;
/// A change that alone makes the app worse by this T mends no part of it.
constexpr double kHurts = 2.5;
/// Share of the way from chance to all right below which faults may hide each other.
constexpr double kHidden = 0.2;
/// Work of a model above which runs are dear, and how much wider a race of cheap ones becomes at most.
constexpr double kCheapMacs = 1e7, kWidest = 3;
/// Of dear models chains are given up sooner, and soonest those that add to what mends already.
constexpr double kLessDoubt = 1.5, kLeastDoubt = 1;
/// Chains that stay in the race however they stand where faults may hide each other.
constexpr size_t kKeptWhereHidden = 3;

/// Times as many chains as usual stay on few samples: a model of less work can afford more, one of more work somewhat fewer.
double width_of(const graph::Model& model) {
  const double ratio = kCheapMacs / (1 + static_cast<double>(graph::total_macs(model)));
  return ratio >= 1 ? std::min(ratio, kWidest) : std::pow(ratio, 1.0 / 6);
}

class Search {
 public:
  Search(Lab& lab, const Case& a_case, const std::vector<Hypothesis>& hypotheses, const SearchOptions& options)
      : lab_(lab),
        hypotheses_(hypotheses),
        document_(a_case.experiment),
        classes_(a_case.classes),
        options_(options),
        width_(width_of(*a_case.model)) {}

  Result<Explanation> run();

 private:
  std::vector<const Chain*> extended(const std::vector<const Chain*>& leaders);
  double chance() const;
  double standing(const Chain& chain) const;
  bool of_no_use(int hypothesis, const Chain& leader);
  bool out_of_time() const;
  double hidden_below() const { return chance() + kHidden * (1 - chance()); }
  bool may_hide_faults(int variant) const;
  bool at_chance(const Chain& chain) const;
  std::vector<const Chain*> likely_stacks();
  bool worth_extending(const std::vector<const Chain*>& leaders) const;
  std::vector<const Chain*> beam(std::vector<const Chain*> leaders) const;
  Result<void> measure_rivals(const std::vector<const Chain*>& finalists);
  double preference(const Chain& chain, const Chain& best) const;
  const Chain* prefer(const std::vector<const Chain*>& finalists) const;
  bool earns_its_place(const Chain& chain, const Members& rest, int without) const;
  Result<const Chain*> prune(const Chain* chosen);
  double p_value(const Chain& chosen) const;
  std::pair<int, double> family(const Members& members) const;

  Lab& lab_;
  const std::vector<Hypothesis>& hypotheses_;
  const json& document_;
  int classes_;
  SearchOptions options_;
  double width_;  // of races
  bool dear_ = width_ < 1;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  int base_ = -1;
  std::optional<Chains> chains_;  // everything tried
  std::vector<int> input_side_, output_side_;
};

/// The metric of guessing.
double Search::chance() const { return classes_ > 1 ? 1.0 / classes_ : 0; }

double Search::standing(const Chain& chain) const { return lab_.compare(chain.id, base_).standing; }

bool Search::out_of_time() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
  return options_.budget_seconds > 0 && passed.count() > options_.budget_seconds;
}

/// So near to chance that two faults may hide each other: mending one alone changes nothing.
bool Search::may_hide_faults(int variant) const {
  return !works(lab_, variant, hidden_below());
}

/// Less wrong than before, and yet no better than guessing: nothing is restored.
bool Search::at_chance(const Chain& chain) const {
  const auto mended = lab_.metric(chain.id);
  return mended && *mended <= chance();
}

/// Pixels that are moved, turned or exchanged leave some answers right.
bool leaves_some_right(const Hypothesis& h) {
  return h.axis.starts_with("geometry") || h.axis.starts_with("orientation") || h.axis.starts_with("channels");
}

/// Pairs of likely input-side changes on different axes, each with every likely reading: that costs no run, and wrong labels hide what
/// the pair restores. Two faults that each leave some answers right hide each other only from small models, whose runs are cheap; another part of the photo hides nothing.
std::vector<const Chain*> Search::likely_stacks() {
  const auto likely = [&](std::vector<int> side) {
    std::erase_if(side, [&](int h) { return chains_->hypothesis(h).prior < kLikelyPrior || chains_->hypothesis(h).must_restore > 0; });
    return side;
  };
  const std::vector<int> inputs = likely(input_side_), readings = likely(output_side_);
  std::vector<const Chain*> stacks;
  for (size_t i = 0; i < inputs.size(); ++i)
    for (size_t j = i + 1; j < inputs.size(); ++j) {
      const bool seen_alone = dear_ && leaves_some_right(chains_->hypothesis(inputs[i])) && leaves_some_right(chains_->hypothesis(inputs[j]));
      if (seen_alone || !chains_->can_join({inputs[i]}, inputs[j])) continue;
      const auto crossed = chains_->with_readings({inputs[i], inputs[j]}, readings);
      stacks.insert(stacks.end(), crossed.begin(), crossed.end());
    }
  return stacks;
}

/// Whether stacks are worth their runs: a change helps, or faults may hide each other.
bool Search::worth_extending(const std::vector<const Chain*>& leaders) const {
  if (may_hide_faults(base_)) return true;
  return std::any_of(leaders.begin(), leaders.end(), [&](const Chain* one) {
    const Lab::Comparison c = lab_.compare(one->id, base_);
    return c.gain >= kLeastHarm / 2 && c.standing_t > kTie;
  });
}

/// The leaders that one more change is tried on, the best first. Where the best works, one more fault shows on it as on others
/// that change the same axes.
std::vector<const Chain*> Search::beam(std::vector<const Chain*> leaders) const {
  std::stable_sort(leaders.begin(), leaders.end(), [&](const Chain* a, const Chain* b) { return standing(*a) > standing(*b); });
  std::vector<const Chain*> beam;
  std::set<std::set<std::string>> seen;
  const bool shows = !may_hide_faults(leaders.front()->id);
  for (const Chain* one : leaders) {
    std::set<std::string> axes;
    for (int h : one->members) axes.insert(chains_->hypothesis(h).axis);
    const bool is_new = seen.insert(std::move(axes)).second;
    if (beam.size() == kBeam || lab_.compare(leaders.front()->id, one->id).standing_t > kFarAhead) break;
    if (is_new || !shows) beam.push_back(one);
  }
  return beam;
}

/// Those that may yet be chosen are compared on more samples; what these do not tell apart others will not either.
Result<void> Search::measure_rivals(const std::vector<const Chain*>& finalists) {
  const Chain* best = *std::max_element(finalists.begin(), finalists.end(),
                                        [&](const Chain* a, const Chain* b) { return standing(*a) < standing(*b); });
  double preferred = -HUGE_VAL;
  for (const Chain* one : finalists) preferred = std::max(preferred, preference(*one, *best));
  std::vector<const Chain*> rivals{best};
  for (const Chain* one : finalists)
    if (one != best && preference(*one, *best) > preferred - kOutOfReach) rivals.push_back(one);
  return measure(lab_, rivals, rivals.size() == 1 ? lab_.samples() : dear_ ? kRaced : kDecided);
}

/// What the change did alone tells that it mends no part of what is wrong: it made the app surely worse or, where the app as
/// deployed works well enough to show it, no better.
bool Search::of_no_use(int hypothesis, const Chain& leader) {
  const Chain* alone = chains_->chain({hypothesis});
  if (!alone) return false;
  const Lab::Comparison c = lab_.compare(alone->id, base_);
  if (c.standing_t < -kHurts) return true;
  const auto deployed = lab_.metric(base_), mended = lab_.metric(leader.id);
  return deployed && mended && *deployed - chance() > (*mended - chance()) / 2 && t_at_most(c, lab_.samples()) < kMarginalT;
}

/// Every chain with one more change, on an axis that it does not touch.
std::vector<const Chain*> Search::extended(const std::vector<const Chain*>& leaders) {
  const auto harmless = [&](std::vector<int> side) {
    std::erase_if(side, [&](int h) { return of_no_use(h, *leaders.front()); });
    return side;
  };
  const std::vector<int> inputs = harmless(input_side_), readings = harmless(output_side_);
  std::vector<const Chain*> field;
  for (const Chain* leader : leaders) {
    for (int h : inputs) {
      if (!chains_->can_join(leader->members, h)) continue;
      Members members = leader->members;
      members.push_back(h);
      if (const Chain* one = chains_->chain(members)) field.push_back(one);
    }
    for (const Chain* one : chains_->with_readings(leader->members, readings))
      if (one != leader) field.push_back(one);
  }
  return field;
}

/// Log of a chain's plausibility: priors, what speaks for the changes beside the answers, a price for every change, and how far it stays
/// behind the best.
double Search::preference(const Chain& chain, const Chain& best) const {
  double value = 0;
  for (int h : chain.members) value += std::log(chains_->hypothesis(h).prior / chains_->hypothesis(h).data_p) - 2.3;
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

/// What is in the chain and not in the rest is worth a finding by what it adds.
bool Search::earns_its_place(const Chain& chain, const Members& rest, int without) const {
  return lab_.compare(chain.id, without).gain >= chains_->least_gain(chain, rest, without);
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
      const Chain* rest = chains_->chain(members);
      if (!rest) continue;
      WHYZERO_TRY(measure(lab_, {rest}, kRaced));
      if (lab_.compare(chosen->id, rest->id).t > kSurelyT && earns_its_place(*chosen, rest->members, rest->id)) continue;
      WHYZERO_TRY(measure(lab_, {rest}, lab_.samples()));
      const Lab::Comparison c = lab_.compare(chosen->id, rest->id);
      // As in the test: log p sees most, and the rank is not misled by a change of confidence.
      const double t = earns_its_place(*chosen, rest->members, rest->id) ? std::max(c.t, c.standing_t) : std::min(c.t, 0.0);
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

/// Share of the error that a chain may spend, and the number of its family: most for what undoes declared steps or follows a
/// convention, less for the few single changes that are often right, less again for the many rare ones, least for stacks.
std::pair<int, double> Search::family(const Members& members) const {
  if (std::all_of(members.begin(), members.end(), [&](int h) { return chains_->hypothesis(h).declared; })) return {0, 0.4};
  if (members.size() > 1) return {3, 0.15};
  return chains_->hypothesis(members[0]).prior >= kCommonPrior ? std::pair{1, 0.25} : std::pair{2, 0.2};
}

/// Max-T over everything that was tried in the chain's family, by score and by standing (log p sees most, the rank is not misled by
/// a change of confidence), divided by the family's share of the error.
double Search::p_value(const Chain& chosen) const {
  std::vector<std::vector<float>> rows;
  size_t own = 0;
  const auto [number, share] = family(chosen.members);
  for (const Chain* one : chains_->all()) {
    if (family(one->members).first != number) continue;
    if (one->id == chosen.id) own = rows.size();
    rows.push_back(lab_.differences(one->id, base_, Lab::Measure::kScore));
    rows.push_back(lab_.differences(one->id, base_, Lab::Measure::kStanding));
  }
  const std::vector<double> p = numerics::sign_flip_max_t(rows, options_.seed).p;
  const double of_answers = std::min(1.0, std::min(p[own], p[own + 1]) / share);
  if (chosen.members.size() > 1) return of_answers;
  // Fisher's combination with what the data alone say.
  const double both = of_answers * chains_->hypothesis(chosen.members[0]).data_p;
  return std::min(of_answers, both * (1 - std::log(both)));
}

Result<Explanation> Search::run() {
  Explanation explanation;
  explanation.samples = static_cast<int>(lab_.samples());
  WHYZERO_ASSIGN(base_, lab_.add(document_));
  const int base[] = {base_};
  WHYZERO_TRY(lab_.measure(base, lab_.samples()));
  explanation.as_deployed = lab_.metric(base_);
  explanation.deployed_failed = lab_[base_].failure.has_value();
  chains_.emplace(lab_, hypotheses_, document_, base_);

  for (size_t h = 0; h < hypotheses_.size(); ++h)
    (hypotheses_[h].side == Side::kInput ? input_side_ : output_side_).push_back(static_cast<int>(h));
  std::vector<const Chain*> field = chains_->with_readings({}, output_side_);
  for (int h : input_side_) {
    const auto crossed = chains_->with_readings({h}, output_side_);
    field.insert(field.end(), crossed.begin(), crossed.end());
  }
  const bool hidden = may_hide_faults(base_);
  if (hidden) {
    const auto stacks = likely_stacks();
    field.insert(field.end(), stacks.begin(), stacks.end());
  }
  if (field.empty()) return explanation;
  WHYZERO_ASSIGN(std::vector<const Chain*> leaders,
                 race(lab_, *chains_, field,
                      {.against = base_, .needed_t = kNeededT, .hidden_below = hidden_below(), .kept_where_hidden = hidden ? kKeptWhereHidden : 1, .width = width_, .doubt = dear_ ? kLessDoubt : kDoubt}));
  // Every depth keeps its own best, so that many stacks alike cannot crowd out the plain change.
  std::vector<const Chain*> finalists = leaders;
  for (size_t depth = 2; depth <= kMaxDepth && !leaders.empty(); ++depth) {
    if (out_of_time() || (depth == 2 && !worth_extending(leaders))) break;
    leaders = beam(std::move(leaders));
    const Chain* before = leaders.front();
    WHYZERO_ASSIGN(leaders, race(lab_, *chains_, extended(leaders),
                                 {.against = before->id, .rest = before->members, .needed_t = kMarginalT, .always_kept = 0, .hidden_below = hidden_below(),
                                  .kept_where_hidden = 0, .width = width_, .doubt = dear_ ? kLeastDoubt : kDoubt}));
    finalists.insert(finalists.end(), leaders.begin(), leaders.end());
    const bool better = std::any_of(leaders.begin(), leaders.end(), [&](const Chain* one) {
      return lab_.compare(one->id, before->id).standing_t > kTie;
    });
    if (!better) break;
  }
  WHYZERO_TRY(measure_rivals(finalists));
  // A single change that flatters a weak model must not hide the one that mends it.
  std::vector<const Chain*> believable = finalists;
  std::erase_if(believable, [&](const Chain* one) {
    return one->members.size() == 1 && chains_->hypothesis(one->members[0]).must_restore > 0 && !earns_its_place(*one, {}, base_);
  });
  const Chain* preferred = prefer(believable.empty() ? finalists : believable);
  WHYZERO_TRY(measure(lab_, {preferred}, lab_.samples()));
  WHYZERO_ASSIGN(const Chain* chosen, prune(preferred));

  const Explainer explainer{lab_, *chains_, document_, base_};
  explanation.ruled_out = explainer.ruled_out(*chosen);
  explanation.tried = static_cast<int>(chains_->all().size());
  explanation.overall = lab_.compare(chosen->id, base_);
  explanation.p_value = p_value(*chosen);
  const bool runs_now = explanation.deployed_failed && !lab_[chosen->id].failure;
  const bool proven = explanation.p_value < kFamilyError && earns_its_place(*chosen, {}, base_) && !at_chance(*chosen);
  if (runs_now || proven) {
    explanation.mended = lab_.metric(chosen->id);
    WHYZERO_ASSIGN(explanation.upheld, explainer.in_order(*chosen));
    explanation.document = explanation.upheld.back().after;
  } else if (explanation.overall.gain > 0) {
    const Hypothesis& first = chains_->hypothesis(chosen->members.front());
    const bool worrying = explanation.p_value < kWorrying && earns_its_place(*chosen, {}, base_);
    explanation.lead = Lead{first.code, first.text, lab_.metric(chosen->id), explanation.overall, explanation.p_value, worrying};
  }
  return explanation;
}

}  // namespace

Result<Explanation> search(Lab& lab, const Case& a_case, const std::vector<Hypothesis>& hypotheses, const SearchOptions& options) {
  return Search(lab, a_case, hypotheses, options).run();
}

}  // namespace whyzero::evidence
