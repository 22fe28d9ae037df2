#include "trace/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace whyzero::trace {

const char* role_name(Role role) {
  switch (role) {
    case Role::kFine: return "fine";
    case Role::kCulprit: return "culprit";
    case Role::kVictim: return "victim";
  }
  return "fine";
}

int Comparison::first_divergence() const {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.accumulated.beyond_rounding(); });
  return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

int Comparison::culprit() const {
  const auto found = std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.role == Role::kCulprit; });
  return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

void judge(Comparison& comparison) {
  const bool isolated = std::any_of(comparison.rows.begin(), comparison.rows.end(), [](const Row& row) { return row.isolated.has_value(); });
  bool begun = false;
  for (Row& row : comparison.rows) {
    const bool differs = row.accumulated.beyond_rounding();
    if (isolated) {
      // A row without an isolated error is an input, or could not be fed: then it differs by itself only if nothing before did.
      const bool own = row.isolated ? row.isolated->beyond_rounding() : differs && !begun;
      row.role = own ? Role::kCulprit : differs ? Role::kVictim : Role::kFine;
    } else {
      row.role = !differs ? Role::kFine : begun ? Role::kVictim : Role::kCulprit;
    }
    begun = begun || differs;
  }
}

Result<Comparison> compare(const Trace& first, const Trace& second, const std::vector<Pair>& pairs, bool twins) {
  if (pairs.empty())
    return fail(ErrorCode::kNotFound,
                fmt::format("no tensor of {} ({} tensors) belongs to one of {} ({} tensors): no names, outputs or values in common; nothing was compared",
                            first.from, first.tensors.size(), second.from, second.tensors.size()));
  Comparison comparison;
  comparison.first = first.from;
  comparison.second = second.from;
  std::set<size_t> of_first, of_second;
  for (const Pair& pair : pairs) {
    const TraceTensor &a = first.tensors[pair.first], &b = second.tensors[pair.second];
    of_first.insert(pair.first);
    of_second.insert(pair.second);
    Row row;
    row.pair = pair;
    row.label = a.label();
    row.op_name = a.op_name.empty() ? b.op_name : a.op_name;
    row.index = a.index;
    row.node = a.node;
    row.output = a.output || b.output;
    row.accumulated = difference(a.value, b.value, twins);
    comparison.rows.push_back(std::move(row));
  }
  for (size_t i = 0; i < first.tensors.size(); ++i)
    if (!of_first.contains(i)) comparison.only_first.push_back(first.tensors[i].label());
  for (size_t i = 0; i < second.tensors.size(); ++i)
    if (!of_second.contains(i)) comparison.only_second.push_back(second.tensors[i].label());
  judge(comparison);
  return comparison;
}

Result<Comparison> compare(const Trace& first, const Trace& second) { return compare(first, second, align(first, second)); }

}  // namespace whyzero::trace
