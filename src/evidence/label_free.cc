#include "evidence/label_free.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "evidence/activity.h"
#include "evidence/loudness.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;

constexpr size_t kLeastSamples = 10;
/// More samples for fewer changes.
struct Rung {
  size_t samples, survivors;
};
constexpr Rung kRungs[] = {{12, 14}, {24, 7}, {48, 4}, {100, 2}};
/// A convention that is e times likelier may be this much less informative.
constexpr double kPriceOfPrior = 0.03;
/// To be named a cause must gain this share of the most, double what the app has, and leave every other cause behind by half of
/// what it gains. Right ranges gained 0.3 to 0.9 on our own models, harmless changes up to 0.1. Photos of one class, fed rightly, spread as little
/// as a dead app, and wrong ranges scatter them to a third of the most: half of it must be reached.
constexpr double kLeastGain = 0.2, kLeastRatio = 2, kLeastLead = 0.5, kLeastShare = 0.5;
/// Of a weak model a smaller share is enough, where the model is idle on what it is fed and at work after the change. Of our own healthy apps
/// one of a table is idle (0.15), all others are above 0.5, and no harmless change adds more than 0.15.
constexpr double kLeastShareOfWoken = 0.3, kIdle = 1.0 / 3, kAtWork = 0.5;
/// A change that takes back what the app declares, or that its model asks for, is likelier beforehand. On 234 healthy apps of ours none gained more
/// than 0.03 of a hundred samples; of twenty, where chance gains more, 0.08.
constexpr double kLeastGainOfDeclared = 0.08, kGainByChance = 0.6, kLeastLeadOfDeclared = 1.0 / 3;
/// What the data themselves speak for needs no more of the answers than that they do not speak against it.
constexpr double kLeastGainOfBacked = 0.05;

/// A change that makes the numbers fed this much wider (log) makes any answer surer: only decisions that differ more count for it.
constexpr double kLouder = 0.7;

struct Candidate {
  const Hypothesis* hypothesis;
  json document;
  int id;
  double louder = 0;  // log of the ratio to the app as deployed, at least 0
};

double share(const Lab& lab, const Candidate& c) { return lab[c.id].failure ? 0 : share_of_most(lab[c.id].spread); }

/// Against the app as deployed: in what the answers tell or, where the change is louder, in how the decisions differ.
double gain(const Lab& lab, const Candidate& c, int base) {
  const Spread& deployed = lab[base].spread;
  return share(lab, c) - (c.louder > kLouder && deployed.most() > 0 ? deployed.diversity() / deployed.most() : share_of_most(deployed));
}

double merit(const Lab& lab, const Candidate& c, int base) { return gain(lab, c, base) + kPriceOfPrior * std::log(c.hypothesis->prior / c.hypothesis->data_p); }

/// The best so many, and among them one of another cause: by how far it is left behind the best is judged.
void keep(std::vector<Candidate>& field, size_t count) {
  if (field.size() <= count) return;
  const auto other = std::find_if(field.begin(), field.end(), [&](const Candidate& c) { return c.hypothesis->code != field.front().hypothesis->code; });
  if (other != field.end() && static_cast<size_t>(other - field.begin()) >= count) std::iter_swap(other, field.begin() + static_cast<std::ptrdiff_t>(count) - 1);
  field.resize(count);
}

Result<void> measure(Lab& lab, const std::vector<Candidate>& field, size_t count) {
  std::vector<int> ids;
  for (const Candidate& c : field) ids.push_back(c.id);
  WHYZERO_TRY(lab.measure(ids, count));
  return {};
}

}  // namespace

double share_of_most(const Spread& spread) {
  return spread.most() > 0 ? std::min(spread.information(), spread.diversity()) / spread.most() : 0;
}

Result<LabelFree> search_label_free(Lab& lab, const Case& a_case, const std::vector<Hypothesis>& hypotheses) {
  LabelFree result;
  if (lab.samples() < kLeastSamples) return result;
  WHYZERO_ASSIGN(const int base, lab.add(a_case.experiment));
  WHYZERO_TRY(lab.measure(std::vector<int>{base}, lab.samples()));
  result.samples = lab[base].spread.samples();
  if (result.samples == 0) return result;
  result.as_deployed = share_of_most(lab[base].spread);

  std::vector<Candidate> field;
  std::set<int> seen = {base};
  for (const Hypothesis& h : hypotheses) {
    if (h.side != Side::kInput) continue;  // other readings of the same answers tell the samples apart no better
    auto document = h.edit(a_case.experiment);
    if (!document) continue;
    const auto id = lab.add(*document);
    if (id && seen.insert(*id).second) field.push_back({&h, std::move(*document), *id});
  }
  result.tried = static_cast<int>(field.size());
  const auto as_deployed = loudness(a_case, a_case.experiment);
  for (Candidate& c : field)
    if (const auto changed = as_deployed ? loudness(a_case, c.document) : std::nullopt; changed && *as_deployed > 0)
      c.louder = std::max(0.0, std::log(std::max(*changed, 1e-30) / *as_deployed));
  const auto by_merit = [&](const Candidate& a, const Candidate& b) { return merit(lab, a, base) > merit(lab, b, base); };
  for (const Rung& rung : kRungs) {
    if (rung.samples >= lab.samples()) break;
    if (field.size() <= rung.survivors) continue;
    WHYZERO_TRY(measure(lab, field, rung.samples));
    std::stable_sort(field.begin(), field.end(), by_merit);
    keep(field, rung.survivors);
  }
  WHYZERO_TRY(measure(lab, field, lab.samples()));
  std::stable_sort(field.begin(), field.end(), by_merit);
  if (field.empty() || gain(lab, field.front(), base) <= 0) return result;

  const Candidate& best = field.front();
  Suggestion suggestion{best.hypothesis, best.document, result.as_deployed, share(lab, best), result.as_deployed, lab[best.id].spread.samples(), std::nullopt};
  for (const Candidate& other : field)
    if (other.hypothesis->code != best.hypothesis->code) suggestion.rival = std::max(suggestion.rival, suggestion.before + gain(lab, other, base));
  const double gained = gain(lab, best, base), lead = suggestion.before + gained - suggestion.rival;
  const double of_declared = std::max(kLeastGainOfDeclared, kGainByChance / std::sqrt(static_cast<double>(suggestion.samples)));
  const bool stands_out = best.hypothesis->data_p < 1 ? gained >= kLeastGainOfBacked
                          : best.hypothesis->declared ? gained >= of_declared && lead >= kLeastLeadOfDeclared * gained
                                                    : gained >= kLeastGain && suggestion.after >= kLeastRatio * suggestion.before && lead >= kLeastLead * gained;
  result.decisive = stands_out && suggestion.after >= kLeastShare;
  if (stands_out && !result.decisive && suggestion.after >= kLeastShareOfWoken) {
    const auto before = activity(a_case, a_case.experiment), after = activity(a_case, best.document);
    if (before && after) suggestion.activity = {*before, *after};
    result.decisive = before && after && *before < kIdle && *after >= kAtWork;
  }
  result.best = std::move(suggestion);
  return result;
}

}  // namespace whyzero::evidence
