#include "evidence/race.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace whyzero::evidence {
namespace {

/// More samples for fewer chains. Chains with the same input-side changes cost one run together, so survivors are counted by these,
/// and each keeps its best readings, and the plain one: on few samples some reading always seems to fit better.
struct Rung {
  size_t samples, survivors;
};
constexpr Rung kRungs[] = {{4, 30}, {8, 14}, {14, 9}, {22, 6}, {34, 4}, {50, 3}, {kRaced, 3}};
constexpr int kReadings = 3;
/// Samples after which a chain that works makes those built on it wait where they do not beat it by this T.
constexpr size_t kShown = 14;
constexpr double kTrace = 1.0;
/// Behind by this T: dropped, whatever the rung.
constexpr double kHopeless = 3.0;
/// What a change costs in standing for every nat that it is less likely, and that every change costs on top.
constexpr double kPriceOfPrior = 0.02, kPriceOfChange = 0.05;

/// What the chain adds to the standing at most. One more sample that it would have won stands for what so few samples cannot show.
double at_most(const Lab::Comparison& c, double doubt) {
  const double n = c.samples + 1.0;
  const double mean = (c.standing * c.samples + 1) / n;
  const double squares = c.standing_squares + 1;
  return mean + doubt * std::sqrt(std::max(0.0, squares / n - mean * mean) / n);
}

class Race {
 public:
  Race(Lab& lab, const Chains& chains, const RaceOptions& options) : lab_(lab), chains_(chains), options_(options) {}
  Result<std::vector<const Chain*>> run(std::vector<const Chain*> field);

 private:
  double merit(const Chain& chain) const;
  bool hopeless(const Chain& chain, const Chain& best) const;
  bool can_wait(const Chain& chain, const std::vector<const Chain*>& field) const;
  std::vector<const Chain*> survivors(const std::vector<const Chain*>& field, size_t groups) const;

  Lab& lab_;
  const Chains& chains_;
  const RaceOptions& options_;
};

/// The standing less the price of its changes: of chains that do nearly as well the plainer is kept.
double Race::merit(const Chain& chain) const {
  double merit = lab_.compare(chain.id, options_.against).standing;
  for (int h : chain.members) merit += kPriceOfPrior * std::log(chains_.hypothesis(h).prior) - kPriceOfChange;
  return merit;
}

bool Race::hopeless(const Chain& chain, const Chain& best) const {
  const Lab::Comparison c = lab_.compare(chain.id, options_.against);
  if (c.standing_t < -kHopeless || lab_.compare(best.id, chain.id).standing_t > kHopeless) return true;
  // What the data speak for needs less of the answers.
  const bool backed = chain.members.size() == 1 && chains_.hypothesis(chain.members[0]).data_p < 1;
  if (t_at_most(c, lab_.samples(), options_.doubt) < (backed ? options_.needed_t / 2 : options_.needed_t)) return true;
  const Variant& variant = lab_[chain.id];
  if (variant.right.empty() || variant.right.front() < 0) return false;
  // A right answer more is worth one and more in standing.
  const double least = chains_.least_gain(chain, options_.rest, options_.against);
  return at_most(c, options_.doubt) < least || (works(lab_, options_.against, options_.hidden_below) && gain_at_most(c, options_.doubt) < least);
}

/// A part of its changes works and does as well so far: what the others add is asked later, on top of that part.
bool Race::can_wait(const Chain& chain, const std::vector<const Chain*>& field) const {
  return std::any_of(field.begin(), field.end(), [&](const Chain* part) {
    const bool is_part = part->members.size() < chain.members.size() &&
                         std::includes(chain.members.begin(), chain.members.end(), part->members.begin(), part->members.end());
    return is_part && lab_[part->id].input_group != lab_[chain.id].input_group && works(lab_, part->id, options_.hidden_below) &&
           lab_.compare(chain.id, part->id).standing_t < kTrace;
  });
}

std::vector<const Chain*> Race::survivors(const std::vector<const Chain*>& field, size_t groups) const {
  std::map<int, int> by_group;
  std::map<int, size_t> plainest;
  for (const Chain* chain : field) {
    const auto [it, is_new] = plainest.try_emplace(lab_[chain->id].input_group, chain->members.size());
    if (!is_new) it->second = std::min(it->second, chain->members.size());
  }
  std::vector<const Chain*> survivors;
  const size_t kept = works(lab_, field.front()->id, options_.hidden_below) ? options_.always_kept : options_.kept_where_hidden;
  for (const Chain* chain : field) {
    const int group = lab_[chain->id].input_group;
    const bool is_new = !by_group.contains(group);
    if (is_new && by_group.size() >= groups) continue;
    if ((!is_new || by_group.size() >= kept) && hopeless(*chain, *field.front())) continue;
    if (++by_group[group] <= kReadings || chain->members.size() == plainest[group]) survivors.push_back(chain);
  }
  return survivors;
}

Result<std::vector<const Chain*>> Race::run(std::vector<const Chain*> field) {
  for (const Rung& rung : kRungs) {
    if (field.empty()) break;
    WHYZERO_TRY(measure(lab_, field, rung.samples));
    std::map<const Chain*, double> merits;
    for (const Chain* chain : field) merits[chain] = merit(*chain);
    std::stable_sort(field.begin(), field.end(), [&](const Chain* a, const Chain* b) { return merits[a] > merits[b]; });
    if (rung.samples >= kShown) {
      const std::vector<const Chain*> all = field;
      std::erase_if(field, [&](const Chain* chain) { return can_wait(*chain, all); });
    }
    field = survivors(field, static_cast<size_t>(std::lround(static_cast<double>(rung.survivors) * options_.width)));
    if (rung.samples >= lab_.samples()) break;
  }
  return field;
}

}  // namespace

bool works(const Lab& lab, int variant, double hidden_below) { return !lab[variant].failure && lab.metric(variant).value_or(0) >= hidden_below; }

double t_at_most(const Lab::Comparison& c, size_t all, double doubt) {
  return (std::max(c.standing_t, c.t) + doubt) * std::sqrt(static_cast<double>(all) / std::max(c.samples, 1));
}

double gain_at_most(const Lab::Comparison& c, double doubt) { return c.gain + doubt * std::sqrt(c.gained + c.lost + 1.0) / std::max(c.samples, 1); }

Result<void> measure(Lab& lab, const std::vector<const Chain*>& chains, size_t count) {
  std::vector<int> ids;
  for (const Chain* chain : chains) ids.push_back(chain->id);
  return lab.measure(ids, count);
}

Result<std::vector<const Chain*>> race(Lab& lab, const Chains& chains, std::vector<const Chain*> field, const RaceOptions& options) {
  return Race(lab, chains, options).run(std::move(field));
}

}  // namespace whyzero::evidence
