// Two traces side by side: which tensors belong together, how far each pair is apart, where it begins.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trace/difference.h"
#include "trace/trace.h"
#include "whyzero/result.h"

namespace whyzero::trace {

struct Pair {
  size_t first = 0, second = 0;  // positions in the traces
  enum class By { kIndex, kName, kOutput, kStatistics, kOrder } by = By::kName;
};
const char* by_name(Pair::By by);

/// Tensors of equal name; where names differ, outputs by their position; what is left (renamed, fused) between the neighbours' partners: by values
/// (the same shape, noise at least 20 dB below the signal), then by order (the same operator and shape, in the order of the graph), then by
/// values that are only alike (6 dB). `same_model`: by index. In the order of the second trace.
std::vector<Pair> align(const Trace& first, const Trace& second, bool same_model = false);

enum class Role {
  kFine,
  kCulprit,  // differs beyond rounding on the same inputs; without isolated errors: the first that differs
  kVictim,   // differs because of what comes before
};
const char* role_name(Role role);

struct Row {
  Pair pair;
  std::string label, op_name;            // of the first trace's tensor
  int index = -1, node = -1;
  bool output = false;
  Difference accumulated;                // after both runs
  std::optional<Difference> isolated;    // the node alone, fed with equal inputs
  Role role = Role::kFine;
};

struct Comparison {
  std::string first, second;             // what was compared
  std::vector<Row> rows;                 // in order of computation
  std::vector<std::string> only_first, only_second;  // labels without a partner
  int samples = 1;
  std::vector<std::string> notes;
  std::vector<std::string> not_run;      // a side, and the first reason why it computed less than the other

  /// Position of the first row whose values differ beyond rounding, of the first culprit; -1: none.
  int first_divergence() const;
  int culprit() const;
  /// A culprit, or without isolated errors any difference beyond rounding.
  bool beyond_rounding() const { return culprit() >= 0; }
};

/// kNotFound where no tensor of one belongs to one of the other.
/// `twins`: one model with weights stored in two ways (see difference.h).
Result<Comparison> compare(const Trace& first, const Trace& second, const std::vector<Pair>& pairs, bool twins = false);
Result<Comparison> compare(const Trace& first, const Trace& second);
/// Says of each row who is culprit and who victim, once all errors are known.
void judge(Comparison& comparison);

}  // namespace whyzero::trace
