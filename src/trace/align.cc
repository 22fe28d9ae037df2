// Which tensor of one trace belongs to which of another.
#include <algorithm>
#include <map>
#include <utility>

#include "trace/compare.h"

namespace whyzero::trace {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);
constexpr double kSameDb = 20;  // the same values but for rounding
constexpr double kAlikeDb = 6;  // noise of a quarter of the signal's power: more than 8 bits ever cost, less than chance gives
constexpr size_t kMostCells = size_t{1} << 24;  // of the table of common subsequences: 4096 operators a side

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

  void by_statistics(double least_db) {
    for (size_t k = 0; k < partner_.size(); ++k) {
      if (partner_[k] != kNone) continue;
      const auto [low, high] = between(k);
      size_t best = kNone;
      double best_db = least_db;
      for (size_t i = low; i < high; ++i) {
        if (taken_[i]) continue;
        const Difference d = difference(first_.tensors[i].value, second_.tensors[k].value);
        if (d.agreement == Agreement::kIncomparable || d.other_non_finite || d.elements < 2 || d.sqnr_db < best_db) continue;
        if (best != kNone && d.sqnr_db == best_db) continue;  // a copy of it (a change of type or shape) comes later on both sides
        best = i;
        best_db = d.sqnr_db;
      }
      if (best != kNone) join(best, k, Pair::By::kStatistics);
    }
  }

  /// What differs too much to be known by its values is known by its place: operators in their order, between what is aligned already.
  void by_order() {
    for (size_t k = 0; k < partner_.size();) {
      if (partner_[k] != kNone) {
        ++k;
        continue;
      }
      size_t end = k;
      while (end < partner_.size() && partner_[end] == kNone) ++end;
      const auto [low, high] = between(k);
      if (low < high) longest_common(low, high, k, end);
      k = end;
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

  /// Where in the first trace a partner of `k` may stand: strictly between the partners of its neighbours.
  std::pair<size_t, size_t> between(size_t k) const {
    size_t low = 0, high = first_.tensors.size();
    for (size_t n = 0; n < partner_.size(); ++n) {
      if (partner_[n] == kNone) continue;
      if (n < k) low = std::max(low, partner_[n] + 1);
      if (n > k) high = std::min(high, partner_[n]);
    }
    return {low, high};
  }

  bool alike(size_t i, size_t k) const {
    const TraceTensor &a = first_.tensors[i], &b = second_.tensors[k];
    return a.op_name == b.op_name && a.value.array.shape == b.value.array.shape;
  }

  /// Joins the longest common subsequence of operators and shapes of [low, high) and [begin, end). Where operators are not known, only
  /// stretches of one length say enough.
  void longest_common(size_t low, size_t high, size_t begin, size_t end) {
    std::vector<size_t> free;
    for (size_t i = low; i < high; ++i)
      if (!taken_[i]) free.push_back(i);
    const size_t rows = free.size(), columns = end - begin;
    if (rows == 0 || rows * columns > kMostCells) return;
    const bool named = std::any_of(free.begin(), free.end(), [&](size_t i) { return !first_.tensors[i].op_name.empty(); });
    if (!named && rows != columns) return;
    std::vector<uint32_t> length((rows + 1) * (columns + 1));
    const auto at = [&](size_t r, size_t c) -> uint32_t& { return length[r * (columns + 1) + c]; };
    for (size_t r = rows; r-- > 0;)
      for (size_t c = columns; c-- > 0;)
        at(r, c) = alike(free[r], begin + c) ? at(r + 1, c + 1) + 1 : std::max(at(r + 1, c), at(r, c + 1));
    for (size_t r = 0, c = 0; r < rows && c < columns;) {
      if (alike(free[r], begin + c)) join(free[r++], begin + c++, Pair::By::kOrder);
      else if (at(r + 1, c) >= at(r, c + 1)) ++r;
      else ++c;
    }
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
    case Pair::By::kOrder: return "order";
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
    aligner.by_statistics(kSameDb);
    aligner.by_order();
    aligner.by_statistics(kAlikeDb);
  }
  return aligner.pairs();
}

}  // namespace whyzero::trace
