#include "app/recover/survey.h"

#include <algorithm>
#include <cmath>

#include "app/recover/register.h"
#include "base/parallel.h"

namespace whyzero::recover {
namespace {

/// Exhibits of the rough look, and leads that are looked at finely.
constexpr size_t kRoughly = 3, kFinely = 4;
/// Less is what a photo explains of another.
constexpr double kLike = 0.75;

struct Rough {
  size_t sights = 0, turn = 0;
  std::vector<Registered> boxes;
  double explained = 0;
};

std::vector<Rough> look_roughly(const SearchInput& input, const std::vector<Sights>& sights, const std::vector<PhotoMeans>& photos) {
  const size_t turns = all_turns().size(), exhibits = std::min(kRoughly, photos.size());
  std::vector<Rough> all(sights.size() * turns);
  parallel_for(all.size(), input.threads, [&](int, size_t k) {
    Rough& rough = all[k];
    rough.sights = k / turns, rough.turn = k % turns;
    for (size_t e = 0; e < exhibits; ++e) {
      const auto part = part_of(sights[rough.sights].by_exhibit[e], input.frame, rough.turn);
      rough.boxes.push_back(part ? register_roughly(photos[e][0], *part) : Registered{});
      rough.explained += rough.boxes.back().explained / double(exhibits);
    }
    // Among near equals the plainer one.
    rough.explained -= 1e-4 * double(rough.turn > 0) + 1e-5 * double(rough.sights);
  });
  std::stable_sort(all.begin(), all.end(), [](const Rough& a, const Rough& b) { return a.explained > b.explained; });
  return all;
}

std::vector<Lead> look_finely(const SearchInput& input, const Sights& sights, const std::vector<PhotoMeans>& photos, const Rough& rough) {
  Lead lead{rough.sights, rough.turn, {}, {}, {}, {}, 0};
  std::vector<Registered> found_by(photos.size());
  double least = 1;  // unexplained
  std::vector<std::string> orders = orders_of(input.frame.channels);
  std::vector<double> by_order(orders.size());
  for (size_t e = 0; e < photos.size(); ++e) {
    const auto part = part_of(sights.by_exhibit[e], input.frame, rough.turn);
    if (!part) continue;
    const Registered start = e < rough.boxes.size() ? rough.boxes[e] : register_roughly(photos[e][0], *part);
    const Registered found = register_finely(photos[e][0], *part, start);
    lead.explained += found.explained / double(photos.size());
    if (found.explained < kLike) continue;
    lead.exhibits.push_back(e);
    found_by[e] = found;
    least = std::min(least, 1 - found.explained);
    for (size_t o = 0; o < orders.size(); ++o) by_order[o] += explained_by(photos[e], *part, found.inner, orders[o]);
  }
  std::vector<Lead> leads;
  if (lead.exhibits.empty()) return leads;
  for (size_t e : lead.exhibits)
    if (1 - found_by[e].explained <= 3 * least + 0.001) {
      lead.witnesses.push_back(e);
      lead.boxes.push_back(found_by[e].box);
    }
  const auto count = double(lead.exhibits.size());
  const double best = *std::max_element(by_order.begin(), by_order.end()) / count;
  for (size_t o = 0; o < orders.size(); ++o) {
    const double explained = by_order[o] / count;
    if (1 - explained > 1.5 * (1 - best) + 0.003) continue;
    leads.push_back(lead);
    leads.back().order = orders[o];
    leads.back().explained = explained * (count / double(photos.size()));
  }
  return leads;
}

}  // namespace

std::vector<Lead> survey(const SearchInput& input, const std::vector<Sights>& sights) {
  std::vector<PhotoMeans> photos(input.exhibits.size());
  parallel_for(photos.size(), input.threads, [&](int, size_t e) { photos[e] = means_of_photo(input.exhibits[e].photo); });
  const std::vector<Rough> rough = look_roughly(input, sights, photos);
  std::vector<Lead> leads;
  for (size_t i = 0; i < std::min(rough.size(), kFinely); ++i) {
    if (1 - rough[i].explained > 2.5 * (1 - rough[0].explained) + 0.03) break;
    for (Lead& lead : look_finely(input, sights[rough[i].sights], photos, rough[i])) leads.push_back(std::move(lead));
  }
  std::stable_sort(leads.begin(), leads.end(), [](const Lead& a, const Lead& b) { return a.explained > b.explained; });
  // Numbers seen as they are and as pixels show the same.
  for (size_t i = 0; i < leads.size(); ++i)
    leads.erase(std::remove_if(leads.begin() + static_cast<std::ptrdiff_t>(i) + 1, leads.end(), [&](const Lead& other) {
      return sights[other.sights].plain == sights[leads[i].sights].plain && other.turn == leads[i].turn && other.order == leads[i].order;
    }), leads.end());
  const double best = leads.empty() ? 0 : leads.front().explained;
  std::erase_if(leads, [&](const Lead& lead) { return 1 - lead.explained > 2 * (1 - best) + 0.02; });
  return leads;
}

}  // namespace whyzero::recover
