// From a comparison to the smallest model that shows where two runtimes part: the culprit alone, with the inputs that it really had.
#pragma once

#include <vector>

#include "trace/compare_models.h"

namespace whyzero::trace {

struct Reduced {
  std::vector<uint8_t> model;  // a file with one node
  Arrays inputs;               // in_0…, for `whyzero run`
  bool reproduces = false;     // both runtimes ran it and differ beyond rounding
  Difference difference;       // of its worst output
};

/// kUnsupported where the node cannot stand alone, kNotFound where the traces lack one of its inputs. Both sides run the same model.
Result<Reduced> reduce(const Side& first, const Side& second, const ModelComparison& compared, const Progress* progress = nullptr);

}  // namespace whyzero::trace
