// Which tensor of one trace belongs to which of another.
#include <algorithm>
#include <map>

#include "trace/compare.h"

namespace whyzero::trace {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
constexpr double kAlikeDb = 6;  // noise of a quarter of the signal's power: more than 8 bits ever cost, less than chance gives

class Aligner {
 public:
  Aligner(const Trace& first, const Trace& second)
      : first_(first), second_(second), partner_(second.tensors.size(), kNone), by_(second.tensors.size()), taken_(first.tensors.size()) {}

  void by_index() {
    std::map<int, size_t> places;
    for (size_t i = 0; i < first_.tensors.size(); ++i) places[first_.tensors[i].index] = i;
    for (size_t k = 0; k < second_.tensors.size(); ++k)
      if (const auto found = places.find(second_.tensors[k].index); found != places.end()) join(found->second, k, Pair::By::kIndex);
  }

  /// Names that either side has twice say nothing.
  void by_name() {
    std::map<std::string, std::vector<size_t>> a, b;
    for (size_t i = 0; i < first_.tensors.size(); ++i) a[first_.tensors[i].name].push_back(i);
    for (size_t k = 0; k < second_.tensors.size(); ++k) b[second_.tensors[k].name].push_back(k);
    for (const auto& [name, places] : b)
      if (!name.empty() && places.size() == 1)
        if (const auto found = a.find(name); found != a.end() && found->second.size() == 1) join(found->second[0], places[0], Pair::By::kName);
  }

  void outputs() {
    const auto a = outputs_of(first_), b = outputs_of(second_);
    for (size_t k = 0; k < std::min(a.size(), b.size()); ++k)
      if (!taken_[a[k]] && partner_[b[k]] == kNone) join(a[k], b[k], Pair::By::kOutput);
  }

  void by_statistics() {
    for (size_t k = 0; k < partner_.size(); ++k) {
      if (partner_[k] != kNone) continue;
      size_t low = 0, high = first_.tensors.size();  // strictly between the partners of the neighbours
      for (size_t n = 0; n < partner_.size(); ++n) {
        if (partner_[n] == kNone) continue;
        if (n < k) low = std::max(low, partner_[n] + 1);
        if (n > k) high = std::min(high, partner_[n]);
      }
      size_t best = kNone;
      double best_db = kAlikeDb;
      for (size_t i = low; i < high; ++i) {
        if (taken_[i]) continue;
        const Difference d = difference(first_.tensors[i].value, second_.tensors[k].value);
        if (d.agreement == Agreement::kIncomparable || d.other_non_finite || d.elements < 2 || d.sqnr_db < best_db) continue;
        best = i;
        best_db = d.sqnr_db;
      }
      if (best != kNone) join(best, k, Pair::By::kStatistics);
    }
  }

  std::vector<Pair> pairs() const {
    std::vector<Pair> result;
    for (size_t k = 0; k < partner_.size(); ++k)
      if (partner_[k] != kNone) result.push_back({partner_[k], k, by_[k]});
    return result;
  }

 private:
  void join(size_t i, size_t k, Pair::By by) {
    partner_[k] = i;
    by_[k] = by;
    taken_[i] = true;
  }

  static std::vector<size_t> outputs_of(const Trace& trace) {
    std::vector<size_t> places;
    for (size_t i = 0; i < trace.tensors.size(); ++i)
      if (trace.tensors[i].output) places.push_back(i);
    return places;
  }

  const Trace &first_, &second_;
  std::vector<size_t> partner_;
  std::vector<Pair::By> by_;
  std::vector<bool> taken_;
};

}  // namespace

const char* by_name(Pair::By by) {
  switch (by) {
    case Pair::By::kIndex: return "index";
    case Pair::By::kName: return "name";
    case Pair::By::kOutput: return "output";
    case Pair::By::kStatistics: return "statistics";
  }
  return "name";
}

std::vector<Pair> align(const Trace& first, const Trace& second, bool same_model) {
  Aligner aligner(first, second);
  if (same_model) {
    aligner.by_index();
  } else {
    aligner.by_name();
    aligner.outputs();
    aligner.by_statistics();
  }
  return aligner.pairs();
}

}  // namespace whyzero::trace
