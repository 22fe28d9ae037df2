#include "evidence/chains.h"

#include <algorithm>

#include "evidence/thresholds.h"

namespace whyzero::evidence {

using nlohmann::json;

std::optional<json> Chains::changed(const Members& members) const {
  json document = document_;
  for (int h : members) {
    auto next = hypothesis(h).edit(document);
    if (!next) return std::nullopt;
    document = std::move(*next);
  }
  if (document == document_) return std::nullopt;
  return document;
}

const Chain* Chains::chain(Members members) {
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

bool Chains::can_join(const Members& members, int h) const {
  return std::none_of(members.begin(), members.end(), [&](int member) { return hypothesis(member).axis == hypothesis(h).axis; });
}

std::vector<const Chain*> Chains::with_readings(const Members& input_side, const std::vector<int>& readings) {
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

double Chains::least_gain(const Chain& chain, const Members& rest, int without) const {
  double share = 0;
  for (int h : chain.members)
    if (std::find(rest.begin(), rest.end(), h) == rest.end()) share = std::max(share, hypothesis(h).must_restore);
  return std::max(kLeastHarm, share * std::clamp(1 - lab_.metric(without).value_or(0), 0.0, 1.0));
}

std::vector<const Chain*> Chains::all() const {
  std::vector<const Chain*> all;
  for (const auto& [members, one] : chains_)
    if (one.id >= 0) all.push_back(&one);
  return all;
}

}  // namespace whyzero::evidence
